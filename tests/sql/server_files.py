"""The files of ``sql/mssql`` as the tests see them, read without the program's own reader."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "sql" / "mssql"
ADAPTER = ROOT / "src" / "mini_crm" / "store" / "mssql"

MADE_BY = {"40_functions": "FUNCTION", "50_views": "VIEW", "60_procedures": "PROCEDURE"}
NOT_PARAMETERS = {"about", "repeatable", "timeout_s"}
"""Keywords of ``Server.call`` itself."""


@dataclass(frozen=True)
class SqlFile:
    """One script."""

    path: Path

    @cached_property
    def text(self) -> str:
        """All of it, with the parts that it shares with others in their places."""
        text = self.path.read_bytes().decode("utf-8")
        return re.sub(r"^( *)-- part: (\w+)$", self._part, text, flags=re.MULTILINE)

    def _part(self, line: re.Match[str]) -> str:
        rows = (self.path.parent / "parts" / f"{line[2]}.sql").read_text("utf-8").splitlines()
        return "\n".join((line[1] + row) if row else row for row in rows)

    @property
    def name(self) -> str:
        """Of the object that it makes, such as ``api.AddEntry``."""
        return self.path.stem

    @property
    def schema(self) -> str:
        """Of the object."""
        return self.name.split(".")[0]

    @property
    def place(self) -> str:
        """Folder and file."""
        return f"{self.path.parent.name}/{self.path.name}"

    @cached_property
    def code(self) -> str:
        """The text without comments and without what stands in quotation marks."""
        found = re.sub(r"/\*.*?\*/|--[^\n]*|'(?:[^']|'')*'", _blank, self.text, flags=re.DOTALL)
        return str(found)

    @cached_property
    def header(self) -> dict[str, str]:
        """The block of comments at the top: caption -> what follows it."""
        block = re.search(r"/\*\n(.*?)\n\*/", self.text, re.DOTALL)
        parts = re.split(r"^(\w[\w ]*): +", block[1] if block else "", flags=re.MULTILINE)
        return {name: " ".join(said.split()) for name, said in zip(parts[1::2], parts[2::2], strict=True)}

    @cached_property
    def parameters(self) -> dict[str, bool]:
        """A procedure's parameters in their order: name -> whether it may be left out."""
        head = re.search(r"\bPROCEDURE\s+[\w.]+(.*?)^AS$", self.code, re.DOTALL | re.MULTILINE)
        assert head is not None, self.place
        found = re.findall(r"@(\w+)\s+[a-z]\w+(?:\([\w, ]+\))?((?:\s*=\s*[\w'-]+)?)", head[1])
        return {name: bool(default) for name, default in found}

    @cached_property
    def thrown(self) -> set[int]:
        """The numbers that it throws itself."""
        return {int(number) for number in re.findall(r"\bTHROW\s+(\d+)", self.code)}


def files(*folders: str) -> list[SqlFile]:
    """Give the scripts in these folders, by default in all."""
    wanted = folders or tuple(path.name for path in sorted(FOLDER.iterdir()) if path.is_dir())
    return [SqlFile(path) for folder in wanted for path in sorted((FOLDER / folder).glob("*.sql"))]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a procedure in the adapter.

    Attributes:
        direct: Whether the procedure is named where its parameters are; else several procedures share
            the place, and what is None there is left out.
    """

    procedure: str
    parameters: frozenset[str]
    direct: bool


def calls() -> Iterator[Call]:
    """Give every call of a procedure in the adapter, read from its source."""
    for file in sorted(ADAPTER.glob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for call in _server_calls(function):
                sent = frozenset(
                    _pascal(k.arg) for k in call.keywords if k.arg and k.arg not in NOT_PARAMETERS
                )
                assert all(keyword.arg for keyword in call.keywords), f"{file}:{call.lineno}: name them all"
                named = call.args[0]
                if isinstance(named, ast.Constant):
                    yield Call(str(named.value), sent, True)
                    continue
                for procedure in _procedures_given_to(function.name, tree):
                    yield Call(procedure, sent, False)


def _server_calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "self.server.call":
            yield node


def _procedures_given_to(function: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"self.{function}":
            first = node.args[0]
            assert isinstance(first, ast.Constant)
            yield str(first.value)


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0]) if found[0][0] != "'" else "''"
