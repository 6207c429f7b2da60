"""The building blocks of the window."""

from __future__ import annotations

import sys
import tkinter as tk
from datetime import date
from decimal import Decimal

import pytest
import ttkbootstrap as ttk

from mini_crm.domain.errors import BadValue
from mini_crm.i18n import Texts
from mini_crm.ui.theme import TABLE, Theme
from mini_crm.ui.widgets import (
    AmountField,
    Banner,
    ChoiceField,
    DateField,
    Field,
    SuggestField,
    enter_goes_on,
    offer_copy,
)
from mini_crm.ui.widgets.clipboard import bind_clipboard, copy_rows, raise_event_of_key
from mini_crm.ui.widgets.dialogs import Dialog
from mini_crm.ui.widgets.focus import focused
from mini_crm.ui.widgets.password_field import PasswordField
from ui.conftest import Hand, WaitUntil, press, type_into

TODAY = date(2026, 3, 5)
NAMES = [f"Иванов {number}" for number in range(300)] + ["Ёлкина Вера"]


@pytest.fixture
def choice(root: ttk.App, theme: Theme) -> ChoiceField:
    """Give a field with 301 names."""
    field = ChoiceField(root, theme, "Имя")
    field.pack()
    field.set_names(NAMES)
    root.update()
    return field


def test_arrows_and_enter_choose(choice: ChoiceField) -> None:
    """Down opens the list and goes through it; Enter takes the marked name and closes the list."""
    chosen: list[str] = []
    choice.on_choice(lambda: chosen.append(choice.get()))
    press(choice.input, "<Down>")
    assert len(choice.input.listed()) == 301
    press(choice.input, "<Down>")
    press(choice.input, "<Down>")
    press(choice.input, "<Return>")
    assert chosen == ["Иванов 1"]
    assert not choice.input.is_open


def test_escape_keeps_the_text(choice: ChoiceField) -> None:
    """Escape only closes the list."""
    type_into(choice.input, "иванов 2")
    assert choice.input.is_open
    press(choice.input, "<Escape>")
    assert not choice.input.is_open
    assert choice.get() == "иванов 2"


def test_enter_takes_the_first_that_fits(choice: ChoiceField) -> None:
    """Typing a beginning and Enter takes the first name on the list."""
    type_into(choice.input, "иванов 29")
    press(choice.input, "<Return>")
    assert choice.get() == "Иванов 29"


def test_leaving_completes_only_what_is_certain(choice: ChoiceField, root: ttk.App, theme: Theme) -> None:
    """Tab completes a text that only one name fits, and leaves an uncertain one alone."""
    other = Field(root, theme, "Other")
    other.pack()
    type_into(choice.input, "елк")
    other.input.focus_force()
    root.update()
    assert choice.get() == "Ёлкина Вера"
    choice.set("")
    type_into(choice.input, "иван")
    other.input.focus_force()
    root.update()
    assert choice.get() == "иван"
    assert choice.choice() is None
    assert not choice.input.is_open


def test_a_click_on_the_list_chooses(choice: ChoiceField, root: ttk.App) -> None:
    """A click on a name of the open list takes it."""
    type_into(choice.input, "вера")
    (window,) = [child for child in choice.input.winfo_children() if isinstance(child, tk.Toplevel)]
    (box,) = [child for child in window.winfo_children() if isinstance(child, tk.Listbox)]
    box.event_generate("<Button-1>", x=5, y=5)
    box.event_generate("<ButtonRelease-1>", x=5, y=5)
    root.update()
    assert choice.get() == "Ёлкина Вера"
    assert not choice.input.is_open


def test_the_list_stays_on_the_screen(root: ttk.App, theme: Theme) -> None:
    """At the lower edge of the screen the list opens upwards."""
    place = root.geometry()
    field = ChoiceField(root, theme, "Имя")
    field.set_names(NAMES)
    field.place(relx=0, rely=1, anchor="sw")
    root.geometry(f"+0+{root.winfo_screenheight() - root.winfo_height()}")
    root.update()
    press(field.input, "<Down>")
    (window,) = [child for child in field.input.winfo_children() if isinstance(child, tk.Toplevel)]
    assert window.winfo_rooty() + window.winfo_height() <= root.winfo_screenheight()
    field.input.close_list()
    root.geometry(place)


