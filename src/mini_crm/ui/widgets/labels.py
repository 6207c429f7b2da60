"""Labels that take as much room as their text needs."""

from __future__ import annotations

from tkinter import ttk

LEAST = 100
"""Pixels; a narrower label does not wrap any more."""


def wrap_to_width(label: ttk.Label, margin: int = 0) -> None:
    """Let a label's lines end where the label does; it has to be stretched by whoever places it.

    Args:
        label: The label.
        margin: Pixels that stay free.
    """
    label.bind("<Configure>", lambda event: label.configure(wraplength=max(event.width - margin, LEAST)))


def show_text(label: ttk.Label, text: str) -> None:
    """Show a text in a label that stands in a grid; an empty one takes no room."""
    label.configure(text=text)
    if text:
        label.grid()
    else:
        label.grid_remove()


def show_over(label: ttk.Label, text: str, *, height: float) -> None:
    """Show a text over what is empty, at a part of its height; an empty text is taken away.

    Args:
        label: A child of what is empty.
        text: Why it is.
        height: From 0, its top, to 1.
    """
    label.configure(text=text)
    if text:
        label.place(relx=0.5, rely=height, anchor="center")
    else:
        label.place_forget()
