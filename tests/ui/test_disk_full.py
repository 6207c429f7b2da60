"""The database is gone and this computer cannot keep what is written: the window goes on and says so."""

from __future__ import annotations

import errno
import os
from decimal import Decimal
from pathlib import Path

import pytest

from contract.company import lead_named
from mini_crm.domain.model import EntryDraft, Status
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.entries.dialogs_view import KeptDialog, StatusDialog
from mini_crm.ui.entries.paste_view import PasteDialog
from mini_crm.usecases.outbox import Add, Outbox
from ui.conftest import LEAD, press
from ui.entries_window import Open, Window, open_window
from ui.test_entries import day

__all__ = ["open_window"]


class FullDisk:
    """A ``Protection`` on a disk with room for a few more files.

    Args:
        room: So many.
    """

    def __init__(self, room: int = 0) -> None:
        self.room = room

    def protect(self, content: bytes) -> bytes:
        """Give the content back while there is room."""
        if self.room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.room -= 1
        return content

    def reveal(self, content: bytes) -> bytes:
        """Give the content back."""
        return content


@pytest.fixture
def disk() -> FullDisk:
    """Give a disk that is full."""
    return FullDisk()


@pytest.fixture
def outbox(tmp_path: Path, store: SqliteStore, disk: FullDisk) -> Outbox:
    """Give an outbox on that disk."""
    lead_id = lead_named(store, LEAD).lead_id
    return Outbox(tmp_path / "full", "sqlite:///company.sqlite", lead_id, LEAD, disk)


def fill_in(window: Window, pin: str) -> None:
    """Fill in the form."""
    form = window.view.form
    for field, text in (
        (form.manager, "Орлов Пётр"), (form.client_pin, pin), (form.amount, "10"),
        (form.pay_by, day(window, 3)),
    ):  # fmt: skip
        field.set(text)


def save(window: Window) -> None:
    """Save the form by key."""
    press(window.view.form.client_pin.input, "<Control-Return>")
    window.wait_until(lambda: window.view.trouble.sentence)
    window.settle()


@pytest.mark.parametrize(
    ("language", "not_stored", "why"),
    [
        ("ru", "НЕ сохранено", "на месте папки лежит файл"),
        ("en", "NOT stored and NOT kept", "there is a file where a folder should be"),
    ],
)
def test_a_folder_that_cannot_be_written(
    open_window: Open, tmp_path: Path, language: str, not_stored: str, why: str
) -> None:
    """One sentence says that the entry was not kept and why; the form keeps it, and it can be saved later."""
    (tmp_path / "outbox").write_text("not a folder")
    window = open_window(language)
    fill_in(window, "0042")
    window.cable.pulled = True
    save(window)
    said = window.view.trouble.sentence
    assert said.startswith(not_stored)
    assert why in said
    assert not window.view.kept.winfo_ismapped()
    form = window.view.form
    assert (form.manager.get(), form.client_pin.get(), form.amount.get()) == ("Орлов Пётр", "0042", "10")
    assert window.presenter.has_unsaved()
    assert form.save_button.instate(["!disabled"])
    window.cable.pulled = False
    window.presenter.refresh()
    press(form.client_pin.input, "<Control-Return>")
    window.wait_until(lambda: window.entries() != ())
    assert [entry.client_pin for entry in window.entries()] == ["0042"]
    assert form.client_pin.get() == ""


def test_a_full_disk_is_named(open_window: Open, outbox: Outbox) -> None:
    """The lead reads that the disk is full, in the own language and not the system's."""
    window = open_window("ru", outbox)
    fill_in(window, "0042")
    window.cable.pulled = True
    save(window)
    assert "(диск заполнен: " in window.view.trouble.sentence
    assert window.view.form.client_pin.get() == "0042"


