"""Pictures of the entry page and its dialogs, for ``take_pictures.py``."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from mini_crm.domain.dates import format_date
from mini_crm.domain.model import EntryFilter, Status
from mini_crm.ui.entries.dialogs_view import KeptDialog, StatusDialog
from mini_crm.ui.entries.filters_presenter import Quick
from mini_crm.ui.entries.page_view import EntriesView
from mini_crm.usecases.behind import Number
from unit.fake_entries_view import Cable, Gate

REASONS = {
    "ru": ("Дорого", "Ушли к другим", "Нет денег"),
    "en": ("Too expensive", "Went elsewhere", "No money"),
}

if TYPE_CHECKING:
    from take_pictures import Studio

    from mini_crm.ui.main_window import MainWindow


class Desk:
    """A lead at work on the entry page."""

    def __init__(self, studio: Studio, main: MainWindow) -> None:
        self.studio = studio
        self.main = main
        view = main.pages.nametowidget(main.pages.tabs()[0])
        assert isinstance(view, EntriesView)
        self.view = view
        self.presenter = main.entries

    def settle(self) -> None:
        """Wait until nothing is under way."""
        self.studio.wait(lambda: not self.main.tasks.is_busy)

    def choose(self, *rows: int) -> None:
        """Choose rows by their place."""
        tree = self.view.table.tree
        names = tree.get_children()
        tree.selection_set([names[row] for row in rows])
        tree.focus(names[rows[0]])
        self.studio.live(0.1)

    def fill_in(self, pin: str, amount: str, days: int) -> None:
        """Fill in the form with keys alone."""
        form = self.view.form
        form.manager.set(form.manager.input.names[1])
        form.manager.input.event_generate("<<ComboboxSelected>>")
        for field, text in ((form.client_pin, pin), (form.amount, amount)):
            field.set("")
            field.input.insert(0, text)
            field.input.event_generate("<KeyRelease>", keysym="a")
        form.pay_by.set_day(self.presenter.today() + timedelta(days=days))
        self.studio.live(0.7)


def entries_pictures(studio: Studio, main: MainWindow) -> None:
    """The entry page: as it opens, filled in, with errors, with each of its dialogs, without a database."""
    desk = Desk(studio, main)
    desk.settle()
    studio.shoot("entries")
    form_pictures(desk)
    table_pictures(desk)
    link_pictures(desk)
    dialog_pictures(desk)
    many_pictures(desk)
    pending_pictures(desk)
    trouble_pictures(desk)


def form_pictures(desk: Desk) -> None:
    """The form: a list while typing, the calendar, errors below the fields."""
    studio, form = desk.studio, desk.view.form
    form.manager.input.focus_force()
    form.manager.input.open_list()
    studio.shoot("entries_list")
    form.manager.input.close_list()
    form.pay_by.toggle_calendar()
    studio.shoot("entries_calendar")
    form.pay_by.close_calendar()
    desk.fill_in("0042", "1,234", 5)
    form.pay_by.set("31.02.2026")
    form.save_button.invoke()
    studio.shoot("entries_errors")
    desk.presenter.form.clear()
    studio.live(0.2)


def table_pictures(desk: Desk) -> None:
    """The table: filtered in several ways, with chosen rows, and its menu."""
    studio, view = desk.studio, desk.view
    view.filters.quick[Quick.OVERDUE].invoke()
    desk.settle()
    studio.shoot("entries_overdue")
    view.filters.manager.input.take(view.filters.manager.input.names[0])
    view.filters.quick[Quick.UNTOUCHED].invoke()
    desk.settle()
    studio.shoot("entries_chips")
    view.filters.reset_button.invoke()
    desk.settle()
    view.filters.status.take(view.filters.status.names[2])
    desk.settle()
    studio.shoot("entries_paid")
    view.filters.reset_button.invoke()
    desk.settle()
    desk.choose(0, 1, 2, 3, 4, 5)
    studio.shoot("entries_chosen")
    menu = view.table.menu(desk.presenter)
    menu.post(view.winfo_rootx() + 300, view.winfo_rooty() + 380)
    studio.shoot("entries_menu")
    menu.unpost()
    view.filters.status.take(view.filters.status.names[1])
    desk.settle()


def link_pictures(desk: Desk) -> None:
    """Numbers of the head line with what is behind them, as it was and after a change."""
    studio, view, head = desk.studio, desk.view, desk.presenter.head
    head.open(0, Number.FROM_OPEN)
    desk.settle()
    studio.shoot("from_open")
    desk.choose(0)
    touch(desk)
    desk.presenter.refresh()
    desk.settle()
    studio.shoot("from_open_changed")
    head.open(0, Number.PAID)
    desk.settle()
    studio.shoot("paid")
    view.filters.back_button.invoke()
    desk.settle()
    head.open(0, Number.FROM_NEW)
    studio.wait(lambda: studio.dialogs)
    studio.shoot("from_new")
    studio.close_dialogs()


def many_pictures(desk: Desk) -> None:
    """Many rows: the two questions, and what can be undone."""
    studio, view, presenter = desk.studio, desk.view, desk.presenter
    for pin in ("0071", "0072", "0073"):
        desk.fill_in(pin, "1500", 5)
        view.form.save_button.invoke()
        desk.settle()
    studio.live(0.5)
    view.filters.reset_button.invoke()
    studio.live(0.5)
    desk.settle()
    desk.choose(*range(6))
    presenter.delete_selected()
    studio.shoot("delete_many")
    studio.close_dialogs()
    desk.choose(*range(12))
    presenter.many.pay_by()
    desk.settle()
    studio.shoot("pay_by_many")
    studio.close_dialogs()
    view.table.tree.focus_force()
    view.table.tree.event_generate("<<Undo>>")
    desk.settle()
    studio.live(0.5)
    studio.shoot("undone")


def dialog_pictures(desk: Desk) -> None:
    """Paid, paid in part, refused, history, conflict, paste."""
    studio, view, presenter = desk.studio, desk.view, desk.presenter
    desk.choose(0)
    presenter.actions.mark(Status.PAID)
    desk.settle()
    studio.shoot("mark_paid")
    (paid,) = studio.dialogs
    assert isinstance(paid, StatusDialog)
    assert paid.amount is not None
    paid.amount.set("1000")
    paid.accept()
    studio.shoot("mark_paid_in_part")
    studio.close_dialogs()
    for number, reason in enumerate(REASONS[studio.language]):
        refuse(desk, number + 2, reason)
    desk.choose(0, 1)
    presenter.actions.mark(Status.REFUSED)
    (refused,) = [dialog for dialog in studio.dialogs if isinstance(dialog, StatusDialog)]
    assert refused.reason is not None
    refused.reason.input.open_list()
    studio.shoot("mark_refused")
    studio.close_dialogs()
    desk.choose(0)
    touch(desk)
    presenter.actions.show_history()
    desk.settle()
    studio.wait(lambda: studio.dialogs)
    studio.shoot("history")
    studio.close_dialogs()
    tree = view.table.tree
    rows = tree.get_children()
    desk.choose(next(at for at, row in enumerate(rows) if tree.set(row, "probability")))
    presenter.why.show()
    studio.wait(lambda: studio.dialogs)
    studio.shoot("why")
    studio.close_dialogs()
    presenter.edit_selected()
    desk.settle()
    touch(desk)
    view.form.amount.set("77 000")
    view.form.save_button.invoke()
    desk.settle()
    studio.wait(lambda: view.trouble.sentence)
    presenter.edit_selected()
    studio.wait(lambda: studio.dialogs)
    studio.shoot("conflict")
    for dialog in studio.dialogs:
        dialog.leave_button.invoke()
    view.trouble.hide()
    presenter.form.clear()
    first, second = view.form.manager.input.names[:2]
    language = studio.language
    today = presenter.today()
    days = [format_date(today + timedelta(days=days), language=language) for days in (3, 9, 20)]
    heads = ["Manager", "Client", "Amount", "Due date", "Status", "Note"]
    if language == "ru":
        heads = ["Менеджер", "Клиент", "Сумма", "Срок", "Статус", "Примечание"]
    desk_of = desk.main.desk
    coming = EntryFilter(pay_by_from=today)
    (before, *_others) = desk_of.store.list_entries(desk_of.token, coming).entries
    rows = [
        heads,
        [first, "00420011", "15000", f"{days[0]} 0:00", "Won", '"' + heads[5]],
        [second, "00420012", "1,234", days[1], "", ""],
        [first, "00420013", "8 400", "31.02.2026", "???", ""],
        [before.manager_name, before.client_pin, str(before.amount), str(before.pay_by), "", ""],
    ]
    presenter.paste("\n".join("\t".join(row) for row in rows))
    studio.wait(lambda: studio.dialogs)
    studio.shoot("paste")
    studio.close_dialogs()


def refuse(desk: Desk, row: int, reason: str) -> None:
    """Mark a row as refused for a reason, which is offered from then on."""
    desk.choose(row)
    desk.presenter.actions.mark(Status.REFUSED)
    (dialog,) = [dialog for dialog in desk.studio.dialogs if isinstance(dialog, StatusDialog)]
    assert dialog.reason is not None
    dialog.reason.set(reason)
    dialog.accept()
    desk.settle()


def pending_pictures(desk: Desk) -> None:
    """The database takes its time: rows that are being saved; one that was refused, and its menu."""
    studio, view, main = desk.studio, desk.view, desk.main
    store = main.desk.store
    gate = Gate(store)
    main.desk.store = gate  # type: ignore[assignment]
    for pin, amount in (("00420091", "15000"), ("00420092", "8400")):
        desk.fill_in(pin, amount, 4)
        view.form.save_button.invoke()
    view.form.client_pin.input.insert(0, "0042")
    studio.shoot("saving")
    gate.refusals = 1
    gate.open.set()
    desk.settle()
    studio.wait(lambda: view.trouble.sentence)
    studio.live(0.6)
    desk.settle()
    desk.choose(1)
    studio.shoot("not_stored")
    desk.choose(0)
    menu = view.table.menu(desk.presenter)
    menu.post(view.winfo_rootx() + 300, view.winfo_rooty() + 420)
    studio.shoot("not_stored_menu")
    menu.unpost()
    main.desk.store = store
    desk.presenter.mending.again(view.table.selected_ids())
    desk.settle()
    view.trouble.hide()
    desk.presenter.form.clear()


def trouble_pictures(desk: Desk) -> None:
    """The database is gone: the banner, what is kept on this computer; and leaving without saving."""
    studio, view, main = desk.studio, desk.view, desk.main
    store = main.desk.store
    cable = Cable(store)
    main.desk.store = cable  # type: ignore[assignment]
    cable.pulled = True
    desk.fill_in("00420099", "15000", 4)
    view.form.save_button.invoke()
    desk.settle()
    desk.presenter.refresh()
    desk.settle()
    studio.wait(lambda: view.lost.sentence)
    studio.shoot("database_lost")
    view.kept.invoke()
    desk.settle()
    studio.wait(lambda: studio.dialogs)
    (dialog,) = [dialog for dialog in studio.dialogs if isinstance(dialog, KeptDialog)]
    dialog.table.selection_set(dialog.table.get_children()[0])
    studio.shoot("kept")
    studio.close_dialogs()
    cable.pulled = False
    main.desk.store = store
    desk.presenter.refresh()
    studio.live(1)
    desk.settle()


def touch(desk: Desk) -> None:
    """Let another program change the chosen row."""
    store, token = desk.studio.store, desk.main.desk.token
    (number,) = desk.view.table.selected_ids()
    entry = store.get_entry(token, number)
    amount = entry.amount + 500
    pay_by = (entry.pay_by or desk.presenter.today()) + timedelta(days=7)
    store.update_entry(
        token, uuid4(), number, entry.version, replace(entry.draft(), amount=amount, pay_by=pay_by)
    )
