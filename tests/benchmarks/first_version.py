"""What the first version of the program did on a server, written from what is known of it.

It was two Python files. Each act opened a connection, put its statement together from strings, and read all
of the lead's rows again into a Treeview. Its table had the columns that its window showed, and no index but
its key.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from tkinter import ttk

import pyodbc

TABLE = (
    "CREATE TABLE dbo.first_version (id int IDENTITY PRIMARY KEY, lead nvarchar(200), manager nvarchar(200),"
    " pin nvarchar(100), amount decimal(19, 2), entered date, pay_by date, status nvarchar(20),"
    " comment nvarchar(500))"
)
COLUMNS = ("id", "lead", "manager", "pin", "amount", "entered", "pay_by", "status", "comment")


class FirstVersion:
    """Its list and its form.

    Args:
        root: The window.
        connect: Opens a connection.
        lead: Who has signed in.
        keeps: Keep one connection instead: better than it was, to see how much of it is the connecting.
    """

    def __init__(
        self, root: tk.Misc, connect: Callable[[], pyodbc.Connection], lead: str, *, keeps: bool = False
    ) -> None:
        self._connect = connect
        self._kept = connect() if keeps else None
        self._lead = lead
        self.top = tk.Toplevel(root)
        self.top.geometry("1200x700+0+0")
        self.tree = ttk.Treeview(self.top, columns=COLUMNS, show="headings")
        for name in COLUMNS:
            self.tree.heading(name, text=name)
        self.tree.pack(fill="both", expand=True)

    def refresh(self) -> None:
        """Read all rows of the lead, and fill the table anew."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT * FROM first_version WHERE lead = N'" + self._lead + "'"
            ).fetchall()
        for item in self.tree.get_children():
            self.tree.delete(item)
        for row in rows:
            self.tree.insert("", "end", values=list(row))
        self.top.update()

    def save(self, pin: str, day: date) -> None:
        """Store an entry, and show all rows again."""
        with self._connection() as connection:
            connection.execute(
                "INSERT INTO first_version (lead, manager, pin, amount, entered, pay_by, status, comment)"
                f" VALUES (N'{self._lead}', N'Manager', N'{pin}', 1234.50, '{day:%Y%m%d}', '{day:%Y%m%d}',"
                " N'Expected', N'')"
            )
            connection.commit()
        self.refresh()

    def close(self) -> None:
        """Take its window away."""
        if self._kept is not None:
            self._kept.close()
        self.top.destroy()

    @contextmanager
    def _connection(self) -> Iterator[pyodbc.Connection]:
        connection = self._kept or self._connect()
        yield connection
        if self._kept is None:
            connection.close()
