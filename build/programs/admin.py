"""Starts ``mini-crm-admin``."""

from mini_crm.admin import main

main()
