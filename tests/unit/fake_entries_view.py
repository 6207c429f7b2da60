"""The entry page without a screen: keeps what it is told, and answers as it is set to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mini_crm.domain.errors import BadValue, DatabaseUnreachable
from mini_crm.domain.model import EntrySort, Status
from mini_crm.ui.entries.actions_presenter import REST, Answer, StatusAnswer, StatusQuestion
from mini_crm.ui.entries.conflict import ConflictTexts
from mini_crm.ui.entries.draft import FormValues
from mini_crm.ui.entries.filters_presenter import Chip, FilterValues, Quick
from mini_crm.ui.entries.head_presenter import Bar
from mini_crm.ui.entries.kept_presenter import KeptLine, KeptPresenter
from mini_crm.ui.entries.many import ManyQuestion
from mini_crm.ui.entries.page_presenter import EntriesPresenter
from mini_crm.ui.entries.paste_presenter import PastedRow, PastePresenter
from mini_crm.ui.entries.texts import Row
from mini_crm.ui.entries.why import Why
from mini_crm.ui.forecast.from_new import FromNew


class FakeForm:
    """A ``FormPort``; a test types by setting ``values``."""

    def __init__(self) -> None:
        self.values = FormValues()
        self.groups: list[str] = []
        self.managers: list[str] = []
        self.unit: str | None = None
        self.title = self.entered_on = self.pin_hint = self.elsewhere = self.advice = self.focused = ""
        self.is_new = True
        self.errors: dict[str, str] = {}

    def read(self) -> FormValues:
        """Give what was typed."""
        return self.values

    def show(self, values: FormValues) -> None:
        """Keep what is shown."""
        self.values = values

    def show_groups(self, names: Sequence[str]) -> None:
        """Keep the groups."""
        self.groups = list(names)

    def show_managers(self, names: Sequence[str]) -> None:
        """Keep the managers."""
        self.managers = list(names)

    def show_unit(self, unit: str | None) -> None:
        """Keep the unit."""
        self.unit = unit

    def show_title(self, title: str, entered_on: str, *, is_new: bool) -> None:
        """Keep the title."""
        self.title, self.entered_on, self.is_new = title, entered_on, is_new

    def show_error(self, field: str, text: str) -> None:
        """Keep the error."""
        self.errors.pop(field, None)
        if text:
            self.errors[field] = text

    def show_pin_hint(self, text: str, elsewhere: str) -> None:
        """Keep the hint."""
        self.pin_hint, self.elsewhere = text, elsewhere

    def show_advice(self, text: str) -> None:
        """Keep the advice."""
        self.advice = text

    def focus(self, field: str) -> None:
        """Keep the field."""
        self.focused = field


class FakeTable:
    """A ``TablePort``."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.offset = self.total = 0
        self.top: int | None = None
        self.useful: frozenset[Status] = frozenset()
        self.chosen: list[int] = []
        self.order: tuple[EntrySort, bool] | None = None
        self.summary = ""
        self.tops = 0
        self.chance = ""

    def show_rows(self, rows: Sequence[Row], offset: int, total: int) -> None:
        """Keep the rows."""
        self.rows, self.offset, self.total = list(rows), offset, total

    def append_rows(self, rows: Sequence[Row], total: int) -> None:
        """Keep more rows."""
        self.rows += rows
        self.total = total

    def scroll_to(self, place: int) -> None:
        """Keep the place."""
        self.top = place

    def show_useful(self, statuses: frozenset[Status]) -> None:
        """Keep whose columns are of use."""
        self.useful = statuses

    def to_top(self) -> None:
        """Count."""
        self.tops += 1

    def selected_ids(self) -> list[int]:
        """Give what the test has chosen."""
        return self.chosen

    def select(self, entry_id: int) -> None:
        """Choose a row."""
        self.chosen = [entry_id]

    def select_nothing(self) -> None:
        """Choose no row."""
        self.chosen = []

    def show_order(self, column: EntrySort, descending: bool) -> None:
        """Keep the order."""
        self.order = (column, descending)

    def show_chance(self, caption: str) -> None:
        """Keep the heading."""
        self.chance = caption

    def show_summary(self, text: str) -> None:
        """Keep counts and sums."""
        self.summary = text

    def ids(self) -> list[int]:
        """Give the numbers from top to bottom."""
        return [row.entry_id for row in self.rows]

    def column(self, column: EntrySort) -> list[str]:
        """Give the cells of a column from top to bottom."""
        return [
            row.cells[__import__("mini_crm.ui.entries.texts").ui.entries.texts.COLUMNS.index(column)]
            for row in self.rows
        ]