def test_pause_is_told_once(root: ttk.App, theme: Theme, wait_until: WaitUntil) -> None:
    """Every key is a change; the pause after the last one is told once, and takes the error away before."""
    field = Field(root, theme, "PIN")
    field.pack()
    changes: list[str] = []
    pauses: list[str] = []
    field.on_change(lambda: changes.append(field.get()))
    field.on_pause(lambda: pauses.append(field.get()))
    field.show_error("wrong")
    type_into(field.input, "007")
    assert changes == ["0", "00", "007"]
    assert field.error == ""
    wait_until(lambda: pauses)
    assert pauses == ["007"]


def test_set_is_no_change(root: ttk.App, theme: Theme) -> None:
    """What the program puts into a field, a read-only one too, is not reported as the person's change."""
    field = Field(root, theme, "PIN")
    field.pack()
    changes: list[str] = []
    field.on_change(lambda: changes.append(field.get()))
    field.set_readonly(True)
    field.set("42")
    field.input.event_generate("<FocusOut>")
    root.update()
    assert (field.get(), changes) == ("42", [])


def test_enter_goes_to_the_next_field(root: ttk.App, theme: Theme) -> None:
    """Enter walks through the fields and does what is given in the last."""
    fields = [Field(root, theme, str(number)) for number in range(3)]
    ends: list[bool] = []
    for field in fields:
        field.pack()
    enter_goes_on(fields, lambda: ends.append(True))
    press(fields[0].input, "<Return>")
    assert root.focus_get() is fields[1].input
    press(fields[1].input, "<KP_Enter>")
    press(fields[2].input, "<Return>")
    assert ends == [True]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("5.3", "05.03.2026"), ("5,3,26", "05.03.2026"), ("2026-04-01", "01.04.2026")],
)
def test_a_typed_day_is_written_in_full(root: ttk.App, theme: Theme, typed: str, shown: str) -> None:
    """Leaving the field shows how the day was understood."""
    field = DateField(root, theme, Texts("ru"), "Оплатит до", today=TODAY)
    other = Field(root, theme, "Other")
    field.pack()
    other.pack()
    type_into(field.input, typed)
    other.input.focus_force()
    root.update()
    assert field.get() == shown


@pytest.mark.parametrize("typed", ["05.13.2026", "31.02.2026", "abc", "3/4/2026"])
def test_a_wrong_day_stays_as_it_was_typed(root: ttk.App, theme: Theme, typed: str) -> None:
    """What is no day is neither changed nor taken, with the calendar opened and closed too."""
    field = DateField(root, theme, Texts("ru"), "Оплатит до", today=TODAY)
    field.pack()
    type_into(field.input, typed)
    field.toggle_calendar()
    root.update()
    field.toggle_calendar()
    root.update()
    assert field.get() == typed
    with pytest.raises(BadValue):
        field.day()


def test_the_calendar_gives_a_day(root: ttk.App, theme: Theme, texts: Texts) -> None:
    """The calendar opens on the typed day; keys move it, and Enter takes it."""
    field = DateField(root, theme, texts, "Pay by", today=TODAY)
    field.pack()
    field.set_day(date(2026, 3, 30))
    root.update()
    changes: list[str] = []
    field.on_change(lambda: changes.append(field.get()))
    field.toggle_calendar()
    root.update()
    assert field.calendar is not None
    window = field.calendar.winfo_toplevel()
    window.focus_force()
    root.update()
    window.event_generate("<Down>")
    window.event_generate("<Return>")
    root.update()
    assert field.day() == date(2026, 4, 6)
    assert field.calendar is None
    assert len(changes) == 1


def test_the_calendar_stays_on_the_screen(root: ttk.App, theme: Theme) -> None:
    """In the lower right corner of the screen the whole calendar can be seen."""
    place = root.geometry()
    field = DateField(root, theme, Texts("ru"), "Оплатит до", today=TODAY)
    field.place(relx=1, rely=1, anchor="se")
    x = root.winfo_screenwidth() - root.winfo_width()
    y = root.winfo_screenheight() - root.winfo_height()
    root.geometry(f"+{x}+{y}")
    root.update()
    field.toggle_calendar()
    root.update()
    assert field.calendar is not None
    window = field.calendar.winfo_toplevel()
    assert window.winfo_rootx() + window.winfo_width() <= root.winfo_screenwidth()
    assert window.winfo_rooty() + window.winfo_height() <= root.winfo_screenheight()
    field.close_calendar()
    root.geometry(place)


