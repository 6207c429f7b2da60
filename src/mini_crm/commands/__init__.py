"""The sub-commands of ``mini-crm-admin``, a file for each subject.

Each file has a ``commands`` function that builds its click commands for one start of the program.
"""