def test_rows_that_could_not_be_kept_are_named(open_window: Open, outbox: Outbox, disk: FullDisk) -> None:
    """Of four rows marked as paid two still found room; the other two are named, and stay as they were."""
    disk.room = 100
    window = open_window("ru", outbox)
    first, second, third, fourth = (
        window.enter("орл", pin, "10", day(window, 3)) for pin in ("1", "2", "3", "4")
    )
    disk.room = 2
    window.cable.pulled = True
    window.choose(first, second, third, fourth)
    window.key("<F6>")
    press(window.dialog(StatusDialog).day.input, "<Return>")
    window.wait_until(lambda: window.view.trouble.sentence)
    window.settle()
    said = window.view.trouble.sentence
    # Rows are marked from top to bottom, and the newest is at the top.
    assert f"Наработки {second}, {first}: НЕ сохранено" in said
    assert str(fourth) not in said.split("\n")[-1].partition(":")[0]
    assert window.view.kept.winfo_ismapped()
    window.cable.pulled = False
    disk.room = 100
    window.presenter.refresh()
    window.wait_until(lambda: not window.view.kept.winfo_ismapped())
    statuses = {entry.entry_id: entry.status for entry in window.entries()}
    assert statuses == {
        first: Status.EXPECTED, second: Status.EXPECTED, third: Status.PAID, fourth: Status.PAID
    }  # fmt: skip


def test_pasted_rows_that_could_not_be_kept_stay_in_sight(
    open_window: Open, outbox: Outbox, disk: FullDisk
) -> None:
    """The row that found room waits; the others stand in the table, marked and named, and are sent again."""
    disk.room = 1
    window = open_window("ru", outbox)
    later = day(window, 5)
    window.root.clipboard_clear()
    window.root.clipboard_append("".join(f"Орлов Пётр\t004{n}\t10\t{later}\t\n" for n in range(3)))
    window.view.table.tree.event_generate("<<Paste>>")
    dialog = window.dialog(PasteDialog)
    window.wait_until(lambda: len(dialog.table.get_children()) == 3)
    window.cable.pulled = True
    dialog.save_button.invoke()
    window.wait_until(lambda: not dialog.winfo_exists())
    window.settle()
    tree = window.view.table.tree
    assert [tree.item(row, "values")[3] for row in tree.get_children()] == ["0042", "0041"]
    assert all("⚠" in tree.item(row, "values")[7] for row in tree.get_children())
    assert "Новые наработки с пинами 0041, 0042: НЕ сохранено" in window.view.trouble.sentence
    assert "диск заполнен" in window.view.trouble.sentence
    window.cable.pulled = False
    window.presenter.mending.again(window.shown())
    window.presenter.refresh()
    window.wait_until(lambda: len(window.entries()) == 3)
    window.settle()
    assert sorted(entry.client_pin for entry in window.entries()) == ["0040", "0041", "0042"]
    window.wait_until(lambda: len(window.shown()) == 3 and min(window.shown()) > 0)


def test_a_correction_that_could_not_be_kept_stays_in_the_form(
    open_window: Open, outbox: Outbox, disk: FullDisk, store: SqliteStore
) -> None:
    """A refused entry is corrected while the disk is full: what was typed is still there, and kept later."""
    disk.room = 2
    refused = Add(EntryDraft(1, "0042", Decimal("0"), store.get_today(), Status.EXPECTED, None, None, ""))
    outbox.put(refused)
    window = open_window("ru", outbox)
    window.wait_until(lambda: window.view.kept.winfo_ismapped())
    window.view.kept.invoke()
    dialog = window.dialog(KeptDialog)
    window.wait_until(lambda: dialog.table.get_children())
    dialog.table.selection_set(dialog.table.get_children()[0])
    window.wait_until(lambda: dialog.mend_button.instate(["!disabled"]))
    dialog.mend_button.invoke()
    form = window.view.form
    window.wait_until(lambda: form.client_pin.get() == "0042")
    form.amount.set("25")
    disk.room = 0
    window.cable.pulled = True
    save(window)
    assert "диск заполнен" in window.view.trouble.sentence.lower()
    assert (form.client_pin.get(), form.amount.get()) == ("0042", "25")
    disk.room = 100
    window.cable.pulled = False
    form.save_button.invoke()
    assert form.client_pin.get() == ""
    window.wait_until(lambda: len(window.entries()) == 1)
    window.settle()
    assert outbox.pending() == ()
    assert str(window.entries()[0].amount) == "25.00"
