"""What a server that nobody has at hand would say, read from the scripts: each rule gives what breaks it.

The rules know the house's own way of writing T-SQL, not the whole language: sqlfluff parses that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sql.server_files import SqlFile, files

CHARACTERS = {"char", "nchar", "varchar", "nvarchar"}
_COLUMN = re.compile(r"\s*(\[?\w+\]?)\s+(\w+(?:\((?:[\w, ]+)\))?)(.*)", re.DOTALL)
_TYPED = re.compile(r"@(\w+)\s+(?!TABLE\b|AS\b)([a-z]\w*(?:\((?:[\w, ]+)\))?)")
_SETTINGS = "SET ANSI_NULLS ON;\nSET QUOTED_IDENTIFIER ON;\nGO\n"


@dataclass(frozen=True)
class Typed:
    """A name with a type.

    Attributes:
        name: Without ``@``.
        kind: Type and length, such as ``nvarchar(200)``.
        place: What it is: ``parameter``, ``variable``, ``temporary``, ``json`` or ``column``.
    """

    name: str
    kind: str
    place: str


# ------------------------------------------------------------------------------------- the rules


def uncollated(file: SqlFile) -> list[str]:
    """Name the columns of texts in temporary tables without a collation.

    They have that of ``tempdb``, which is the instance's, and meeting a table's column is error 468.
    """
    return [
        f"{table}.{name}"
        for table, body in _temporary_tables(file.code)
        for name, kind, rest in _columns(body)
        if kind.split("(")[0] in CHARACTERS and "COLLATE" not in rest
    ]


def schemas_of_others(file: SqlFile) -> list[str]:
    """Name the schemas that are not made for dbo: without it they belong to whoever deploys."""
    made = re.findall(r"CREATE\s+SCHEMA\s+(\w+)(\s+AUTHORIZATION\s+dbo\b)?", _without_comments(file.text))
    return [name for name, owner in made if not owner]


def unqualified(file: SqlFile) -> list[str]:
    """Name the tables without schema, and those that are read without an alias."""
    code = re.sub(r"\bDELETE\s+FROM\b", "DELETE_FROM", file.code)
    common = set(re.findall(r"(?:\bWITH|,)\s*(\w+)\s+AS\s*\(", code))
    found = []
    for start in re.finditer(r"\b(?:FROM|JOIN)\s+", code):
        name, rest = _table(code[start.end() :])
        if not (name.startswith(("(", "#", "@")) or "." in name or name in {*common, "OPENJSON"}):
            found.append(f"{name} has no schema")
        if not re.match(r"\s+AS\s+\w+", rest):
            found.append(f"{name} has no alias")
    for verb, name in re.findall(r"\b(DELETE_FROM|INSERT\s+INTO|UPDATE|EXEC)\s+([#@\w.\[\]]+)", code):
        if verb == "UPDATE" and re.match(
            rf".*?\bFROM\b.*?\bAS {name}\b", code.split(f"UPDATE {name}", 1)[1], re.S
        ):
            continue  # the alias of a table that stands below
        if not (name.startswith(("#", "@", "sp_")) or "." in name):
            found.append(f"{name} has no schema")
    return found


def unused(file: SqlFile) -> list[str]:
    """Name the parameters and variables that are declared and then never read or passed on."""
    code = re.sub(r"\bEXEC\b[^;]*;", lambda call: re.sub(r"@\w+ = (?=[^;])", "", call[0]), file.code)
    code = re.sub(r"\bEXEC (?=@)", "", code)
    return [
        one.name for one in typed(file) if one.place in ("parameter", "variable") and _uses(code, one) < 2
    ]


def misfits(file: SqlFile, columns: Mapping[str, set[str]]) -> list[str]:
    """Name what is of another type or length than the column of its name.

    What a caller sends may be wider than the column, so that it is measured and not cut; nothing may be
    narrower, and nothing inside may differ.

    Args:
        file: The script.
        columns: Name of a column -> its types; see ``columns_of``.
    """
    if file.path.parent.name == "20_migrations":
        return []
    outside = file.schema in ("api", "admin", "batch") or file.path.parent.name == "40_functions"
    found = []
    for one in typed(file):
        wanted = columns.get(one.name)
        if wanted is None or one.kind in wanted or (one.name, one.kind) in OTHERWISE:
            continue
        if _parts(one.kind)[0] not in MEASURED or not {_parts(kind)[0] for kind in wanted} & MEASURED:
            continue
        may_be_wider = one.place == "json" or (one.place == "parameter" and (outside or file.name in CHECKED))
        if may_be_wider and any(_is_wider(one.kind, kind) for kind in wanted):
            continue
        found.append(f"{one.place} {one.name} is {one.kind}, the column {' or '.join(sorted(wanted))}")
    return found


MEASURED = {*CHARACTERS, "varbinary"}
"""The types that have a length."""

OTHERWISE = {
    ("Detail", "nvarchar(max)"): "core.LogAdmin shortens it",
    ("Kind", "varchar(20)"): "what became of a row of the roster: no kind of a period",
    ("PeriodList", "varchar(8000)"): "batch.AggregateForecast measures it before it is stored",
    ("Unit", "nvarchar(50)"): "as a roster names it: core.ReadRoster checks it",
}

CHECKED = {
    "core.CheckDraft",
    "core.CheckEntry",
    "core.CheckKey",
    "core.CheckManager",
    "core.FindCaller",
    "core.GiveEntry",
    "core.LogAdmin",
    "core.ShowEntries",
}
"""Procedures for procedures that are handed what came from outside, to check or to shorten it."""


def unset(file: SqlFile) -> list[str]:
    """Say which settings a script leaves to the tool that runs it."""
    text = re.sub(r"^(--[^\n]*\n)+", "", file.text)
    found = [] if text.startswith(_SETTINGS) else ["ANSI_NULLS, QUOTED_IDENTIFIER"]
    if file.path.parent.name == "60_procedures":
        body = re.split(r"^AS\nBEGIN\n", file.code, maxsplit=1, flags=re.MULTILINE)[-1]
        if not body.lstrip().startswith("SET NOCOUNT, XACT_ABORT ON;"):
            found.append("NOCOUNT, XACT_ABORT")
        level = file.code.count("SET TRANSACTION ISOLATION LEVEL SNAPSHOT")
        if level and "SET TRANSACTION ISOLATION LEVEL READ COMMITTED" not in file.code:
            found.append("TRANSACTION ISOLATION LEVEL is left as it was changed")
    return found


def spelled_twice(file: SqlFile) -> list[str]:
    """Name what is written with other capitals elsewhere: where case matters, that is another name."""
    names = {word.lower(): word for word in NAMES}
    variables: dict[str, str] = {}
    found = []
    for word in re.findall(r"@?\b[A-Za-z]\w+", file.code):
        known = variables if word.startswith("@") else names
        first = known.setdefault(word.lower(), word) if known is variables else known.get(word.lower(), word)
        if first != word:
            found.append(f"{word}, elsewhere {first}")
    return found


def clocks(file: SqlFile) -> list[str]:
    """Name the clocks that are read elsewhere than in ``core.Now``: a ``datetime2(0)`` rounds them up."""
    if file.name == "core.Now":
        return []
    found = re.findall(
        r"(?<!DATEADD\(MILLISECOND, -500, )\b(SYSUTCDATETIME|SYSDATETIME|GETDATE|GETUTCDATE)\(", file.code
    )
    return list(found)


def loose_functions(file: SqlFile) -> list[str]:
    """Say why a scalar function could not be inlined or is not bound to what it uses."""
    if file.path.parent.name != "40_functions" or re.search(r"\bRETURNS\s+TABLE\b", file.code):
        return []
    found = [] if "WITH SCHEMABINDING" in file.code else ["not bound"]
    found += ["a loop"] * bool(re.search(r"\bWHILE\b", file.code))
    return found + ["several RETURN"] * (len(re.findall(r"\bRETURN\b", file.code)) > 1)


# --------------------------------------------------------------------------- what the rules read


_CHANGED = re.compile(
    r"\bALTER\s+TABLE\s+core\.(?P<at>\w+)\s+"
    r"(?:ADD\s+(?P<added>\w+)\s+(?P<kind>[a-z]\w*(?:\([\w, ]+\))?)|DROP\s+COLUMN\s+(?P<gone>\w+))"
    r"|\bsp_rename\s+'core\.(?P<of>\w+)\.(?P<old>\w+)',\s*'(?P<new>\w+)',\s*'COLUMN'"
)


def columns_of(tables: list[SqlFile]) -> dict[str, set[str]]:
    """Give the columns of all tables as all scripts leave them: name -> types."""
    last: dict[tuple[str, str], str] = {}
    for file in tables:
        for start in re.finditer(r"\bCREATE\s+TABLE\s+core\.(\w+)\s*\(", file.code):
            for name, kind, _rest in _columns(_inside(file.code[start.end() - 1 :])):
                last[start[1], name] = kind
        for change in _CHANGED.finditer(file.text):
            if change["kind"]:
                last[change["at"], change["added"]] = change["kind"]
            elif change["gone"]:
                del last[change["at"], change["gone"]]
            else:
                last[change["of"], change["new"]] = last.pop((change["of"], change["old"]))
    found: dict[str, set[str]] = {}
    for (_table, name), kind in last.items():
        found.setdefault(name, set()).add(kind)
    return found


def typed(file: SqlFile) -> Iterator[Typed]:
    """Give everything in a script that has a name and a type."""
    head, _as, body = file.code.partition("\nAS\n")
    for name, kind in _TYPED.findall(head):
        yield Typed(name, _plain(kind), "parameter")
    for statement in re.findall(r"\bDECLARE\b([^;]*);", body):
        for name, kind in _TYPED.findall(statement):
            yield Typed(name, _plain(kind), "variable")
    for _table_name, inside in _temporary_tables(file.code):
        for name, kind, _rest in _columns(inside):
            yield Typed(name, kind, "temporary")
    for start in re.finditer(r"\bOPENJSON\([^)]*\) WITH \(", file.code):
        for name, kind, _rest in _columns(_inside(file.code[start.end() - 1 :])):
            yield Typed(name, kind, "json")


def _temporary_tables(code: str) -> Iterator[tuple[str, str]]:
    for start in re.finditer(r"\bCREATE\s+TABLE\s+(#\w+)\s*\(|\bDECLARE\s+(@\w+)\s+TABLE\s*\(", code):
        yield start[1] or start[2], _inside(code[start.end() - 1 :])


def _columns(body: str) -> Iterator[tuple[str, str, str]]:
    for part in _split(body):
        found = _COLUMN.fullmatch(part)
        if found and found[1] not in ("CONSTRAINT", "PRIMARY", "UNIQUE"):
            yield found[1].strip("[]"), _plain(found[2]), found[3]


def _inside(code: str) -> str:
    """Give what stands between the bracket at the beginning and the one that closes it."""
    depth = 0
    for place, char in enumerate(code):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return code[1:place]
    raise AssertionError(f"a bracket is not closed: {code[:60]!r}")


def _split(body: str) -> list[str]:
    """Split at the commas that stand in no brackets."""
    parts, depth = [""], 0
    for char in body:
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _table(code: str) -> tuple[str, str]:
    """Take a table, function or query in brackets off; also give what follows it."""
    name = "(" if code.startswith("(") else re.match(r"[#@]?[\w.]+", code)[0]  # type: ignore[index]
    rest = code if name == "(" else code[len(name) :]
    while bracket := re.match(r"\s*(?:WITH\s*)?(?=\()", rest):
        rest = rest[bracket.end() :]
        rest = rest[len(_inside(rest)) + 2 :]
    return name, rest


def _uses(code: str, one: Typed) -> int:
    return len(re.findall(rf"@{one.name}\b", code))


def _plain(kind: str) -> str:
    return kind.replace(" ", "")


def _is_wider(kind: str, than: str) -> bool:
    (base, size), (other, least) = (_parts(kind), _parts(than))
    return (base == other and size >= least) or (base, other) == ("bigint", "int")


def _parts(kind: str) -> tuple[str, float]:
    base, _bracket, size = kind.rstrip(")").partition("(")
    return base, float("inf") if size == "max" else float(size.split(",")[0] or 0)


def _without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/|--[^\n]*", "", text, flags=re.DOTALL)


TABLES = columns_of(files("20_migrations"))
CODE = files("40_functions", "50_views", "60_procedures")
NAMES = {
    *TABLES,
    *(part for file in CODE for part in file.name.split(".")),
    *(name for file in files("20_migrations") for name in re.findall(r"\bTABLE core\.(\w+)", file.code)),
}
"""The names of columns, tables and all other objects."""
