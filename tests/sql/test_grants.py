"""Who may do what, read from the scripts."""

from __future__ import annotations

import re

from sql.server_files import files

# Role -> what it may. Nothing else is granted anywhere, and nothing on schema core.
RIGHTS = {
    ("crm_desktop", "EXECUTE", "SCHEMA::api"),
    ("crm_execer", "EXECUTE", "SCHEMA::batch"),
    ("crm_execer", "EXECUTE", "OBJECT::api.GetVersion"),
    ("crm_admin", "EXECUTE", "SCHEMA::admin"),
    ("crm_admin", "EXECUTE", "SCHEMA::batch"),
    ("crm_admin", "EXECUTE", "OBJECT::api.GetVersion"),
    ("crm_report", "SELECT", "SCHEMA::report"),
}
GRANT = re.compile(r"GRANT (\w+) ON ([\w:.]+) TO (\w+);")


def test_the_table_of_rights() -> None:
    """Each role has exactly the rights of the table."""
    granted = [found for file in files() for found in GRANT.findall(file.code)]
    assert {(role, right, place) for right, place, role in granted} == RIGHTS
    assert len(granted) == len(RIGHTS)


def test_rights_are_given_in_one_place() -> None:
    """No other script gives or takes rights, and none in a form that the table above does not see."""
    for file in files():
        words = re.findall(r"\b(?:GRANT|DENY|REVOKE|ALTER ROLE|AUTHORIZATION)\b", file.code, re.IGNORECASE)
        if file.path.parent.name == "70_permissions":
            assert len(words) == len(GRANT.findall(file.code))
        else:
            assert words == []


def test_roles_are_made() -> None:
    """Each role of the table is made where it is missing, and there are no others."""
    made = re.findall(r"CREATE ROLE (\w+);", "".join(file.code for file in files()))
    assert sorted(made) == sorted({role for role, _right, _place in RIGHTS})