def test_the_calendar_goes_with_a_click_beside_it_or_on_its_button(
    root: ttk.App, theme: Theme, hand: Hand
) -> None:
    """The button opens the calendar and closes it again; so does a click on anything else, and Escape."""
    field = DateField(root, theme, Texts("ru"), "Оплатит до", today=TODAY)
    beside = ttk.Label(root, text="рядом")
    field.pack()
    beside.pack(side="bottom")
    root.update()
    hand.click(field._button)
    assert field.calendar is not None
    hand.click(field._button)
    assert field.calendar is None
    hand.click(field._button)
    hand.click(beside)
    assert field.calendar is None
    assert focused(root) is field.input
    hand.click(field.input)
    hand.key("F4")
    assert field.calendar is not None
    hand.key("Escape")
    assert field.calendar is None
    assert focused(root) is field.input


def test_the_calendar_by_keys(root: ttk.App, theme: Theme, hand: Hand) -> None:
    """Arrows go by a day or a week, Page keys by a month, Home to today; Enter takes, Escape does not."""
    field = DateField(root, theme, Texts("ru"), "Оплатит до", today=TODAY)
    field.pack()
    root.update()
    hand.click(field.input)
    taken = []
    for keys in (["Next", "Right"], ["Prior", "Up"], ["Next", "Next", "Home"], ["Left", "Left", "Down"]):
        field.set_day(TODAY)
        hand.key("F4", *keys, "Return")
        taken.append(field.day())
    assert taken == [date(2026, 4, 6), date(2026, 1, 29), TODAY, date(2026, 3, 10)]
    hand.key("F4", "Next", "Escape")
    assert field.day() == date(2026, 3, 10)
    assert focused(root) is field.input


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_calendar_has_today(root: ttk.App, theme: Theme, hand: Hand, language: str) -> None:
    """Its button gives today, whatever month is shown."""
    field = DateField(root, theme, Texts(language), "Оплатит до", today=TODAY)
    field.pack()
    field.set_day(date(2030, 1, 1))
    root.update()
    hand.click(field._button)
    window = field._calendar
    assert window is not None
    assert window.today_button.cget("text") == {"ru": "Сегодня", "en": "Today"}[language]
    hand.click(window.today_button)
    assert field.calendar is None
    assert field.day() == TODAY


def test_escape_closes_the_calendar_and_not_the_dialog(root: ttk.App, theme: Theme, hand: Hand) -> None:
    """In the calendar, and in the field while that is open; only the next one closes the dialog."""
    dialog = Dialog(root, theme, "")
    field = DateField(dialog.body, theme, Texts("ru"), "Дата оплаты", today=TODAY)
    field.pack()
    dialog.show(field.input)
    root.update()
    hand.key("F4", "Escape")
    assert field.calendar is None
    assert dialog.winfo_exists()
    hand.key("F4")
    assert field.calendar is not None
    field.input.focus_force()
    field.input.event_generate("<Escape>")
    root.update()
    assert field.calendar is None
    assert dialog.winfo_exists()
    hand.key("Escape")
    assert not dialog.winfo_exists()


@pytest.mark.parametrize(
    ("typed", "past", "shown"),
    [("5", False, "05.03.2026"), ("4", False, "04.04.2026"), ("4", True, "04.03.2026"),
     ("+3", False, "08.03.2026"), ("завтра", False, "06.03.2026"), ("fri", True, "27.02.2026"),
     ("5.12", False, "05.12.2026"), ("5.12", True, "05.12.2025")],
)  # fmt: skip
def test_a_short_day_is_shown_at_once(
    root: ttk.App, theme: Theme, typed: str, past: bool, shown: str
) -> None:
    """While it is typed, the line below says the whole day; on leaving it stands in the field."""
    field = DateField(root, theme, Texts("ru"), "День", today=TODAY, past=past)
    other = Field(root, theme, "Другое")
    field.pack()
    other.pack()
    type_into(field.input, typed)
    assert field.line == shown
    assert field.get() == typed
    other.input.focus_force()
    root.update()
    assert field.get() == shown
    assert field.line == ""


