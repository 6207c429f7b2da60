"""Starts ``execer``."""

from mini_crm.start import execer

execer()
