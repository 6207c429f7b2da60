"""Starts ``execer``."""

from mini_crm.execer import main

main()