def test_what_is_no_day_is_left_as_it_is(root: ttk.App, theme: Theme) -> None:
    """Nothing is put right in silence."""
    field = DateField(root, theme, Texts("ru"), "День", today=TODAY)
    other = Field(root, theme, "Другое")
    field.pack()
    other.pack()
    type_into(field.input, "пятн")
    assert field.line == ""
    other.input.focus_force()
    root.update()
    assert field.get() == "пятн"


REASONS = ["Дорого, ушли к другим", "Дорого", "Нет денег"]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["д", "о", "р", "Return"], "дор"),
        (["н", "е", "т", "Tab"], "нет"),
        (["д", "о", "р", "о", "г", "о", "Return"], "Дорого"),
        (["д", "Down", "Return"], "Дорого, ушли к другим"),
        (["д", "Down", "Down", "Tab"], "Дорого"),
        (["Down", "Down", "Down", "Down", "Return"], "Нет денег"),
        (["д", "Escape", "Return"], "д"),
    ],
)
def test_a_typed_reason_stays_unless_another_is_marked(
    root: ttk.App, theme: Theme, hand: Hand, keys: list[str], text: str
) -> None:
    """Earlier texts are offered; only one marked by keys, or the same in other letters, is taken."""
    field, after = SuggestField(root, theme, "Причина"), Field(root, theme, "Другое")
    field.set_names(REASONS)
    field.pack()
    after.pack()
    enter_goes_on([field, after], lambda: None)
    root.update()
    hand.click(field.input)
    hand.key(*keys)
    assert field.get() == text
    assert focused(root) is after.input


def test_amount_in_the_groups_unit(root: ttk.App, theme: Theme) -> None:
    """The amount is read in the unit that is shown: pieces only whole, another currency not at all."""
    field = AmountField(root, theme, Texts("ru"), "Сумма")
    field.pack()
    field.set_unit("RUB")
    type_into(field.input, "1 234,50")
    assert field.amount() == Decimal("1234.50")
    field.set_unit("pcs")
    with pytest.raises(BadValue, match="amount_not_whole"):
        field.amount()
    field.set_amount(Decimal("1234.50"))
    assert field.get() == "1234,50"


def test_banner_takes_no_room_when_empty(root: ttk.App, theme: Theme) -> None:
    """The banner appears with its sentence and button, and gives its room back."""
    banner = Banner(root, theme)
    banner.pack(fill="x")
    below = ttk.Label(root, text="below")
    below.pack()
    root.update()
    before = below.winfo_y()
    pressed: list[bool] = []
    banner.show("error", "The database does not answer.", ("Try again", lambda: pressed.append(True)))
    root.update()
    assert below.winfo_y() > before + 10
    assert banner.button is not None
    banner.button.invoke()
    assert pressed == [True]
    banner.hide()
    root.update()
    assert below.winfo_y() <= before + 1


def test_rows_are_copied_as_shown(root: ttk.App) -> None:
    """Ctrl+C puts the chosen rows below their headings, in the order and with the columns of the screen.

    Nothing that a spreadsheet would take for a formula is among them; no chosen row leaves the clipboard.
    """
    tree = ttk.Treeview(root, columns=("id", "pin", "comment"), show="headings", style=TABLE)
    tree.pack()
    for number in range(3):
        tree.insert("", "end", iid=str(number), values=(number, f"00{number}", "two\nlines\tand tab"))
    for name in ("id", "pin", "comment"):
        tree.heading(name, text=name.upper())
    tree.insert("", "end", iid="3", values=(3, "=1+1", "-1\u00a0234,5\u00a0RUB"))
    tree.configure(displaycolumns=("pin", "comment"))
    root.clipboard_clear()
    root.clipboard_append("as it was")
    assert copy_rows(tree) == ""
    assert root.clipboard_get() == "as it was"
    offer_copy(tree)
    tree.selection_set(("2", "0"))
    root.update()
    tree.focus_force()
    tree.event_generate("<<Copy>>")
    root.update()
    assert root.clipboard_get() == "PIN\tCOMMENT\n000\ttwo lines and tab\n002\ttwo lines and tab"
    tree.event_generate("<<SelectAll>>")
    lines = copy_rows(tree).split("\n")
    assert len(lines) == 5
    assert lines[-1] == "'=1+1\t-1\u00a0234,5\u00a0RUB"