class FakeFilters:
    """A ``FiltersPort`` and ``OpenedPort``; a test types by setting ``values``."""

    def __init__(self) -> None:
        self.values = FilterValues()
        self.managers: list[str] = []
        self.error = self.opened = self.changed = ""
        self.chips: list[Chip] = []
        self.pressed: frozenset[Quick] = frozenset()

    def read(self) -> FilterValues:
        """Give what was typed."""
        return self.values

    def show(self, values: FilterValues) -> None:
        """Keep what is shown."""
        self.values = values

    def show_managers(self, names: Sequence[str]) -> None:
        """Keep the managers."""
        self.managers = list(names)

    def show_error(self, text: str) -> None:
        """Keep the error."""
        self.error = text

    def show_chips(self, chips: Sequence[Chip], pressed: frozenset[Quick]) -> None:
        """Keep the chips."""
        self.chips, self.pressed = list(chips), pressed

    def show_opened(self, text: str, changed: str) -> None:
        """Keep the sentences."""
        self.opened, self.changed = text, changed

    def captions(self) -> list[str]:
        """Give what the chips say."""
        return [chip.caption for chip in self.chips]


class FakeHead:
    """A ``HeadPort``."""

    def __init__(self) -> None:
        self.as_of = ""
        self.periods: list[str] = []
        self.chosen = -1
        self.bars: list[Bar] = []
        self.stale = self.computing = False
        self.from_new: FromNew | None = None

    def show_from_new(self, from_new: FromNew) -> None:
        """Keep the managers."""
        self.from_new = from_new

    def show_periods(self, names: Sequence[str], chosen: int) -> None:
        """Keep the periods."""
        self.periods, self.chosen = list(names), chosen

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Keep the bars."""
        self.bars = list(bars)

    def show_as_of(self, text: str, *, stale: bool) -> None:
        """Keep the age."""
        self.as_of, self.stale = text, stale

    def show_computing(self, computing: bool) -> None:
        """Keep the state."""
        self.computing = computing


class FakePanel:
    """An ``IdPanelPort``; a test types by setting ``number``."""

    def __init__(self) -> None:
        self.number = self.look = self.why = self.undo = ""
        self.may_delete = self.is_error = self.at_delete = self.typing = False

    def read_id(self) -> str:
        """Give what was typed."""
        return self.number

    def show_id(self, text: str) -> None:
        """Keep the ID."""
        self.number = text

    def is_typed_into(self) -> bool:
        """Say whether the test types here."""
        return self.typing

    def go_to_delete(self) -> None:
        """Remember it."""
        self.at_delete = True

    def show_look(self, text: str, why: str, *, may_delete: bool, is_error: bool) -> None:
        """Keep the look."""
        self.look, self.why, self.may_delete, self.is_error = text, why, may_delete, is_error

    def show_undo(self, text: str) -> None:
        """Keep the offer."""
        self.undo = text


class FakePaste:
    """A ``PastePort``."""

    def __init__(self) -> None:
        self.presenter: PastePresenter | None = None
        self.rows: dict[int, PastedRow] = {}
        self.count = ""
        self.can_save = self.closed = False

    def attach(self, presenter: PastePresenter) -> None:
        """Keep the presenter."""
        self.presenter = presenter

    def show_rows(self, captions: Sequence[str], rows: Sequence[PastedRow]) -> None:
        """Keep the rows."""
        self.rows = {row.number: row for row in rows}

    def show_row(self, row: PastedRow) -> None:
        """Keep a row."""
        self.rows[row.number] = row

    def show_count(self, text: str, *, can_save: bool) -> None:
        """Keep the count."""
        self.count, self.can_save = text, can_save

    def close(self) -> None:
        """Remember it."""
        self.closed = True


class FakeKept:
    """A ``KeptPort``."""

    def __init__(self) -> None:
        self.presenter: KeptPresenter | None = None
        self.lines: list[KeptLine] = []
        self.closed = False

    def attach(self, presenter: KeptPresenter) -> None:
        """Keep the presenter."""
        self.presenter = presenter

    def is_open(self) -> bool:
        """Say whether it was not closed."""
        return not self.closed

    def show_lines(self, lines: Sequence[KeptLine]) -> None:
        """Keep the lines."""
        self.lines = list(lines)

    def close(self) -> None:
        """Remember it."""
        self.closed = True


class FakeEntriesView:
    """An ``EntriesViewPort``.

    Attributes:
        yes: What the person answers to questions.
        reply: What the person types when asked, in the order of ``StatusAnswer``, None to leave the
            question open.
        keeps_rest: What the person answers about the rest, None for nothing.
        file: Where the person saves a file.
        pay_by: The day that the person types for many entries, empty to leave the question open.
    """

    def __init__(self) -> None:
        self.form, self.table, self.filters = FakeForm(), FakeTable(), FakeFilters()
        self.head, self.panel, self.paste, self.kept = FakeHead(), FakePanel(), FakePaste(), FakeKept()
        self.presenter: EntriesPresenter | None = None
        self.said = self.noted = self.connection = self.kept_text = ""
        self.said_error = self.was_done = self.lost = False
        self.over: list[bool] = []
        self.forward = 0
        self.yes = True
        self.questions: list[str] = []
        self.reply: tuple[str, ...] | None = None
        self.keeps_rest: bool | None = None
        self.status_question: StatusQuestion | None = None
        self.status_errors: Mapping[str, str] = {}
        self.file: Path | None = None
        self.asked_file = ("", "")
        self.many_question: ManyQuestion | None = None
        self.pay_by = ""
        self.pay_by_error = ""
        self.history: list[tuple[str, str, str, str, str]] = []
        self.why: Why | None = None
        self.conflict: ConflictTexts | None = None
        self.again: Callable[[], None] = lambda: None
        self.leave: Callable[[], None] = lambda: None

    def attach(self, presenter: EntriesPresenter) -> None:
        """Keep the presenter."""
        self.presenter = presenter

    def say(self, text: str, *, is_error: bool) -> None:
        """Keep the sentence."""
        self.said, self.said_error = text, is_error
        self.was_done = False

    def done(self, text: str) -> None:
        """Keep the sentence instead of that of an error."""
        self.said, self.said_error = text, False
        self.was_done = True

    def trouble_is_over(self, *, at_once: bool) -> None:
        """Know that an error's cause has gone."""
        self.over.append(at_once)

    def note(self, text: str) -> None:
        """Keep the sentence beside that of an error."""
        self.noted = text

    def whereabouts(self) -> object:
        """Give the field with the cursor."""
        return self.form.focused

    def come_forward(self) -> None:
        """Count."""
        self.forward += 1

    def show_connection(self, text: str, *, lost: bool) -> None:
        """Keep the state."""
        self.connection, self.lost = text, lost

    def show_kept(self, text: str) -> None:
        """Keep the count."""
        self.kept_text = text

    def ask(self, question: str, yes: Callable[[], None]) -> None:
        """Answer as ``yes`` says."""
        self.questions.append(question)
        if self.yes:
            yes()

    def ask_status(self, question: StatusQuestion, answer: Answer) -> None:
        """Answer with ``reply``, and if that is asked, ``keeps_rest``."""
        self.status_question = question
        if self.reply is not None:
            given = StatusAnswer(*self.reply)
            self.status_errors = answer(given)
            if REST in self.status_errors and self.keeps_rest is not None:
                self.status_errors = answer(replace(given, keeps_rest=self.keeps_rest))

    def ask_delete(self, question: ManyQuestion, yes: Callable[[], None]) -> None:
        """Answer as ``yes`` says."""
        self.many_question = question
        if self.yes:
            yes()

    def ask_pay_by(self, question: ManyQuestion, answer: Callable[[str], str]) -> None:
        """Answer with ``pay_by``."""
        self.many_question = question
        if self.pay_by:
            self.pay_by_error = answer(self.pay_by)

    def ask_file(self, folder: str, name: str) -> Path | None:
        """Answer with ``file``."""
        self.asked_file = (folder, name)
        return self.file

    def show_history(self, title: str, lines: Sequence[tuple[str, str, str, str, str]]) -> None:
        """Keep the lines."""
        self.history = list(lines)

    def show_why(self, why: Why) -> None:
        """Keep the answer."""
        self.why = why

    def show_conflict(
        self, conflict: ConflictTexts, again: Callable[[], None], leave: Callable[[], None]
    ) -> None:
        """Keep the choices."""
        self.conflict, self.again, self.leave = conflict, again, leave

    def open_paste(self) -> FakePaste:
        """Give the preview."""
        return self.paste

    def open_kept(self) -> FakeKept:
        """Give the list."""
        return self.kept


