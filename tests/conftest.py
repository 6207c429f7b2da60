"""What all tests share."""

import pytest
from hypothesis import settings

# A slow machine is no failure. The rest is as before: in CI hypothesis takes the same examples every time.
settings.register_profile("mini-crm", deadline=None)
settings.load_profile("mini-crm")

SERVER_S = 900
"""How long a test on a server may take; the first one also deploys.

The usual limit is too near there. Once it is reached a signal interrupts the test, and Microsoft's driver
takes a signal in the middle of a call for the end of the connection (08S01 with 10004, or HY000 without a
text): a test that was only slow looked as if the server had failed in whatever was being called.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests on a server their time."""
    for item in items:
        if "mssql" in item.name or "server" in item.path.parts:
            item.add_marker(pytest.mark.timeout(SERVER_S))