@pytest.mark.skipif(sys.platform == "win32", reason="the key codes are those of X11")
def test_clipboard_keys_under_a_russian_layout(root: ttk.App) -> None:
    """Ctrl and the key of C copies, that of V pastes once, whatever letters the layout gives them."""
    bind_clipboard(root, lambda: Texts("ru"))
    entry = ttk.Entry(root)
    entry.pack()
    entry.insert(0, "текст")
    root.update()
    entry.focus_force()
    root.update()
    heard: list[str] = []
    for name in ("<<Copy>>", "<<Paste>>", "<<SelectAll>>", "<<Cut>>"):
        entry.bind(name, lambda event, name=name: heard.append(name))
    for keysym, code in (("Cyrillic_ef", 38), ("Cyrillic_es", 54), ("Cyrillic_em", 55), ("Cyrillic_che", 53)):
        event = tk.Event()
        event.keysym, event.keycode, event.widget = keysym, code, entry
        raise_event_of_key(event)
    assert heard == ["<<SelectAll>>", "<<Copy>>", "<<Paste>>", "<<Cut>>"]
    heard.clear()
    entry.event_generate("<Control-KeyPress>", keycode=54, state=4)
    root.update()
    assert heard == ["<<Copy>>"]


def test_row_height_fits_the_font(theme: Theme) -> None:
    """A table's rows are higher than the letters, so nothing is cropped on any screen."""
    assert theme.row_height >= theme.body.metrics("linespace") + 2


@pytest.mark.parametrize("kind", [Field, ChoiceField])
def test_a_field_keeps_no_rubbish(root: ttk.App, theme: Theme, kind: type[Field]) -> None:
    """What comes with a paste and nobody sees is gone from the input too; the cursor stays where it was."""
    field = kind(root, theme, "Search")
    field.pack()
    field.input.focus_force()
    told: list[str] = []
    field.on_change(lambda: told.append(field.get()))
    root.clipboard_clear()
    root.clipboard_append("0\u200b0\x7f4\n2\ufffe")
    field.input.event_generate("<<Paste>>")
    root.update()
    assert str(field.input.get()) == field.get() == "004 2"
    assert told == ["004 2"]
    field.input.insert(2, "\u202e1")
    field.input.event_generate("<KeyRelease>", keysym="1")
    assert str(field.input.get()) == "0014 2"
    assert field.input.index("insert") == 6


def test_an_emoji_and_backspace(root: ttk.App, theme: Theme) -> None:
    """A joined emoji stays whole; the character that Backspace leaves behind on some systems does not."""
    field = Field(root, theme, "Search")
    field.pack()
    field.set("\U0001f469\u200d\U0001f4bb")
    assert field.get() == "\U0001f469\u200d\U0001f4bb"
    field.input.insert("end", "\x7f")
    assert field.get() == "\U0001f469\u200d\U0001f4bb"


def test_lines_of_a_comment_from_a_file(root: ttk.App, theme: Theme) -> None:
    """A comment of several lines is not joined by being looked at, and looking is no change."""
    field = Field(root, theme, "Comment", lines=True)
    field.pack()
    told: list[str] = []
    field.on_change(lambda: told.append(field.get()))
    field.set("one\ntwo")
    field.input.event_generate("<FocusOut>")
    root.update()
    assert (field.get(), told) == ("one\ntwo", [])


def test_a_password_keeps_what_somebody_chose(root: ttk.App, theme: Theme) -> None:
    """Only what cannot be sent is dropped from a password."""
    field = PasswordField(root, theme, Texts("en"), "Password")
    field.pack()
    field.input.insert(0, "a\u200bb\x7f")
    assert field.get() == "a\u200bb"


@pytest.mark.parametrize("kind", ["primary-link", "secondary-link"])
def test_a_link_can_be_read_in_every_state(root: ttk.App, theme: Theme, kind: str) -> None:
    """Also under the mouse and pressed its text has a contrast of 4.5 on white.

    Source: WCAG 2.2, success criterion 1.4.3.
    """

    def luminance(colour: str) -> float:
        parts = [part / 65535 for part in root.winfo_rgb(colour)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    button = ttk.Button(root, text="Link", bootstyle=kind)
    style = ttk.Style()
    for state in ([], ["hover"], ["pressed", "hover"], ["focus"]):
        colour = str(style.lookup(str(button.cget("style")), "foreground", state))
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5, (state, colour)
    button.destroy()