class Cable:
    """A store behind a cable that can be pulled out.

    Attributes:
        pulled: Nothing reaches the store.
        answers_lost: Every call is done, but its answer does not come back.
        calls: Names of the operations asked for.
    """

    def __init__(self, store: object) -> None:
        self._store = store
        self.pulled = False
        self.answers_lost = False
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        """Give an operation of the store."""

        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls.append(name)
            if self.pulled:
                raise DatabaseUnreachable("database_unreachable")
            result = getattr(self._store, name)(*args, **kwargs)
            if self.answers_lost:
                raise DatabaseUnreachable("database_unreachable")
            return result

        return call


class Gate:
    """A store whose writes wait until a test lets them go.

    Attributes:
        open: Set while writes pass.
        refusals: So many of the next writes are refused.
    """

    def __init__(self, store: object) -> None:
        self._store = store
        self.open = threading.Event()
        self.refusals = 0

    def __getattr__(self, name: str) -> Any:
        """Give an operation of the store."""
        operation = getattr(self._store, name)
        if not name.endswith("_entry") or name == "get_entry":
            return operation

        def wait(*args: Any) -> Any:
            assert self.open.wait(20), "the gate was never opened"
            if self.refusals:
                self.refusals -= 1
                raise BadValue("comment_too_long", field="comment", length=501, limit=500)
            return operation(*args)

        return wait
