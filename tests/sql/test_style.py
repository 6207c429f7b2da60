"""The T-SQL is parsed, and some mistakes are found, without a server. Rules: pyproject.toml."""

from __future__ import annotations

import warnings

import pytest

from sql.server_files import ROOT, SqlFile, files

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # sqlfluff's own parts
    from sqlfluff.core import FluffConfig, Linter


@pytest.fixture(scope="module")
def linter() -> Linter:
    """Read the rules once."""
    return Linter(FluffConfig.from_path(str(ROOT)))


@pytest.mark.timeout(300)  # a long procedure takes sqlfluff some seconds, on a busy machine many
@pytest.mark.parametrize("file", files(), ids=lambda file: file.name)
def test_sqlfluff_finds_nothing(linter: Linter, file: SqlFile) -> None:
    """The file is T-SQL that sqlfluff can parse to its end, and keeps the project's rules."""
    found = linter.lint_string(file.text, fname=str(file.path)).get_violations()
    assert [f"{one.line_no}: {one.rule_code()} {one.desc()}" for one in found] == []
