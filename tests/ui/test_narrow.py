"""Where there is little room: what is cut can be read, reached and hidden."""

from __future__ import annotations

import tkinter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import ttkbootstrap as ttk

from mini_crm.domain.model import ImportRow, RosterRow, Status
from mini_crm.i18n import Texts
from mini_crm.store.sqlite import SqliteStore
from mini_crm.ui.entries.columns import displayed
from mini_crm.ui.entries.dialogs_view import HistoryDialog
from mini_crm.ui.entries.texts import COLUMNS
from mini_crm.ui.theme import HINT_LABEL, TABLE, Theme
from mini_crm.ui.widgets import ChoiceField, Field, ShortLabel, Table, copy_rows, tip_cut_cells, tip_cut_text
from mini_crm.ui.widgets.room import ScrolledRoom
from mini_crm.ui.widgets.tips import Tip
from ui.conftest import LEAD, WaitUntil, press, type_into
from ui.entries_window import Open, Window, open_window
from ui.test_table import bring, drag, middle_of, right_edge_of

__all__ = ["open_window"]

LONG_GROUP = "Сервисные договоры и продления"
LONG_NAME = "Константинопольский-Задунайский Вениамин"
LONG_COMMENT = "Просил перезвонить после праздников, договор у юриста, оплата двумя частями"


@pytest.fixture
def long_names(store: SqliteStore) -> None:
    """Give the lead an entry whose group, manager and comment are long."""
    rows = [RosterRow(LEAD, "Север", "Орлов Пётр", "RUB"), RosterRow(LEAD, LONG_GROUP, LONG_NAME, "RUB")]
    store.apply_roster(rows, "test", complete=False)
    day = store.get_today()
    entry = ImportRow(
        2, uuid4(), LEAD, LONG_GROUP, LONG_NAME, "0042", Decimal(10), None, day, day + timedelta(days=5),
        Status.EXPECTED, None, LONG_COMMENT,
    )  # fmt: skip
    store.import_entries("long", [entry], "test")


def narrow(window: Window) -> ttk.Treeview:
    """Make the window as small as it may be, and give the table."""
    window.root.geometry("1024x640+0+0")
    window.root.update()
    return window.view.table.tree


