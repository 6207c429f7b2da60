"""A database of an older version that is in use: what is in it stays, and what is new works there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from contract.mssql_backdoor import VARIABLE, collation, connect, patiently, settings_of
from mini_crm.settings import Settings
from mini_crm.store.mssql import MssqlStore
from mini_crm.store.mssql.call import Server
from mini_crm.store.mssql.deploy import deploy
from mini_crm.store.mssql.scripts import Kind, load_scripts
from server.raw import Raw, raw

ROWS = (
    "INSERT INTO core.Lead (Name, NameKey) VALUES (N'Anna', N'anna')",
    "INSERT INTO core.Period (Kind, StartsOn, EndsOn) VALUES ('month', '20260301', '20260331')",
    "INSERT INTO core.Commitment (PeriodId, LeadId, Unit, Amount, Note, MadeAt) "
    "SELECT p.PeriodId, l.LeadId, 'RUB', 5, N'x', '20260303 10:00' "
    "FROM core.Period AS p CROSS JOIN core.Lead AS l",
    "INSERT INTO core.Commitment (PeriodId, LeadId, Unit, Amount, Note, MadeAt) "
    "SELECT c.PeriodId, c.LeadId, c.Unit, c.Amount, c.Note, c.MadeAt FROM core.Commitment AS c",
    "INSERT INTO core.AdminLog (DoneAt, DoneBy, Computer, Action, Detail) "
    "VALUES ('20260303 10:00', N'who', N'', 'add_period', N'x')",
    "INSERT INTO core.Run (Kind, CountDay, StartedAt, FinishedAt, Status, StartedBy, ChangeTotal, "
    "PeriodList, EntryCount, PaidEvents, RefusedEvents) "
    "SELECT 'live', '20260303', '20260303 10:00', '20260303 10:01', 'done', N'execer', 3, p.PeriodId, 9, 4, "
    "2 FROM core.Period AS p",
    "INSERT INTO core.LeadForecast (RunId, PeriodId, LeadId, Unit, Clients, OpenCount, DueToday, Overdue, "
    "Expected, PaidCount, Paid, RefusedCount, Refused, Won, Resolved, WinRate, WonAll, ResolvedAll, "
    "SpeedIndex, PaidEvents, StillToCome, Forecast, Low, High, HandFormula, NewEntries, RunRate) "
    "SELECT r.RunId, p.PeriodId, l.LeadId, 'RUB', 1, 2, 0, 1, 90, 4, 40, 2, 20, 4, 6, 0.6, 4, 6, 1.1, 4, 50, "
    "90, 60, 120, 100, 30, 110 FROM core.Run AS r CROSS JOIN core.Period AS p CROSS JOIN core.Lead AS l",
    "INSERT INTO core.SalesGroup (LeadId, Name, NameKey, Unit) "
    "SELECT l.LeadId, N'g', N'g', 'RUB' FROM core.Lead AS l",
    "INSERT INTO core.Manager (GroupId, Name, NameKey) "
    "SELECT g.GroupId, N'm', N'm' FROM core.SalesGroup AS g",
    "INSERT INTO core.Entry (ClientRef, LeadId, GroupId, ManagerId, ClientPin, Amount, EnteredOn, Status, "
    "StatusOn, Comment, SearchKey, Version, ChangeSeq) "
    "SELECT NEWID(), g.LeadId, g.GroupId, m.ManagerId, p.Pin, "
    "5, '20260301', p.Status, CASE WHEN p.Status = 2 THEN CAST('20260302' AS date) END, N'Да', "
    "LOWER(p.Pin) + NCHAR(10) + N'да', 1, 1 "
    "FROM core.SalesGroup AS g JOIN core.Manager AS m ON m.GroupId = g.GroupId "
    "CROSS JOIN (SELECT N'0а' AS Pin, 0 AS Status UNION ALL SELECT N'0А', 2) AS p",
    "INSERT INTO core.EntryHistory (EntryId, Version, Action, ChangedAt, ChangedBy, Computer, ChangeSeq, "
    "LeadId, GroupId, ManagerId, ClientPin, Amount, EnteredOn, Status, StatusOn, Comment) "
    "SELECT e.EntryId, e.Version, 'imported', '20260303 10:00', N'who', N'', e.ChangeSeq, "
    "e.LeadId, e.GroupId, e.ManagerId, e.ClientPin, "
    "e.Amount, e.EnteredOn, e.Status, e.StatusOn, e.Comment FROM core.Entry AS e",
    "INSERT INTO core.EntryForecast (RunId, PeriodId, EntryId, Probability) "
    "SELECT r.RunId, p.PeriodId, 7, 0.5 FROM core.Run AS r CROSS JOIN core.Period AS p",
)
SEEN = (
    "SELECT c.CommitmentId, c.PeriodId, c.LeadId, c.Unit, c.Amount, c.Note, c.MadeAt "
    "FROM core.Commitment AS c ORDER BY c.CommitmentId",
    "SELECT a.AdminLogId, a.DoneAt, a.DoneBy, a.Computer, a.Action, a.Detail FROM core.AdminLog AS a",
    "SELECT l.LeadId, l.Name, l.NameKey, l.IsActive, l.ChangeSeq FROM core.Lead AS l",
    "SELECT r.RunId, r.Kind, r.CountDay, r.StartedAt, r.FinishedAt, r.Status, r.StartedBy, r.ChangeTotal, "
    "r.PeriodList, r.EntryCount, r.PaidEvents, r.RefusedEvents FROM core.Run AS r",
    "SELECT f.RunId, f.PeriodId, f.LeadId, f.Unit, f.Expected, f.Paid, f.WinRate, f.SpeedIndex, "
    "f.StillToCome, f.Forecast, f.Low, f.High, f.HandFormula, f.NewEntries, f.RunRate "
    "FROM core.LeadForecast AS f",
    "SELECT e.EntryId, e.ClientRef, e.LeadId, e.GroupId, e.ManagerId, e.ClientPin, e.Amount, e.PaidAmount, "
    "e.EnteredOn, e.PayBy, e.FirstPayBy, e.Status, e.StatusOn, e.Comment, e.SearchKey, e.Version, "
    "e.ChangeSeq, e.DeletedAt FROM core.Entry AS e ORDER BY e.EntryId",
    "SELECT h.HistoryId, h.EntryId, h.Version, h.Action, h.ChangedBy, h.OpId, h.ClientPin, h.Amount, "
    "h.Status, h.StatusOn, h.Comment FROM core.EntryHistory AS h ORDER BY h.HistoryId",
    "SELECT f.RunId, f.PeriodId, f.EntryId, f.Probability FROM core.EntryForecast AS f",
)


@pytest.fixture
def empty() -> Iterator[Settings]:
    """Give a database in which nothing is."""
    server = settings_of(os.environ[VARIABLE])
    name = f"mini_crm_upgrade_{os.getpid()}"
    with closing(connect(server)) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}{collation()}")
        yield replace(server, catalog=name)
        patiently(connection, f"DROP DATABASE {name}")


def seen(owner: Raw) -> list[list[tuple[object, ...]]]:
    """Give what was in the database before the upgrade."""
    return [owner.must(statement) for statement in SEEN]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_filled_database_of_an_older_version(empty: Settings, version: int) -> None:
    """Every row stays as it is, each old commitment gets an OpId of its own, and all code is there.

    What method 1 forecast is read as method 1 meant it.
    """
    scripts = load_scripts()
    server = Server(empty)
    once = [script for script in scripts if script.kind is Kind.ONCE]
    older = once[:version]
    deploy(server, [script for script in scripts if script.name.startswith("10_schemas") or script in older])
    with raw(empty) as owner:
        for statement in ROWS:
            owner.must(statement)
        before = seen(owner)
        ran = deploy(server, scripts)
        assert {script.name for script in once} - set(ran) == {script.name for script in older}
        assert seen(owner) == before
        assert owner.one("SELECT COUNT(DISTINCT c.OpId) FROM core.Commitment AS c") == 2
        assert owner.one("SELECT COUNT(*) FROM core.AdminLog AS a WHERE a.OpId IS NULL") == 1
        # Letters of other case are other clients, as before; and all are as wide as new ones.
        assert owner.one("SELECT COUNT(DISTINCT e.ClientPin) FROM core.Entry AS e") == 2
        assert owner.one("SELECT COUNT(*) FROM core.EntryHistory AS h WHERE h.ClientPin = N'0а'") == 1
        owner.must("UPDATE core.Entry SET Amount = 0, ClientPin = REPLICATE(N'x', 100) WHERE Status = 2")
        assert owner.one("SELECT COUNT(*) FROM core.Entry AS e WHERE e.Reason = N'' AND e.Amount = 0") == 1
        assert owner.must("EXEC api.GetVersion") == [(len(once), len(once), None)]
        again = deploy(server, scripts)
    server.close()
    assert not [name for name in again if name.startswith(("20", "40", "50", "60"))]
    store = MssqlStore.open(empty)
    found = store.get_company_forecast()
    store.close()
    assert found.run is not None and found.run.method == 1
    assert found.learnt is None
    (row,) = found.leads
    assert (row.from_open, row.from_new, row.forecast) == (50, 0, 90)
    assert (row.low, row.high) == (row.open_low, row.open_high) == (60, 120)
