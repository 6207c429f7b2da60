"""Starts ``mini-crm-admin``."""

from mini_crm.start import admin

admin()
