"""A login for each role, as an administrator of the database would make them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from mini_crm.settings import Settings
from server.raw import Raw

NOBODY = "nobody"
ROLES_OF = {
    "desktop": ("crm_desktop",),
    "execer": ("crm_execer", "crm_report"),
    "admin": ("crm_admin",),
    "report": ("crm_report",),
    NOBODY: (),
}
"""Login -> its roles; the last one may only connect."""

PASSWORD = "T3st-only!Login"

Logins = dict[str, Settings]


@contextmanager
def made(owner: Raw, settings: Settings) -> Iterator[Logins]:
    """Make the logins and their users; afterwards they are gone again."""
    logins: Logins = {}
    try:
        for who, roles in ROLES_OF.items():
            login = f"{settings.catalog}_{who}"
            owner.must(f"CREATE LOGIN {login} WITH PASSWORD = '{PASSWORD}'")
            logins[who] = replace(settings, login=login, password=PASSWORD)
            owner.must(f"CREATE USER {login} FOR LOGIN {login}")
            for role in roles:
                owner.must(f"ALTER ROLE {role} ADD MEMBER {login}")
        yield logins
    finally:
        for login in (there.login for there in logins.values()):
            owner.run(f"DROP USER {login}")
            _patiently(owner, f"DROP LOGIN {login}")


def _patiently(owner: Raw, statement: str) -> None:
    """Wait until the server has noticed that the login's connections are closed."""
    for _ in range(20):
        if owner.run(statement).number == 0:
            return
        time.sleep(0.5)
    owner.must(statement)
