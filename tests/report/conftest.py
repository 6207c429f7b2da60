"""What the tests of the report share: the demo company, and LibreOffice where it is installed."""

from __future__ import annotations

import sys

import pytest

from mini_crm.commands.demo import Past
from mini_crm.domain.model import Report
from mini_crm.store.sqlite import SqliteStore
from mini_crm.usecases.demo import make_demo
from report.office import SOFFICE, Office


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Give LibreOffice; ``scripts/dev.py test`` installs it on Debian, elsewhere it may be missing."""
    if SOFFICE is None or sys.platform == "win32":
        pytest.skip("LibreOffice is not installed (Debian: apt-get install libreoffice-calc)")
    return Office(tmp_path_factory.mktemp("office") / "profile")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Give the report of the demo company: 3,000 entries, with targets, a run a day for a week."""
    past = Past("test")
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    store = past.store = SqliteStore.create(path, clock=past, time_zone="Europe/Moscow")
    make_demo(store, today=store.get_today(), entries=3_000, lived=past)
    store.aggregate_forecast(None, "test")
    report = store.get_report()
    store.close()
    return report
