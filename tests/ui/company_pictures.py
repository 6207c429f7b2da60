"""Pictures of the company page, for ``take_pictures.py``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mini_crm.commands.demo import Past
from mini_crm.domain.credentials import PasswordKind
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.company.page_view import CompanyView
from mini_crm.usecases.accounts import Slip, issue_passwords
from mini_crm.usecases.demo import make_demo
from ui.company_data import HEAD, make_company

if TYPE_CHECKING:
    from take_pictures import Studio

Companies = Mapping[str, tuple[SqliteStore, Slip]]
"""By the name of the picture: the database, and with what the head signs in."""


class _Clock:
    """A clock that can be put elsewhere."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """Give the time."""
        return datetime.now(UTC) + self.ahead


def make_companies(folder: Path) -> Companies:
    """Make the databases: the demo company as it lived through its last week, one of 5 leads, one of 200."""
    past = Past("pictures")
    demo = past.store = SqliteStore.create(folder / "lived.sqlite", clock=past)
    head = make_demo(demo, today=demo.get_today(), lived=past).head
    demo.aggregate_forecast(None, "pictures")
    made = {"company": (demo, head)}
    for leads in (5, 200):
        clock = _Clock()
        store = SqliteStore.create(folder / f"company_{leads}.sqlite", time_zone="UTC", clock=clock)
        make_company(store, clock, leads)
        heads = [lead for lead in store.list_leads() if lead.name == HEAD]
        (slip,) = issue_passwords(store, heads, PasswordKind.CODE, "pictures")
        made[f"company_{leads}"] = store, slip
    return made


def company_pictures(studio: Studio, companies: Companies) -> None:
    """The page as it opens, and one lead."""
    connect = studio.around.connect
    for name, (store, slip) in companies.items():
        studio.around.connect = lambda store=store: store
        studio.app.show_login()
        _page(studio, slip, name)
    studio.around.connect = connect
    studio.app.show_login()


def _page(studio: Studio, slip: Slip, name: str) -> None:
    main = studio.sign_in(slip)
    (tab,) = main.pages.tabs()
    (view,) = main.nametowidget(tab).winfo_children()
    assert isinstance(view, CompanyView)
    studio.wait(lambda: view.leads.cells() and view.bridge.picture.drawn)
    drawn = view.bridge.picture.drawn
    view.bridge.buttons[-1].invoke()  # a week has more to tell than a day
    studio.wait(lambda: view.bridge.picture.drawn > drawn)
    studio.shoot(name)
    assert main.company is not None
    main.company.open_row(view.leads.tree.get_children()[-1])
    studio.wait(lambda: view.entries.table.cells())
    studio.shoot(f"{name}_lead")
    main.leave()
