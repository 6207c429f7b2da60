"""Starts ``mini-crm``."""

from mini_crm.__main__ import main

main()
