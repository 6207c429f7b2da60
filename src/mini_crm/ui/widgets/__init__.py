"""What the parts of the window are built of, by one name."""

from __future__ import annotations

from mini_crm.ui.widgets.across import scroll_across
from mini_crm.ui.widgets.banner import Banner, Level
from mini_crm.ui.widgets.clipboard import copy_rows, latin_letter, offer_copy, put_text
from mini_crm.ui.widgets.combobox import CHOSEN, ChoiceBox, FilteredCombobox
from mini_crm.ui.widgets.date_field import DateField
from mini_crm.ui.widgets.fields import AmountField, ChoiceField, Field, SuggestField, enter_goes_on
from mini_crm.ui.widgets.labels import wrap_to_width
from mini_crm.ui.widgets.note import Note
from mini_crm.ui.widgets.short_label import ShortLabel
from mini_crm.ui.widgets.table import Table
from mini_crm.ui.widgets.tips import tip_cut_cells, tip_cut_text, tip_text

__all__ = [
    "CHOSEN",
    "AmountField",
    "Banner",
    "ChoiceBox",
    "ChoiceField",
    "DateField",
    "Field",
    "FilteredCombobox",
    "Level",
    "Note",
    "ShortLabel",
    "SuggestField",
    "Table",
    "copy_rows",
    "enter_goes_on",
    "latin_letter",
    "offer_copy",
    "put_text",
    "scroll_across",
    "tip_cut_cells",
    "tip_cut_text",
    "tip_text",
    "wrap_to_width",
]
