"""What the parts of the window are built of, by one name."""

from __future__ import annotations

from mini_crm.ui.widgets.banner import Banner, Level
from mini_crm.ui.widgets.clipboard import copy_rows, latin_letter, offer_copy
from mini_crm.ui.widgets.combobox import FilteredCombobox
from mini_crm.ui.widgets.date_field import DateField
from mini_crm.ui.widgets.fields import AmountField, ChoiceField, Field, enter_goes_on

__all__ = [
    "AmountField",
    "Banner",
    "ChoiceField",
    "DateField",
    "Field",
    "FilteredCombobox",
    "Level",
    "copy_rows",
    "enter_goes_on",
    "latin_letter",
    "offer_copy",
]
