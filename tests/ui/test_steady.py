"""What goes wrong is said without moving anything: a click still hits the row that one aims at."""

from __future__ import annotations

import tkinter

import pytest

from mini_crm.domain.dates import format_date
from mini_crm.i18n import Texts
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets import AmountField, Field
from mini_crm.ui.widgets.fields import PAUSE_MS
from mini_crm.ui.widgets.note import shorten
from ui.conftest import WaitUntil, press, type_into
from ui.entries_window import Open, Window, open_window

__all__ = ["open_window"]

SIZES = ["1024x640", "1180x720"]


def pause(window: Window, wait_ms: int) -> None:
    """Do nothing for a while."""
    over: list[bool] = []
    window.root.after(wait_ms, over.append, True)
    window.wait_until(lambda: over)


def places(window: Window) -> dict[str, tuple[int, int]]:
    """Give top and height of everything that one might click on."""
    view = window.view
    parts = {
        "table": view.table.tree, "filters": view.filters.text.input, "panel": view.panel.number,
        **{name: field.input for name, field in view.form.fields.items()},
        "save": view.form.save_button, "leave": view.form.leave_button,
    }  # fmt: skip
    window.root.update()
    return {name: (part.winfo_rooty(), part.winfo_height()) for name, part in parts.items()}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_an_error_moves_nothing(open_window: Open, language: str, size: str) -> None:
    """Errors under every field, an open entry of the same PIN and a bad filter leave all where it was."""
    window = open_window(language)
    window.root.geometry(f"{size}+0+0")
    today = format_date(window.store.get_today(), language=language)
    window.enter("орл", "0042", "10", today)
    window.wait_until(lambda: not window.view.form.client_pin.get())
    form = window.view.form
    form.manager.set("")
    pause(window, PAUSE_MS * 2)  # else the manager's group is filled in while another one is typed
    before = places(window)
    for field, text in (
        (form.manager, "никто"), (form.group, "такой группы нет, и никогда не было"),
        (form.client_pin, "7" * 140), (form.amount, "1,234"), (form.pay_by, "31.02.2026"),
        (form.comment, "длинно" * 90),
    ):  # fmt: skip
        field.set("")
        field.input.insert(0, text[:-1])
        type_into(field.input, text[-1])
        window.wait_until(lambda field=field: field.error)
        assert places(window) == before, field.error
    press(form.pay_by.input, "<Control-Return>")
    assert places(window) == before
    assert all(form.fields[name].error for name in ("client_pin", "amount", "pay_by"))
    form.client_pin.set("")
    type_into(form.client_pin.input, "0042")
    window.wait_until(lambda: form.pin_hint.winfo_ismapped())
    assert places(window) == before
    type_into(window.view.filters.first.input, "31.02.2026")
    window.wait_until(lambda: window.view.filters.note.text)
    assert places(window) == before


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_long_sentence_can_be_read_whole(open_window: Open, language: str) -> None:
    """A sentence that does not fit lies over what is below, whole, inside the window, and over no cursor."""
    window = open_window(language)
    window.root.geometry("1024x640+0+0")
    form = window.view.form
    type_into(form.amount.input, "1,234")
    window.wait_until(lambda: form.amount.error)
    label = form.amount.note.label
    assert label is not None
    window.root.update()
    assert str(label.cget("text")) == form.amount.error
    right = window.root.winfo_rootx() + window.root.winfo_width()
    assert label.winfo_rootx() + label.winfo_width() <= right
    assert label.winfo_rooty() >= form.amount.input.winfo_rooty() + form.amount.input.winfo_height()
    assert label.winfo_height() >= label.winfo_reqheight()
    window.view.pack_forget()  # as behind another page
    window.root.update()
    assert not label.winfo_ismapped()
    window.view.pack(fill="both", expand=True)
    window.root.update()
    assert label.winfo_ismapped()
    for other in form.fields.values():
        other.focus_input()
        window.root.update()
        shown = form.amount.note.label
        assert shown is None or not overlap(shown, other.input)
    form.client_pin.focus_input()
    window.root.update()
    assert form.amount.note.text == form.amount.error


def overlap(one: tkinter.Misc, other: tkinter.Misc) -> bool:
    """Say whether two widgets take the same place on the screen."""
    across = one.winfo_rootx() < other.winfo_rootx() + other.winfo_width()
    down = one.winfo_rooty() < other.winfo_rooty() + other.winfo_height()
    back = other.winfo_rootx() < one.winfo_rootx() + one.winfo_width()
    return across and back and down and other.winfo_rooty() < one.winfo_rooty() + one.winfo_height()


def test_the_mouse_brings_the_whole_sentence_back(
    root: object, theme: Theme, texts: Texts, wait_until: WaitUntil
) -> None:
    """On a click, and when the error is gone, it goes; on the cut line it comes back."""
    field = AmountField(root, theme, texts, "Amount", width=8, steady=True)  # type: ignore[arg-type]
    field.place(x=10, y=10, width=120)
    field.update()
    field.show_error("Write 1 234 or 1,23: «1,234» can be read in two ways.")
    field.update()
    assert field.note.text == field.error
    assert field.note.label is not None
    field.note.label.event_generate("<Button-1>", x=2, y=2)
    field.update()
    assert not field.note.text
    field._line.event_generate("<Enter>")
    assert field.note.text == field.error
    field.show_error("")
    assert not field.note.text


def test_a_note_goes_with_its_field(root: object, theme: Theme) -> None:
    """A field that is closed takes its sentence with it."""
    field = Field(root, theme, "PIN", steady=True)  # type: ignore[arg-type]
    field.place(x=10, y=10, width=80)
    field.update()
    field.focus_input()
    field.update()
    field.note.show("This sentence does not fit into eighty pixels.")
    label = field.note.label
    assert label is not None
    field.destroy()
    assert not label.winfo_exists()


@pytest.mark.parametrize("room", [0, 5, 40, 90, 1000])
def test_a_cut_text_fits(theme: Theme, room: int) -> None:
    """What is cut is never wider than its room, ends in an ellipsis, and a text that fits is left alone."""
    text = "Исправьте день: «31.02.2026» в календаре нет."
    short = shorten(text, theme.small, room)
    assert theme.small.measure(short) <= room
    assert short == text or short == "" or short.endswith("…")
    assert (short == text) == (theme.small.measure(text) <= room)


@pytest.mark.parametrize("size", SIZES)
def test_a_banner_moves_no_row(open_window: Open, size: str) -> None:
    """A sentence across the window, or two of them, takes room below the table: form and rows stay."""
    window = open_window("ru")
    window.root.geometry(f"{size}+0+0")
    before = {name: top for name, (top, _) in places(window).items() if name != "panel"}
    window.view.show_connection("База данных не отвечает.", lost=True)
    window.view.say("Не сохранено.", is_error=True)
    after = places(window)
    assert {name: top for name, (top, _) in after.items() if name != "panel"} == before
    assert window.view.lost.winfo_rooty() >= sum(after["table"])
    foot = window.view.summary
    assert foot.winfo_rooty() + foot.winfo_height() <= window.root.winfo_rooty() + window.root.winfo_height()
