"""Starts ``mini-crm``."""

from mini_crm.start import window

window()