@pytest.mark.usefixtures("long_names")
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_cut_cell_is_shown_whole_under_the_mouse(
    open_window: Open, language: str, wait_until: WaitUntil
) -> None:
    """Group, manager and comment that do not fit can be read by pointing at them, anywhere on the screen."""
    window = open_window(language)
    tree = narrow(window)
    for column, text in (("group", LONG_GROUP), ("manager", LONG_NAME), ("comment", LONG_COMMENT)):
        tree.xview_moveto(1 if column == "comment" else 0)
        tree.update()
        x, y, _width, height = (int(part) for part in tree.bbox("1", column))
        tree.event_generate("<Motion>", x=x + 10, y=y + height // 2, warp=True)
        wait_until(lambda text=text: text in shown_tips(tree))
        tree.event_generate("<Leave>")
        wait_until(lambda: not shown_tips(tree))


def test_a_cut_cell_ends_with_an_ellipsis_and_keeps_its_text(root: ttk.App, theme: Theme) -> None:
    """What is cut says so; what is read or copied from the table is whole; so is a wider column."""
    tree = Table(root, theme, columns=("name", "sum"), show="headings", style=TABLE)
    tree.place(x=0, y=0, width=260, height=200)
    for column, width in (("name", 120), ("sum", 100)):
        tree.column(column, width=width, stretch=False)
    for number in range(300):
        tree.insert("", "end", str(number), values=(LONG_NAME, f"{number} RUB"))
    root.update()
    drawn = str(tree.tk.call(str(tree), "set", "0", "name"))
    assert drawn.endswith("…")
    assert theme.text_width(drawn) <= 120
    assert tree.set("0", "name") == LONG_NAME
    assert tree.item("0", "values")[0] == LONG_NAME
    assert tree.item("0")["values"] == [LONG_NAME, "0 RUB"]
    assert str(tree.tk.call(str(tree), "set", "299", "name")) == LONG_NAME  # out of sight: nobody has cut it
    tree.selection_set("0")
    assert copy_rows(tree).splitlines()[1] == f"{LONG_NAME}\t0 RUB"
    tree.column("name", width=600)
    tree.event_generate("<ButtonRelease-1>", x=130, y=5)
    root.update()
    assert str(tree.tk.call(str(tree), "set", "0", "name")) == LONG_NAME
    tree.item("0", values=("Яр Ю", "1 RUB"))
    root.update()
    assert tree.set("0") == {"name": "Яр Ю", "sum": "1 RUB"}


def test_a_line_that_is_too_long_ends_with_an_ellipsis(
    root: ttk.App, theme: Theme, wait_until: WaitUntil
) -> None:
    """A label of one line is never cut in the middle of a letter, and says the rest under the mouse."""
    label = ShortLabel(root, theme, style=HINT_LABEL)
    label.place(x=10, y=10, width=150)
    label.show(LONG_COMMENT)
    root.update()
    assert str(label.cget("text")).endswith("…")
    assert theme.small.measure(str(label.cget("text"))) <= 150
    label.event_generate("<Enter>")
    wait_until(lambda: LONG_COMMENT in shown_tips(label))
    label.event_generate("<Leave>")
    label.place(width=900)
    root.update()
    assert str(label.cget("text")) == LONG_COMMENT


@pytest.mark.parametrize("width", [1024, 1180])
def test_what_waits_is_in_sight_beside_a_long_sum(open_window: Open, width: int) -> None:
    """However long counts and sums are, it stands whole in the line below the list that something waits."""
    window = open_window("ru")
    window.root.geometry(f"{width}x640+0+0")
    window.root.update()
    view = window.view
    view._show_summary("719 наработок · " + " · ".join(["Ожидаем 210: 18 051 667,23 RUB, вклад 94 233"] * 4))
    view.show_kept("ждут отправки: 12, отклонено: 3")
    window.root.update()
    assert view.kept.winfo_viewable()
    assert view.kept.winfo_width() >= view.kept.winfo_reqwidth()
    assert view.connection.winfo_width() >= view.connection.winfo_reqwidth()
    assert str(view.summary.cget("text")).endswith("…")
    assert view.summary.winfo_width() >= view.summary.winfo_reqwidth()
    view.show_kept("")
    window.root.update()
    assert not view.kept.winfo_viewable()


def shown_tips(tree: tkinter.Misc) -> list[str]:
    """Give the texts of the small windows over a widget."""
    windows = [child for child in tree.winfo_children() if isinstance(child, tkinter.Toplevel)]
    return [str(label.cget("text")) for window in windows for label in window.winfo_children()]


def test_what_fits_gets_no_tip(root: ttk.App, theme: Theme) -> None:
    """A cell that can be read, empty space and a head that fits stay without a tip."""
    tree = ttk.Treeview(root, columns=("name",), show="headings", style=TABLE)
    tree.place(x=0, y=0, width=200, height=200)
    tree.column("name", width=190, stretch=False)
    tree.heading("name", text="Name")
    tree.insert("", "end", "1", values=("short",))
    tip = tip_cut_cells(tree, theme)
    root.update()
    x, y, *_ = (int(part) for part in tree.bbox("1", "name"))
    for point in ((x + 5, y + 5), (x + 5, 5), (x + 5, 190)):
        tree.event_generate("<Motion>", x=point[0], y=point[1])
        root.update()
        assert tip._planned is None
    tree.item("1", values=("a text that is much longer than its column",))
    tree.event_generate("<Motion>", x=x + 5, y=y + 6)
    root.update()
    assert tip._planned is not None


def test_a_cut_head_and_a_cut_input_have_a_tip(root: ttk.App, theme: Theme, wait_until: WaitUntil) -> None:
    """A head and an input that are too narrow for their text say it in full."""
    tree = ttk.Treeview(root, columns=("name",), show="headings", style=TABLE)
    tree.place(x=0, y=0, width=60, height=100)
    tree.column("name", width=50, stretch=False)
    tree.heading("name", text="Дата внесения")
    field = Field(root, theme, "Comment")
    field.place(x=0, y=120, width=80)
    field.set(LONG_COMMENT)
    of_input = tip_cut_text(field.input, theme, field.get, theme.body)
    of_head = tip_cut_cells(tree, theme)
    root.update()
    tree.event_generate("<Motion>", x=10, y=8)
    wait_until(lambda: of_head.text)
    assert of_head.text == "Дата внесения"
    field.input.event_generate("<Enter>")
    wait_until(lambda: of_input.text)
    assert of_input.text == LONG_COMMENT


def test_a_tip_stays_on_the_screen(root: ttk.App, theme: Theme, wait_until: WaitUntil) -> None:
    """In the lower right corner of the screen a long tip is still in sight as a whole."""
    place = root.geometry()
    corner = ttk.Frame(root, width=30, height=30)
    corner.place(relx=1, rely=1, anchor="se")
    x = root.winfo_screenwidth() - root.winfo_width()
    root.geometry(f"+{x}+{root.winfo_screenheight() - root.winfo_height()}")
    root.update()
    tip = Tip(corner, theme)
    corner.event_generate("<Motion>", x=20, y=20, warp=True)
    root.update()
    tip.plan(LONG_COMMENT * 3)
    wait_until(lambda: tip.text)
    root.update()
    (window,) = [child for child in corner.winfo_children() if isinstance(child, tkinter.Toplevel)]
    assert window.winfo_rootx() + window.winfo_width() <= root.winfo_screenwidth()
    assert window.winfo_rooty() + window.winfo_height() <= root.winfo_screenheight()
    tip.hide()
    root.geometry(place)


@pytest.mark.usefixtures("long_names")
@pytest.mark.parametrize("language", ["ru", "en"])
def test_heads_are_whole_and_the_rest_is_reached_by_scrolling(
    open_window: Open, theme: Theme, language: str
) -> None:
    """At 1024x640 no head is cut, and the last column comes into sight with the right arrow key."""
    window = open_window(language)
    tree = narrow(window)
    for column in COLUMNS:
        head = str(tree.heading(column.value, "text"))
        assert theme.text_width(head, bold=True) + 8 <= int(tree.column(column.value, "width")), head
    window.choose(1)
    for _press in range(12):
        tree.event_generate("<Right>")
    tree.update()
    x, _y, width, _height = (int(part) for part in tree.bbox("1", "comment"))
    assert 0 <= x
    assert x + width <= tree.winfo_width() + 1


@pytest.mark.usefixtures("long_names")
def test_names_take_the_room_that_there_is(open_window: Open, theme: Theme) -> None:
    """On a wide window the group gets wider; on a narrow one it is never narrower than its least."""
    window = open_window("ru", as_first=True)
    tree = narrow(window)
    small = int(tree.column("group", "width"))
    window.root.geometry("1280x640+0+0")
    window.root.update()
    assert int(tree.column("group", "width")) > small
    narrow(window)
    assert int(tree.column("group", "width")) == small >= int(tree.column("group", "minwidth"))


def test_a_click_on_a_head_leaves_the_widths_alone(open_window: Open, store: SqliteStore) -> None:
    """Sorting by a column, or dragging it, is no decision about widths: they still follow the window."""
    bring(store, 3)
    window = open_window("ru")
    tree = window.view.table.tree
    drag(tree, middle_of(tree, "amount"), middle_of(tree, "amount"))
    drag(tree, middle_of(tree, "client_pin"), middle_of(tree, "group"))
    window.settle()
    assert window.presenter.memory.get("entries.widths") is None
    edge = right_edge_of(tree, "manager")
    drag(tree, edge, (edge[0] + 30, edge[1]))
    window.root.update()
    assert window.presenter.memory.get("entries.widths") is not None


@pytest.mark.parametrize("language", ["ru", "en"])
def test_columns_can_be_hidden_and_come_back(open_window: Open, store: SqliteStore, language: str) -> None:
    """A hidden column is hidden the next time too; shown again it is at its old place."""
    bring(store, 3)
    window = open_window(language)
    table = window.view.table
    captions = [table._entry_texts.captions[column] for column in COLUMNS]
    usual, places = displayed(table.tree), [column.value for column in COLUMNS]
    menu = table.column_menu(table)
    assert [str(menu.entrycget(n, "label")).lstrip("✓ ") for n in range(len(COLUMNS))] == captions
    menu.invoke(places.index("group"))
    menu.invoke(places.index("entered_on"))
    wanted = [name for name in usual if name not in ("group", "entered_on")]
    assert [str(name) for name in table.tree.cget("displaycolumns")] == wanted
    window.presenter.stop()
    window.view.destroy()
    again = open_window(language).view.table
    assert [str(name) for name in again.tree.cget("displaycolumns")] == wanted
    menu = again.column_menu(again)
    assert not str(menu.entrycget(places.index("group"), "label")).startswith("✓")
    menu.invoke(places.index("group"))
    menu.invoke(places.index("entered_on"))
    assert [str(name) for name in again.tree.cget("displaycolumns")] == usual


def test_the_last_column_stays(open_window: Open) -> None:
    """Nobody is left with a table without columns."""
    table = open_window("ru").view.table
    menu = table.column_menu(table)
    for number in range(len(COLUMNS)):
        menu.invoke(number)
    assert len(table.tree.cget("displaycolumns")) == 1


def test_a_right_click_on_a_head_opens_the_columns(open_window: Open) -> None:
    """The menu of the heads is another one than that of the rows."""
    table = open_window("ru").view.table
    table.tree.update()
    table.tree.event_generate("<Button-3>", x=30, y=8)
    table.tree.update()
    (menu,) = [child for child in table.winfo_children() if isinstance(child, tkinter.Menu)]
    assert int(menu.index("end") or 0) == len(COLUMNS) - 1
    menu.unpost()


@pytest.fixture
def room(root: ttk.App) -> Iterator[ScrolledRoom]:
    """Give a room of 900 x 600 pixels in a window of 500 x 400, with an input in each corner."""
    least = root.minsize()
    root.minsize(1, 1)
    root.geometry("500x400+0+0")
    made = ScrolledRoom(root, 900, 600)
    made.pack(fill="both", expand=True)
    for name, (x, y) in {"top": (0, 0), "bottom": (1, 1)}.items():
        ttk.Entry(made.body, name=name, width=8).place(relx=x, rely=y, anchor="se" if x else "nw")
    root.update()
    yield made
    root.geometry("1100x700+0+0")
    root.minsize(*least)


def in_sight(room: ScrolledRoom, name: str) -> bool:
    """Say whether an input can be seen as a whole."""
    room.update()
    widget, hole = room.body.nametowidget(name), room._hole
    x, y = widget.winfo_rootx() - hole.winfo_rootx(), widget.winfo_rooty() - hole.winfo_rooty()
    fits_across = 0 <= x and x + widget.winfo_width() <= hole.winfo_width()
    return bool(fits_across and 0 <= y and y + widget.winfo_height() <= hole.winfo_height())


def test_a_small_window_follows_the_cursor(room: ScrolledRoom, root: ttk.App) -> None:
    """With Tab alone every input comes into sight, and back again."""
    assert in_sight(room, "top")
    assert not in_sight(room, "bottom")
    for name in ("bottom", "top", "bottom"):
        room.body.nametowidget(name).focus_force()
        assert in_sight(room, name)


def test_an_open_list_does_not_stay_behind(room: ScrolledRoom, theme: Theme) -> None:
    """When the wheel moves the page, the list of a field closes; what was typed is kept."""
    field = ChoiceField(room.body, theme, "Имя")
    field.place(x=0, y=100)
    field.set_names(["Орлов Пётр", "Орлова Анна"])
    room.update()
    type_into(field.input, "орл")
    assert field.input.is_open
    wheel(room.body, down=True)
    assert not field.input.is_open
    assert field.get() == "орл"


def test_a_list_is_as_wide_as_its_names(root: ttk.App, theme: Theme) -> None:
    """Below a narrow field the names can be read whole."""
    field = ChoiceField(root, theme, "Имя", width=5)
    field.place(x=0, y=0, width=70)
    field.set_names([LONG_NAME, "Орлов Пётр"])
    root.update()
    press(field.input, "<Down>")
    (window,) = [child for child in field.input.winfo_children() if isinstance(child, tkinter.Toplevel)]
    assert window.winfo_width() >= theme.text_width(LONG_NAME)
    field.input.close_list()


def test_a_small_window_scrolls_with_the_wheel(room: ScrolledRoom, root: ttk.App) -> None:
    """The wheel, with Shift sideways, brings the far corner into sight; over a table it is the table's."""
    table = ttk.Treeview(room.body, columns=("a",), show="headings")
    table.place(x=100, y=100, width=100, height=100)
    room.update()
    for _turn in range(20):
        wheel(table, down=True)
    assert not in_sight(room, "bottom")
    for _turn in range(20):
        wheel(room.body, down=True)
        wheel(room.body, down=True, shift=True)
    assert in_sight(room, "bottom")


def wheel(widget: tkinter.Misc, *, down: bool, shift: bool = False) -> None:
    """Turn the wheel by one notch over a widget."""
    state = 1 if shift else 0
    if widget.tk.call("tk", "windowingsystem") == "x11":
        widget.event_generate("<Button-5>" if down else "<Button-4>", state=state)
    else:
        widget.event_generate("<MouseWheel>", delta=-120 if down else 120, state=state)
    widget.update()


def test_a_large_window_has_no_scroll_bars(room: ScrolledRoom, root: ttk.App) -> None:
    """Where all fits the content fills the window, and nothing scrolls."""
    root.geometry("1100x700+0+0")
    root.update()
    assert not room.is_small
    assert (room.body.winfo_width(), room.body.winfo_height()) == (1100, 700)
    assert in_sight(room, "top")
    assert in_sight(room, "bottom")


def test_a_dialog_is_no_larger_than_the_screen(root: ttk.App, theme: Theme) -> None:
    """A table that is too large for the screen gives way; the button stays in sight, and columns scroll."""
    wide = "очень длинный текст " * 12
    moment = datetime.now(UTC).isoformat()
    lines = [(moment, wide, "поле", wide, wide) for _ in range(60)]
    dialog = HistoryDialog(root, Texts("ru"), theme, "История", lines)
    dialog.table.configure(height=60)
    dialog.table.column("old", width=900, minwidth=900)
    dialog.withdraw()
    dialog.update_idletasks()
    dialog.show()
    dialog.update()
    (button,) = [child for child in dialog._buttons.winfo_children()]
    assert dialog.winfo_width() <= root.winfo_screenwidth()
    assert dialog.winfo_height() <= root.winfo_screenheight()
    assert button.winfo_rooty() + button.winfo_height() <= root.winfo_screenheight()
    dialog.table.focus_force()
    for _press in range(40):
        dialog.table.event_generate("<Right>")
    assert dialog.table.xview()[1] == 1.0
    dialog.cancel()
