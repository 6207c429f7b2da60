"""Pictures of the company page, for ``take_pictures.py``: of the demo company, and of five and 200 leads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mini_crm.domain.credentials import PasswordKind
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.company.page_view import CompanyView
from mini_crm.usecases.accounts import Slip, issue_passwords
from ui.company_data import HEAD, make_company

if TYPE_CHECKING:
    from take_pictures import Studio

SIZES = (5, 200)
Companies = Mapping[int, tuple[SqliteStore, Slip]]
"""By the number of leads: the database, and with what the head signs in."""


class _Clock:
    """A clock that can be put elsewhere."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """Give the time."""
        return datetime.now(UTC) + self.ahead


def make_companies(folder: Path) -> Companies:
    """Make the databases."""
    made = {}
    for leads in SIZES:
        clock = _Clock()
        store = SqliteStore.create(folder / f"company_{leads}.sqlite", time_zone="UTC", clock=clock)
        make_company(store, clock, leads)
        heads = [lead for lead in store.list_leads() if lead.name == HEAD]
        (slip,) = issue_passwords(store, heads, PasswordKind.CODE, "pictures")
        made[leads] = store, slip
    return made


def company_pictures(studio: Studio, companies: Companies) -> None:
    """The page as it opens, and one lead."""
    _page(studio, studio.head, "company")
    connect = studio.around.connect
    for leads, (store, slip) in companies.items():
        studio.around.connect = lambda store=store: store
        studio.app.show_login()
        _page(studio, slip, f"company_{leads}")
    studio.around.connect = connect
    studio.app.show_login()


def _page(studio: Studio, slip: Slip, name: str) -> None:
    main = studio.sign_in(slip)
    (tab,) = main.pages.tabs()
    (view,) = main.nametowidget(tab).winfo_children()
    assert isinstance(view, CompanyView)
    studio.wait(lambda: view.leads.cells() and view.bridge.picture.drawn)
    studio.live(0.3)
    studio.shoot(name)
    assert main.company is not None
    main.company.open_row(view.leads.tree.get_children()[-1])
    studio.wait(lambda: view.entries.table.cells())
    studio.shoot(f"{name}_lead")
    main.leave()
