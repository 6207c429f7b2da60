"""The entry page as its presenter sees it; no Tk here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mini_crm.ui.entries.actions_presenter import IdPanelPort, QuestionPort
from mini_crm.ui.entries.connection import ConnectionPort
from mini_crm.ui.entries.export import ExportPort
from mini_crm.ui.entries.filters_presenter import FiltersPort
from mini_crm.ui.entries.form_port import FormPort
from mini_crm.ui.entries.head_presenter import HeadPort
from mini_crm.ui.entries.kept_presenter import KeptPort
from mini_crm.ui.entries.many import ManyPort
from mini_crm.ui.entries.mending import MendingPort
from mini_crm.ui.entries.opened import OpenedPort
from mini_crm.ui.entries.opening import OpeningPort
from mini_crm.ui.entries.paste_presenter import PastePort
from mini_crm.ui.entries.saving import SavingPort
from mini_crm.ui.entries.table_port import TablePort
from mini_crm.ui.entries.why import WhyPort

if TYPE_CHECKING:
    from mini_crm.ui.entries.page_presenter import EntriesPresenter


class FiltersAndOpenedPort(FiltersPort, OpenedPort, Protocol):
    """The filters, where it also says which number's rows are shown."""


class EntriesViewPort(
    ConnectionPort,
    QuestionPort,
    ManyPort,
    ExportPort,
    SavingPort,
    MendingPort,
    OpeningPort,
    WhyPort,
    Protocol,
):
    """The page as its presenter sees it."""

    @property
    def form(self) -> FormPort:
        """The form."""
        ...

    @property
    def table(self) -> TablePort:
        """The table."""
        ...

    @property
    def filters(self) -> FiltersAndOpenedPort:
        """The filters, and which number's rows they are."""
        ...

    @property
    def head(self) -> HeadPort:
        """The head line."""
        ...

    @property
    def panel(self) -> IdPanelPort:
        """The panel for one entry by its ID."""
        ...

    def attach(self, presenter: EntriesPresenter) -> None:
        """Tell this presenter from now on what the person does."""
        ...

    def come_forward(self) -> None:
        """Bring this page to the front, and the cursor into the table."""
        ...

    def open_paste(self) -> PastePort:
        """Open the preview of pasted rows."""
        ...

    def open_kept(self) -> KeptPort:
        """Open the list of writes that wait on this computer."""
        ...
