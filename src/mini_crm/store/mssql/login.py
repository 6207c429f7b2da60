"""How to reach the server: which driver, and the connection string."""

from __future__ import annotations

from collections.abc import Sequence

from mini_crm import __version__
from mini_crm.domain.errors import DatabaseError, SettingsError
from mini_crm.settings import DRIVER, TRUST_CERTIFICATE, Settings

DRIVERS = ("ODBC Driver 18 for SQL Server", "ODBC Driver 17 for SQL Server", "FreeTDS")
"""Those that are looked for, best first."""


def find_driver(settings: Settings, installed: Sequence[str]) -> str:
    """Give the driver to use: name, or path of its library.

    Args:
        settings: May name one.
        installed: The names that the system knows.

    Raises:
        DatabaseError: ``driver_missing``: none is installed.
    """
    if settings.driver:
        return settings.driver
    for name in DRIVERS:
        if name in installed:
            return name
    raise DatabaseError("driver_missing")


def is_freetds(driver: str) -> bool:
    """Say whether this is FreeTDS, whose options have names of their own."""
    return "tds" in driver.lower()


def connection_string(settings: Settings, driver: str, program: str) -> str:
    """Give the connection string; it holds the password.

    Args:
        settings: Server, database, login.
        driver: From ``find_driver``.
        program: Its name, which the server lists among its connections.

    Raises:
        SettingsError: ``driver_cannot_verify``: the driver cannot check a certificate, and nobody
            allowed to go without; ``driver_braces``; ``setting_characters``.
    """
    options = {
        "DRIVER": driver,
        "SERVER": settings.server,
        "DATABASE": settings.catalog,
        "APP": f"{program} {__version__}",
    }
    if settings.login:
        options |= {"UID": settings.login, "PWD": settings.password}
    else:
        options["Trusted_Connection"] = "yes"
    if is_freetds(driver):
        if not settings.trust_certificate:
            raise SettingsError("driver_cannot_verify", driver=driver, key=TRUST_CERTIFICATE, other=DRIVER)
        if "}" in "".join(options.values()):
            raise SettingsError("driver_braces", driver=driver)  # it would read on as options what follows
        host, comma, port = settings.server.removeprefix("tcp:").partition(",")
        options |= {"SERVER": host, "PORT": port.strip()} if comma else {}
        options |= {"TDS_Version": "7.4", "Encryption": "require", "ClientCharset": "UTF-8"}
    else:
        options |= {
            "Encrypt": "yes",
            "TrustServerCertificate": "yes" if settings.trust_certificate else "no",
        }
    return ";".join(f"{name}={_braced(value)}" for name, value in options.items())


def _braced(value: str) -> str:
    """Write a value so that it ends where it should, whatever is in it."""
    if not value.isprintable():
        raise SettingsError("setting_characters")
    return "{" + value.replace("}", "}}") + "}" if set(value) & set("[]{}(),;?*=!@ ") else value
