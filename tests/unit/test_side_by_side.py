"""A forecast that several connections compute side by side, each over its own entries."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest

from contract.company_kinds import KINDS
from contract.forecast_checks import check_live, check_past, check_replay
from contract.sales import store_company
from mini_crm.domain.period import month_of
from mini_crm.store.sqlite import SqliteStore, aggregation, side_by_side
from mini_crm.store.sqlite.db import Connection
from mini_crm.store.sqlite.side_by_side import SideBySide, reading_one_moment

SUMS = "SELECT Pack, Deals FROM temp.Sums ORDER BY Pack"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Give an empty database."""
    made = SqliteStore.create(tmp_path / "crm.sqlite")
    yield made
    made.close()


@pytest.fixture
def connections(store: SqliteStore) -> Iterator[tuple[Connection, ...]]:
    """Give three connections to it."""
    with ExitStack() as opened:
        yield tuple(opened.enter_context(closing(store.db.connect_again())) for _ in range(3))


@pytest.fixture(params=[2, 3])
def together(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let so many connections compute every forecast, with a few entries in turn."""
    monkeypatch.setattr(aggregation, "how_many", lambda _entries: request.param)
    monkeypatch.setattr(side_by_side, "SMALLEST", 2)
    monkeypatch.setattr(side_by_side, "LARGEST", 16)
    return int(request.param)


@pytest.mark.parametrize("kind", KINDS)
def test_forecast_of_many(store: SqliteStore, kind: str, together: int) -> None:
    """However many compute it, it is the oracle's, entry by entry; now, and as of an evening."""
    assert together > 1
    check_live(store, KINDS[kind], store_company(store, KINDS[kind]))
    evening = store.get_today() - timedelta(days=45)
    check_past(store, KINDS[kind], evening)
    check_replay(store, KINDS[kind], evening, month_of(evening))


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("newest", [0, 1, 4_096, 4_097, 500_000])
def test_every_entry_is_somebodys(connections: tuple[Connection, ...], count: int, newest: int) -> None:
    """The ranges follow each other without a gap, from the first number on and without an end."""
    ranges = SideBySide(connections[:count], newest).ranges
    assert ranges[0].first_id == 1
    assert [one.first_id - 1 for one in ranges[1:]] == [one.last_id for one in ranges[:-1]]
    assert ranges[-1].first_id <= max(newest, 1) < ranges[-1].last_id == 2**40 - 1


def test_work_is_dealt_evenly(connections: tuple[Connection, ...]) -> None:
    """Of all entries, and of the newest, which need most work, everybody has nearly the same share."""
    ranges = SideBySide(connections[:2], 1_000_000).ranges
    for begin in (1, 950_001):
        shares = [
            sum(
                max(0, min(one.last_id, 1_000_000) - max(one.first_id, begin) + 1)
                for one in ranges
                if one.conn is conn
            )
            for conn in connections[:2]
        ]
        assert sum(shares) == 1_000_001 - begin
        assert max(shares) < 0.6 * sum(shares)


def test_rows_of_one_key_are_summed(connections: tuple[Connection, ...]) -> None:
    """What all have counted comes together in the first, and what is shared is the same for all."""
    team = SideBySide(connections, 1)
    for number, conn in enumerate(connections):
        conn.execute("CREATE TEMP TABLE Sums (Pack INTEGER PRIMARY KEY, Deals INTEGER NOT NULL)")
        conn.executemany("INSERT INTO temp.Sums VALUES (?, ?)", [(7, 10), (number, 1)])
        conn.execute("CREATE TEMP TABLE Listed AS SELECT ? AS Number", (number,))
    team.gather(["Sums", "Listed"])
    assert [tuple(row) for row in connections[0].execute(SUMS)] == [(0, 1), (1, 1), (2, 1), (7, 30)]
    assert [row[0] for row in connections[0].execute("SELECT Number FROM temp.Listed")] == [0, 1, 2]
    for conn in team.others:
        conn.execute("DROP TABLE temp.Sums")
    team.share(["Sums"])
    for conn in connections:
        assert [tuple(row) for row in conn.execute(SUMS)] == [(0, 1), (1, 1), (2, 1), (7, 30)]
        with pytest.raises(sqlite3.IntegrityError):  # the key came along
            conn.execute("INSERT INTO temp.Sums VALUES (7, 1)")


def test_error_of_any_is_an_error_of_all(connections: tuple[Connection, ...]) -> None:
    """What goes wrong on another thread is not lost."""
    team = SideBySide(connections, 1)
    connections[0].execute("CREATE TEMP TABLE Own (A)")
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        team.each(["INSERT INTO temp.Own VALUES (1)"], {})


class _WrittenMeanwhile(tuple[Connection, ...]):
    """Connections; while they begin to read for the first time, somebody saves."""

    store: SqliteStore
    begun = 0

    def __iter__(self) -> Iterator[Connection]:
        self.begun += 1
        for number, conn in enumerate(super().__iter__()):
            if number == 1 and self.begun == 1:
                with closing(self.store.db.connect_again()) as other:
                    other.execute("INSERT INTO Setting (Name, Value) VALUES ('Between', '1')")
            yield conn


def test_all_read_the_same_moment(store: SqliteStore, connections: tuple[Connection, ...]) -> None:
    """If somebody saves between the beginnings of two, all begin again; what is saved later is not seen."""
    seen = "SELECT count(*) FROM Setting WHERE Name IN ('Between', 'After')"
    team = _WrittenMeanwhile(connections)
    team.store = store
    with reading_one_moment(store.db, team):
        store.set_setting("After", "1", "test")
        assert [conn.execute(seen).fetchone()[0] for conn in connections] == [1, 1, 1]
    assert team.begun == 2
    assert [conn.execute(seen).fetchone()[0] for conn in connections] == [2, 2, 2]


def test_how_many_are_worth_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another connection is made for many entries, where there is another processor for it."""
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert [side_by_side.how_many(entries) for entries in (0, 99_999, 100_000, 5_000_000)] == [1, 1, 2, 2]
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert side_by_side.how_many(5_000_000) == 1
