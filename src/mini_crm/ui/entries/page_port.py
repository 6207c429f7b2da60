"""The entry page as its presenter sees it; no Tk here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mini_crm.ui.entries.actions_presenter import DeletePort, QuestionPort
from mini_crm.ui.entries.filters_presenter import FiltersPort
from mini_crm.ui.entries.form_presenter import FormPort
from mini_crm.ui.entries.head_presenter import HeadPort
from mini_crm.ui.entries.kept_presenter import KeptPort
from mini_crm.ui.entries.mending import MendingPort
from mini_crm.ui.entries.opening import OpeningPort
from mini_crm.ui.entries.paste_presenter import PastePort
from mini_crm.ui.entries.saving import SavingPort
from mini_crm.ui.entries.table_presenter import TablePort
from mini_crm.ui.entries.why import WhyPort

if TYPE_CHECKING:
    from mini_crm.ui.entries.page_presenter import EntriesPresenter


class EntriesViewPort(QuestionPort, SavingPort, MendingPort, OpeningPort, WhyPort, Protocol):
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
    def filters(self) -> FiltersPort:
        """The filters."""
        ...

    @property
    def head(self) -> HeadPort:
        """The head line."""
        ...

    @property
    def panel(self) -> DeletePort:
        """The panel for deleting."""
        ...

    def attach(self, presenter: EntriesPresenter) -> None:
        """Tell this presenter from now on what the person does."""
        ...

    def show_connection(self, text: str, *, lost: bool) -> None:
        """Show how the database answers; ``lost`` stays in sight until it does."""
        ...

    def trouble_is_over(self, *, at_once: bool) -> None:
        """Take an error off the screen whose cause has gone; unless at once, not before it could be read."""
        ...

    def show_kept(self, text: str) -> None:
        """Show how many writes wait on this computer; empty for none."""
        ...

    def open_paste(self) -> PastePort:
        """Open the preview of pasted rows."""
        ...

    def open_kept(self) -> KeptPort:
        """Open the list of writes that wait on this computer."""
        ...
