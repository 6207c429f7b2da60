"""Labels whose text takes as many lines as it needs."""

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
