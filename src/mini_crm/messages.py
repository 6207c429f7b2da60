"""What went wrong, as a sentence for a person.

Each part of the program has its table: the code of an error -> its sentence, with placeholders for the
error's data. A sentence says what happened, what is kept, and what to do. A new code needs a line here
and its Russian in ``locale/ru``.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from mini_crm.domain.dates import format_date
from mini_crm.domain.errors import MiniCrmError
from mini_crm.domain.model import PIECES
from mini_crm.domain.money import format_amount
from mini_crm.domain.period import Period
from mini_crm.i18n import Texts

MOST_SHOWN = 20
"""Of a list in a sentence."""

Data = Mapping[str, object]
Table = dict[str, Callable[[Texts, Data], str]]

DOMAIN: Table = {
    "amount_missing": lambda t, d: t.gettext("Enter the amount."),
    "amount_unreadable": lambda t, d: t.gettext("Write a number like 1234.50: “{text}” is not an amount."),
    "amount_ambiguous": lambda t, d: t.gettext(
        "Write {as_thousands} or {as_fraction}: “{text}” can be read in two ways."
    ),
    "amount_decimals": lambda t, d: t.gettext(
        "Leave at most two digits after the decimal sign: “{text}” has more."
    ),
    "amount_needed": lambda t, d: t.gettext(
        "Enter an amount: this entry was imported without one, and only a refused entry can do without."
    ),
    "amount_not_positive": lambda t, d: t.gettext("Enter more than zero, not “{text}”."),
    "amount_not_whole": lambda t, d: t.gettext(
        "Enter a whole number, not “{text}”: this group counts pieces."
    ),
    "amount_too_large": lambda t, d: t.gettext("Enter at most {limit}: “{text}” is too much."),
    "amount_other_unit": lambda t, d: t.gettext(
        "Enter the amount in {unit} or leave out “{typed}”: this group counts in {unit}, not as in “{text}”."
    ),
    "date_missing": lambda t, d: t.gettext("Enter the date."),
    "date_unreadable": lambda t, d: t.gettext("Write a date like 05.03.2026: “{text}” is not one."),
    "date_impossible": lambda t, d: t.gettext("Write another day: there is no “{text}” in the calendar."),
    "date_ambiguous": lambda t, d: t.gettext(
        "Write the date with dots, day first: “{text}” can be {first} or {second}."
    ),
    "date_out_of_range": lambda t, d: t.gettext(
        "Write a year from {first_year} to {last_year}, not as in “{text}”."
    ),
    "period_unreadable": lambda t, d: t.gettext(
        "“{text}” is not a period. Write it like 2026-03, 2026-Q1, 2026 or 2026-03-10..2026-04-09."
    ),
    "period_end_before_start": lambda t, d: t.gettext(
        "Choose {start} or a later day for the end: {end} is before the start."
    ),
    "period_not_whole": lambda t, d: t.gettext(
        "{start} to {end} is not a whole month, quarter or year of the calendar."
    ),
    "password_missing": lambda t, d: t.gettext("Enter the password."),
    "password_one_character": lambda t, d: t.gettext(
        "Choose another password: this one repeats one single character."
    ),
    "password_too_short": lambda t, d: t.ngettext(
        "Type at least {limit} character: the password is too short.",
        "Type at least {limit} characters: the password is too short.",
        _number(d, "limit"),
    ),
    "password_too_long": lambda t, d: t.ngettext(
        "Shorten the password to {limit} character.",
        "Shorten the password to {limit} characters.",
        _number(d, "limit"),
    ),
    "kdf_too_weak": lambda t, d: t.gettext(
        "The database asks for weaker protection of the password than this program allows. Nothing was sent. "
        "Tell the administrator: this may be a false server."
    ),
    "kdf_too_heavy": lambda t, d: t.gettext(
        "The database asks for more work on the password than a computer can do. Nothing was sent. "
        "Tell the administrator: this may be a false server."
    ),
    "pin_missing": lambda t, d: t.gettext("Enter the client PIN."),
    "pin_too_long": lambda t, d: t.ngettext(
        "Shorten the client PIN to {limit} character: it has {length}.",
        "Shorten the client PIN to {limit} characters: it has {length}.",
        _number(d, "limit"),
    ),
    "pin_characters": lambda t, d: t.gettext(
        "Type the PIN again by hand: it has an invisible character ({character}) in position {position}."
    ),
    "comment_too_long": lambda t, d: t.ngettext(
        "Shorten the comment to {limit} character: it has {length}.",
        "Shorten the comment to {limit} characters: it has {length}.",
        _number(d, "limit"),
    ),
    "comment_characters": lambda t, d: t.gettext(
        "Delete the invisible character ({character}) in position {position} of the comment."
    ),
    "reason_too_long": lambda t, d: t.ngettext(
        "Shorten the reason to {limit} character: it has {length}.",
        "Shorten the reason to {limit} characters: it has {length}.",
        _number(d, "limit"),
    ),
    "reason_characters": lambda t, d: t.gettext(
        "Delete the invisible character ({character}) in position {position} of the reason."
    ),
    "reason_without_refused": lambda t, d: t.gettext(
        "Clear the reason or choose the status “Refused”: other entries have none."
    ),
    "no_rest": lambda t, d: t.gettext(
        "Correct the paid amount, or save without a rest: no less than the amount was paid. "
        "Nothing was stored."
    ),
    "pay_by_before_entry": lambda t, d: t.gettext(
        "Choose {entered_on} or a later day: the promised day {pay_by} is before the day of entry."
    ),
    "pay_by_too_far": lambda t, d: t.gettext(
        "Choose {limit} or an earlier day: the promised day {pay_by} is too far off."
    ),
    "status_on_without_status": lambda t, d: t.gettext(
        "Choose the status, or clear {status_on}: an expected entry has no day of payment or refusal."
    ),
    "status_before_entry": lambda t, d: t.gettext(
        "Choose {entered_on} or a later day: {status_on} is before the day of entry."
    ),
    "status_in_future": lambda t, d: t.gettext(
        "Choose {today} or an earlier day: {status_on} is in the future."
    ),
    "entry_number_unreadable": lambda t, d: t.gettext(
        "Type digits only: the number of an entry has nothing else."
    ),
    "delete_only_on_entry_day": lambda t, d: t.gettext(
        "An entry can be deleted only on its day of entry, and this one was made on {entered_on}. "
        "The entry is kept; ask the administrator to take it out."
    ),
    "entry_already_deleted": lambda t, d: t.gettext("This entry has been deleted already."),
    "entry_not_deleted": lambda t, d: t.gettext(
        "This entry is not deleted, so there is nothing to bring back."
    ),
    "restore_only_on_deletion_day": lambda t, d: t.gettext(
        "An entry can be brought back only on the day of its deletion, {deleted_on}. Ask the administrator."
    ),
}

STORE: Table = {
    "session_ended": lambda t, d: t.gettext("The session has ended. Sign in again; what you typed is kept."),
    "must_change_password": lambda t, d: t.gettext(
        "Change the password first; until then nothing else is possible."
    ),
    "wrong_password": lambda t, d: t.gettext("Wrong name or password."),
    "must_wait": lambda t, d: t.gettext("Too many failed attempts. Try again {wait}."),
    "account_locked": lambda t, d: t.gettext(
        "Sign-in is locked after too many failed attempts. Ask the administrator to unlock it."
    ),
    "entry_not_yours": lambda t, d: t.gettext(
        "There is no such entry of yours (number {entry_id}). It may have been moved or taken out. "
        "Nothing was changed."
    ),
    "manager_not_yours": lambda t, d: t.gettext(
        "Choose another manager: this one is no longer in your active groups. Nothing was stored."
    ),
    "not_head": lambda t, d: t.gettext(
        "Only a head of sales sees the whole company. Ask the administrator to open the page to you."
    ),
    "restore_only_own_deletion": lambda t, d: t.gettext(
        "This entry was taken out by somebody else, so only the administrator can bring it back."
    ),
    "stale_version": lambda t, d: t.gettext(
        "{changed_by} changed this entry on {changed_at}. "
        "Your change was not stored and nothing was overwritten. "
        "Look at the new state and repeat your change if it is still needed."
    ),
    "operation_reused": lambda t, d: t.gettext(
        "This operation was stored before with other content. "
        "Nothing was changed; look at the entry and repeat."
    ),
    "client_ref_reused": lambda t, d: t.gettext(
        "This entry is stored already. It was not stored a second time; look at it in the list."
    ),
    "run_under_way": lambda t, d: t.gettext(
        "Another run is under way. This one changed nothing; the result appears when the other one is done."
    ),
    "too_many_periods": lambda t, d: t.gettext(
        "More custom periods are open than a forecast can count. Nothing was computed; close some of them: "
        "mini-crm-admin periods"
    ),
    "password_data": lambda t, d: t.gettext(
        "The password was not changed: what the program sent with it is not complete. Update the program."
    ),
    "run_too_soon": lambda t, d: t.gettext(
        "The forecast was just computed. It can be computed again {wait}."
    ),
    "as_of_in_future": lambda t, d: t.gettext(
        "The day {as_of} is in the future: today is {today}. Nothing was computed; give an earlier day."
    ),
    "paid_amount_without_paid": lambda t, d: t.gettext(
        "Clear the paid amount or choose the status “Paid”: it goes with that one only."
    ),
    "database_missing": lambda t, d: t.gettext(
        "There is no database {path}. Check the path; a new database is made by: mini-crm-admin init"
    ),
    "database_not_ours": lambda t, d: (
        t.gettext(
            "The database {server_database} has no tables of this program. Nothing was changed; check "
            "MINI_CRM_SERVER and MINI_CRM_CATALOG. The tables are made by: mini-crm-admin deploy"
        )
        if "server_database" in d
        else t.gettext("{path} is not a database of this program. It was not changed; check the path.")
    ),
    "database_too_new": lambda t, d: (
        t.gettext(
            "The database {path} needs a newer program than this one. It was not changed. The newer program "
            "is here: {program}"
        )
        if d.get("program")
        else t.gettext(
            "The database {path} needs a newer program than this one. It was not changed. Ask the "
            "administrator for the newer program."
        )
    ),
    "database_too_old": lambda t, d: t.gettext(
        "The database {path} is older than this program (version {version}, this program needs {supported}). "
        "Nothing was changed; the administrator brings it up to date by: mini-crm-admin deploy"
    ),
    "database_other_version": lambda t, d: t.gettext(
        "The database and this program do not belong to the same version. Nothing was changed; the "
        "administrator brings the database up to date by: mini-crm-admin deploy"
    ),
    "database_read_only": lambda t, d: t.gettext(
        "The database {path} may not be written. Nothing was changed; "
        "give yourself the right to write the file and its folder."
    ),
    "database_damaged": lambda t, d: t.gettext(
        "The database {path} is damaged: a part of it cannot be read, and what else is lost is not known. "
        "Nothing was stored in it now. Stop working with it, keep the file as it is with "
        "everything beside it that begins with its name, and put the last good copy in its place: "
        "mini-crm-admin restore FILE. What is damaged is shown by: mini-crm-admin doctor"
    ),
    "database_moved": lambda t, d: t.gettext(
        "The database {path} was moved, deleted or replaced while this program had it open. Nothing was "
        "stored in the old file. If there is a database again, go on; else put it back or restore a copy."
    ),
    "database_left_files": lambda t, d: t.gettext(
        "Where the database {path} is to be made, an earlier one has left files:\n{files}\n"
        "They may hold entries that are nowhere else, and the new database would be damaged by them. Nothing "
        "was changed. Close the programs that use the old database, and move these files to where it is now; "
        "then repeat."
    ),
    "database_is_directory": lambda t, d: t.gettext(
        "{path} is a folder, not a database. Give the path of the file."
    ),
    "database_path_unusable": lambda t, d: t.gettext(
        "{path} cannot be looked at ({reason}). Nothing was done; check the path and your rights."
    ),
    "database_busy": lambda t, d: t.gettext(
        "The database is busy. Nothing was changed; try again in a minute."
    ),
    "database_full": lambda t, d: t.gettext(
        "The disk with the database is full. Nothing was changed; free some space and repeat."
    ),
    "database_unreachable": lambda t, d: (
        t.gettext(
            "The database {path} cannot be opened, read or written. Nothing was stored now. Check the disk, "
            "its free space, and your rights to the file and its folder."
        )
        if "path" in d
        else t.gettext("The database does not answer. Check the network; what was stored before is kept.")
    ),
    "open_transaction": lambda t, d: t.gettext(
        "The database was called inside another transaction, which it refuses. Nothing was changed."
    ),
    "upload_incomplete": lambda t, d: t.gettext(
        "The rows did not all reach the server. Nothing was changed; import the file again."
    ),
    "login_refused": lambda t, d: t.gettext(
        "The server refuses the login. Check MINI_CRM_LOGIN and MINI_CRM_PASSWORD; if both are empty, your "
        "Windows account signs in, and the database administrator must have let it in."
    ),
    "login_without_database": lambda t, d: t.gettext(
        "This login may not open the database, or there is none of this name. Check MINI_CRM_CATALOG, or ask "
        "the database administrator."
    ),
    "right_missing": lambda t, d: t.gettext(
        "The login has no right to do this. Nothing was changed; ask the database administrator for the role "
        "that this program needs."
    ),
    "certificate_not_trusted": lambda t, d: t.gettext(
        "The server's certificate is not trusted, so no password was sent. MINI_CRM_SERVER must be the name "
        "in the certificate, and this computer must know who issued it. To do without this protection set "
        "MINI_CRM_TRUST_CERTIFICATE=yes."
    ),
    "driver_missing": lambda t, d: t.gettext(
        "The ODBC driver for SQL Server was not found. Install “ODBC Driver 18 for SQL Server” by Microsoft, "
        "or name another one in MINI_CRM_DRIVER."
    ),
    "odbc_missing": lambda t, d: t.gettext(
        "This computer lacks what ODBC drivers need ({reason}). On Linux install unixodbc."
    ),
    "server_disk_full": lambda t, d: t.gettext(
        "The server has no space left for the database. Nothing was changed; tell the database administrator."
    ),
    "server_database_read_only": lambda t, d: t.gettext(
        "The database may only be read at the moment. Nothing was changed; tell the database administrator."
    ),
    "database_exists": lambda t, d: t.gettext(
        "There is a database {path} already. It was not changed; give another path."
    ),
    "no_complete_run": lambda t, d: t.gettext("There is no forecast yet. Compute it first: execer"),
    "run_not_found": lambda t, d: t.gettext("There is no complete run number {run_id}."),
    "period_not_standing": lambda t, d: t.gettext(
        "{period} is neither the last, this or the next month, quarter or year, nor an open period."
    ),
    "period_exists": lambda t, d: t.gettext("The period {period} is open already."),
    "lead_exists": lambda t, d: t.gettext("There is a lead “{name}” already. Nothing was changed."),
    "period_not_open": lambda t, d: t.gettext("There is no open period {period}."),
    "lead_not_found": lambda t, d: (
        t.gettext("There is no lead “{name}”. Nothing was changed.")
        if "name" in d
        else t.gettext("There is no lead number {lead_id}. Nothing was changed.")
    ),
    "manager_not_found": lambda t, d: t.gettext("There is no such manager. Nothing was changed."),
    "entry_not_found": lambda t, d: t.gettext(
        "Nothing was changed, because of the entries {entry_ids}. There are no such numbers, or they are "
        "taken out already; or, for bringing back, they are not taken out."
    ),
    "batch_not_found": lambda t, d: t.gettext("There is no import number {batch_id}."),
    "batch_undone": lambda t, d: t.gettext("Import number {batch_id} has been taken back already."),
    "group_unit_fixed": lambda t, d: t.gettext(
        "The group “{group}” has entries in {old}, so its unit cannot become {new}. "
        "Nothing was changed; make a new group."
    ),
    "unit_other": lambda t, d: t.gettext(
        "The new manager's group counts in {new}, the entries are in {old}. Nothing was changed."
    ),
    "unit_unknown": lambda t, d: t.gettext(
        "“{unit}” is not a unit. Give a currency code such as RUB, or pcs for pieces."
    ),
    "roster_row_empty": lambda t, d: (
        t.gettext("Line {line} of the roster lacks a lead, group or manager. Nothing was changed.")
        if "line" in d
        else t.gettext("A row of the roster lacks a lead, group or manager. Nothing was changed.")
    ),
    "roster_duplicate": lambda t, d: t.gettext(
        "The roster has {manager} twice (group {group}, lead {lead}). "
        "Nothing was changed; leave one of the rows."
    ),
    "commitment_note_too_long": lambda t, d: t.ngettext(
        "Shorten the note to {limit} character: it is too long.",
        "Shorten the note to {limit} characters: it is too long.",
        _number(d, "limit"),
    ),
    "backup_exists": lambda t, d: t.gettext(
        "There is a file {path} already. It was not overwritten; give another name."
    ),
    "backup_failed": lambda t, d: t.gettext(
        "The copy {path} could not be made ({reason}). The database was only read; check the folder and the "
        "free space."
    ).replace("{reason}", _reason(t, d)),
    "time_zone_unknown": lambda t, d: t.gettext(
        "“{value}” is not a time zone. Give one such as Europe/Moscow."
    ),
}

SETTINGS: Table = {
    "settings_wrong": lambda t, d: t.gettext(
        "Some settings are wrong ({path} or the environment):\n{problems}"
    ),
    "database_not_configured": lambda t, d: t.gettext(
        "No database is configured. Write MINI_CRM_DATABASE into {path}, or give --database. "
        "A new database is made by: mini-crm-admin init; a sample company by: mini-crm-admin demo"
    ),
    "database_on_network": lambda t, d: t.gettext(
        "{path} is on another computer. An embedded database works only on a local disk: over the network it "
        "would be damaged. For several computers use SQL Server."
    ),
    "driver_cannot_verify": lambda t, d: t.gettext(
        "{driver} cannot check the server's certificate, so no password was sent. Install “ODBC Driver 18 "
        "for SQL Server” by Microsoft, or do without this protection: MINI_CRM_TRUST_CERTIFICATE=yes."
    ),
    "driver_braces": lambda t, d: t.gettext(
        "{driver} cannot take a closing brace in the server's settings, and there is one in server, "
        "database, login or password. Change it, or install “ODBC Driver 18 for SQL Server” by Microsoft."
    ),
    "setting_characters": lambda t, d: t.gettext(
        "A setting of the server has an invisible character. Type server, database, login and password again."
    ),
    "setting_unseen": lambda t, d: t.gettext(
        "{key} has a character that cannot be meant ({character} in position {position}). Type the value "
        "again by hand; in double quotes a backslash begins such characters, in single ones it does not."
    ),
    "setting_not_yes_no": lambda t, d: t.gettext("{key} must be yes or no."),
    "env_unreadable": lambda t, d: t.gettext(
        "The settings file {path} cannot be read. It must be a text file in UTF-8 that you have the "
        "right to read."
    ),
    "setting_not_a_database": lambda t, d: t.gettext("{key} must be sqlite:///PATH or mssql."),
    "setting_not_a_language": lambda t, d: t.gettext("{key} must be ru or en, not “{value}”."),
    "setting_missing": lambda t, d: t.gettext("{key} is missing."),
    "setting_unknown": lambda t, d: t.gettext("{key} is no setting of this program. Check the spelling."),
    "setting_line_unreadable": lambda t, d: t.gettext(
        "{key}: line {line} cannot be read. Write it as KEY=value."
    ),
    "log_not_writable": lambda t, d: t.gettext(
        "The log {path} cannot be written ({reason}). The work goes on without it."
    ),
}

IMPORTS: Table = {
    "file_missing": lambda t, d: t.gettext("There is no file {path}. Check the name and the folder."),
    "file_is_directory": lambda t, d: t.gettext("{path} is a folder, not a file. Give the path of the file."),
    "file_empty": lambda t, d: t.gettext("The file {path} is empty. Nothing was changed."),
    "file_no_rows": lambda t, d: t.gettext(
        "The file {path} has names of columns but no rows. Nothing was changed."
    ),
    "file_locked": lambda t, d: t.gettext(
        "The file {path} is open in another program. Nothing was changed; close it there and repeat."
    ),
    "file_unreadable": lambda t, d: t.gettext(
        "The file {path} cannot be read ({reason}). Nothing was changed; check your right to read it."
    ),
    "file_encoding": lambda t, d: t.gettext(
        "The file {path} is not readable text. Nothing was changed; save it as CSV in UTF-8 or as .xlsx, or "
        "name its encoding by --encoding."
    ),
    "file_encoding_unsure": lambda t, d: t.gettext(
        "The text of the file {path} can be read in more than one way. Nothing was changed; repeat with the "
        "right one of these:\n{readings}"
    ),
    "file_other_encoding": lambda t, d: t.gettext(
        "The file {path} is not in the encoding {encoding}. Nothing was changed; repeat without "
        "--encoding or with another one."
    ),
    "encoding_unknown": lambda t, d: t.gettext(
        "--encoding: there is no encoding “{encoding}”. Possible are {known}, and others that Python knows."
    ),
    "file_web_page": lambda t, d: t.gettext(
        "The file {path} is a web page or XML, whatever its name says. Nothing was changed; open it in Excel "
        "and save it as .xlsx."
    ),
    "file_too_large": lambda t, d: t.gettext(
        "The file {path} holds more than a table can have: too many rows or columns, or too long cells. "
        "Nothing was changed; delete the empty rows and columns beyond the table, or divide it, and save it "
        "as CSV."
    ),
    "file_password": lambda t, d: t.gettext(
        "The file {path} has a password. Nothing was changed; save it without a password."
    ),
    "file_broken_excel": lambda t, d: t.gettext(
        "The file {path} is damaged or not a workbook. Nothing was changed; save it as .xlsx again."
    ),
    "file_no_sheets": lambda t, d: t.gettext(
        "--sheet: the file {path} is text and has no sheets. Nothing was changed; repeat without --sheet."
    ),
    "sheet_unknown": lambda t, d: t.gettext(
        "The file {path} has no sheet “{sheet}”. It has: {sheets}. Nothing was changed."
    ),
    "sheet_empty": lambda t, d: t.gettext(
        "The sheet “{sheet}” of the file {path} is empty. Nothing was changed; name another by --sheet: "
        "{sheets}."
    ),
    "sheets_all_hidden": lambda t, d: t.gettext(
        "All sheets of the file {path} are hidden. Nothing was changed; name the one to read by --sheet: "
        "{sheets}."
    ),
    "file_quotes": lambda t, d: t.gettext(
        "The file {path} cannot be split into rows: a quotation mark in line {line} has no partner. "
        "Nothing was changed."
    ),
    "file_no_column": lambda t, d: t.gettext(
        "The file {path} lacks the columns: {columns}. It has: {present}. Nothing was changed."
    ),
    "file_column_twice": lambda t, d: t.gettext(
        "The file {path} has the column {column} more than once. Nothing was changed; rename one of them."
    ),
    "file_exists": lambda t, d: t.gettext(
        "There is a file {path} already. It was not overwritten and nothing was changed; give another name."
    ),
    "file_not_writable": lambda t, d: t.gettext(
        "The file {path} cannot be written ({reason}). Give another folder, or free some space."
    ).replace("{reason}", _reason(t, d)),
    "row_too_long": lambda t, d: t.gettext(
        "The row has {cells} cells, but there are {columns} columns. "
        "A text with a separator in it must stand in quotation marks."
    ),
    "roster_too_large": lambda t, d: t.gettext(
        "The roster would have leads: {leads}, groups: {groups}, managers: {managers}, those included who "
        "are stored already. At most {max_leads}, {max_groups} and {max_managers} are possible. Nothing was "
        "changed."
    ),
    "row_twice": lambda t, d: t.gettext("The same as in line {first_line}. Leave one of the two."),
    "group_two_units": lambda t, d: t.gettext(
        "The group counts in {first_unit} in line {first_line}, but in {unit} here. A group has one unit."
    ),
    "name_missing": lambda t, d: t.gettext("The name is missing."),
    "name_too_long": lambda t, d: t.ngettext(
        "The name is too long: {length} of at most {limit} character.",
        "The name is too long: {length} of at most {limit} characters.",
        _number(d, "limit"),
    ),
    "name_characters": lambda t, d: t.gettext(
        "The name has an invisible character ({character}) in position {position}. Type it again by hand."
    ),
    "name_of_total": lambda t, d: t.gettext("“{text}” is no person: this is a row of totals."),
    "roster_no_lead": lambda t, d: t.gettext("The roster has no lead “{name}”."),
    "roster_no_group": lambda t, d: t.gettext("The roster has no group “{name}” of {lead}."),
    "roster_no_manager": lambda t, d: t.gettext(
        "The roster has no manager “{name}” in group “{group}” of {lead}."
    ),
    "entered_in_future": lambda t, d: t.gettext(
        "The day of entry {entered_on} is in the future. Today is {today}."
    ),
    "status_unknown": lambda t, d: t.gettext("Write one of {known}: “{text}” is not a status."),
    "status_on_missing": lambda t, d: t.gettext(
        "The day of payment or refusal is missing, and so is a promised day that could stand for it. "
        "Columns: status_on, pay_by; --map says what they are called in the file."
    ),
    "id_missing": lambda t, d: t.gettext("The id is missing."),
    "id_twice": lambda t, d: t.gettext("The id “{text}” stands in line {first_line} already."),
    "map_unreadable": lambda t, d: t.gettext(
        "--map: “{text}” cannot be read. Write it as NAME=COLUMN, with commas between several."
    ),
    "map_unknown_name": lambda t, d: t.gettext("--map: there is no “{name}”. Possible names: {known}."),
    "set_unreadable": lambda t, d: t.gettext("--set: “{text}” cannot be read. Write it as NAME=VALUE."),
    "set_unknown_name": lambda t, d: t.gettext("--set: there is no “{name}”. Possible names: {known}."),
    "set_twice": lambda t, d: t.gettext("--set: “{name}” is given more than once."),
    "headings_two": lambda t, d: t.gettext(
        "The file {path} has several columns that can be {field}: {columns}. Nothing was changed; "
        "--map {field}=COLUMN says which one it is."
    ),
    "status_option_unreadable": lambda t, d: t.gettext(
        "--status: “{text}” cannot be read. Write it as MEANING=WORD, with commas between several words."
    ),
    "status_option_meaning": lambda t, d: t.gettext(
        "--status: “{name}” is no meaning. Possible ones: {known}."
    ),
    "status_option_twice": lambda t, d: t.gettext("--status: “{word}” is given two meanings."),
    "status_words_unknown": lambda t, d: t.gettext(
        "The program does not know what these words of the status mean: {words}. Nothing was changed. "
        "Copy this option and put each word under paid=, refused= or expected= (--status may be repeated):\n"
        "{option}"
    ),
    "source_other": lambda t, d: t.gettext(
        "Rows of this file are there already from the source “{source}”: {n} of the first {of}. "
        "Nothing was changed. If the file goes on with that source, give --source {option}; if its entries "
        "are others, give a --source of its own."
    ),
    "cell_excel_error": lambda t, d: t.gettext(
        "“{text}” is an error of the spreadsheet, not a value. Mend the cell there."
    ),
    "cell_spoilt_number": lambda t, d: t.gettext(
        "“{text}”: the spreadsheet has cut a long number off, its last digits are lost. Give the column the "
        "format Text there and enter the number again."
    ),
    "source_too_long": lambda t, d: t.ngettext(
        "The name of the source is too long: at most {limit} character is possible. Give a shorter one by "
        "--source.",
        "The name of the source is too long: at most {limit} characters are possible. Give a shorter one by "
        "--source.",
        _number(d, "limit"),
    ),
    "map_twice": lambda t, d: t.gettext("--map: “{name}” is given more than once."),
    "rejects_over_input": lambda t, d: t.gettext(
        "--rejects names the file that is imported, {path}. It was not overwritten; give another name."
    ),
}

ADMIN: Table = {
    "leads_not_found": lambda t, d: t.gettext("There is no lead: {names}. Nothing was changed."),
    "roster_lead_replaced": lambda t, d: t.gettext(
        "The roster has {new}, who is new, but no longer {gone}. Nothing was changed. If one of them has "
        "another name now, the history stays with: mini-crm-admin leads rename {old_quoted} {new_quoted}. "
        "Whoever has really left is named by: {options}"
    ),
    "passwords_for_whom": lambda t, d: t.gettext(
        "Say for whom: names of leads, or --all, or --missing; only one of the three."
    ),
    "manager_name_not_found": lambda t, d: t.gettext(
        "There is no manager “{name}” there. Nothing was changed."
    ),
    "manager_ambiguous": lambda t, d: t.gettext(
        "“{name}” can be: {places}. Nothing was changed; add --group or --lead."
    ),
    "init_server": lambda t, d: t.gettext(
        "init makes a database in a file: give --database sqlite:///PATH. SQL Server is set up by: "
        "mini-crm-admin deploy"
    ),
    "backup_by_dba": lambda t, d: t.gettext(
        "SQL Server backs up its databases by itself, onto its own disks; nothing was written to {path}. The "
        "database administrator finds the commands in sql/mssql/README.md."
    ),
    "deploy_needs_server": lambda t, d: t.gettext(
        "deploy sets up a database on SQL Server: MINI_CRM_DATABASE must be mssql. A database in a file is "
        "made by: mini-crm-admin init"
    ),
    "deploy_needs_owner": lambda t, d: t.gettext(
        "Only an owner of the database (role db_owner) can do this. Nothing was changed; give such a login "
        "by --login, or write a script for the database administrator by --script."
    ),
    "deploy_zone_missing": lambda t, d: t.gettext(
        "The server's clock is UTC, so it cannot tell when the company's day begins. Nothing was changed; "
        "name the time zone: mini-crm-admin deploy --time-zone Europe/Moscow"
    ),
    "compatibility_too_low": lambda t, d: t.gettext(
        "The compatibility level of the database is {level}; at least {needed} is needed. Nothing was "
        "changed; let the database administrator raise it by ALTER DATABASE … SET COMPATIBILITY_LEVEL."
    ),
    "snapshots_off": lambda t, d: t.gettext(
        "READ_COMMITTED_SNAPSHOT or ALLOW_SNAPSHOT_ISOLATION is off in this database and could not be "
        "switched on, so nothing was deployed. Let the database administrator switch on both. "
        "The server says: {reason}"
    ),
    "deploy_failed": lambda t, d: t.gettext(
        "{name} broke off and was rolled back; the scripts before it are done. Mend the cause and start "
        "again. The server says: {reason}"
    ),
    "migration_edited": lambda t, d: t.gettext(
        "{name} has another text than when it ran in this database. Nothing was changed. What has run is "
        "never edited: bring back its old text, and put the change into a new script."
    ),
    "migration_unknown": lambda t, d: t.gettext(
        "The database comes from a newer program: it has {name}, which this one does not know. Nothing was "
        "changed; use the newer program."
    ),
    "restore_server": lambda t, d: t.gettext(
        "restore works with databases in files. A database on SQL Server is restored with its own tools."
    ),
    "restore_over_database": lambda t, d: t.gettext(
        "There is a database {path} already. It was not overwritten; move it away first, or give --database."
    ),
    "backup_of_damaged": lambda t, d: t.gettext(
        "The database {path} is damaged, so no copy of it was made: keep the copies that you have. What is "
        "damaged is shown by: mini-crm-admin doctor"
    ),
    "backup_damaged": lambda t, d: t.gettext(
        "The copy {path} is damaged, so it was not put in place. Nothing was changed; take another copy."
    ),
    "backup_in_parts": lambda t, d: t.gettext(
        "{path} is no finished copy: a part of it is in other files:\n{files}\n"
        "Nothing was changed. It is a database that is or was in use: make a copy of it by: "
        "mini-crm-admin backup FILE --database sqlite:///{path}"
    ),
    "not_a_backup": lambda t, d: t.gettext(
        "{path} is not a copy of a database of this program. Nothing was changed; check the path."
    ),
    "schedule_account": lambda t, d: t.gettext(
        "The task cannot run as {name}: Windows would have to store a password, or the account may do too "
        "much. Take LocalService, NetworkService, or a group managed service account such as "
        "COMPANY\\mini-crm$."
    ),
    "schedule_needs_windows": lambda t, d: t.gettext(
        "Only Windows has a Task Scheduler to register with. Give --out FILE to write the task into a file; "
        "elsewhere let cron start execer."
    ),
    "schedule_share": lambda t, d: t.gettext(
        "{name} has no name in the network and cannot write to {path}. Give --user a group managed service "
        "account, or a report on a disk of this computer."
    ),
    "schedule_path_long": lambda t, d: t.gettext(
        "The path is longer than the {limit} characters that the Task Scheduler takes; put the program into "
        "a shorter one: {path}"
    ),
    "task_exists": lambda t, d: t.gettext(
        "There is a task {name} already. It was not changed; give --replace to put this one in its place."
    ),
    "task_not_answered": lambda t, d: t.gettext(
        "The Task Scheduler of Windows has not answered for {limit} seconds, so it is not known whether it "
        "has the task {name}. Look there, and start the command again with --replace."
    ),
    "task_refused": lambda t, d: t.gettext(
        "Windows did not take the task {name}; nothing was changed. Start the command in a window “as "
        "administrator”. Windows says: {reason}"
    ),
}

DEMO: Table = {
    "backtest_no_history": lambda t, d: t.gettext(
        "Nothing was paid or refused yet, so there is nothing to learn from and nothing to replay."
    ),
    "backtest_no_cutoffs": lambda t, d: t.gettext(
        "No period that had ended by {last} has a day from {first} on, so there is nothing to replay. "
        "Choose an earlier first day, a later last day, or a shorter period."
    ),
    "demo_not_empty": lambda t, d: t.gettext(
        "There are leads in this database already; nothing was changed. Make the sample company in a new one."
    ),
}

REPORT: Table = {
    "live_needs_server": lambda t, d: t.gettext(
        "--live makes a workbook that asks SQL Server, and the settings name another database. Set "
        "MINI_CRM_DATABASE=mssql, MINI_CRM_SERVER and MINI_CRM_CATALOG, or write the report without --live."
    ),
    "report_not_writable": lambda t, d: t.gettext(
        "The report {path} cannot be written ({reason}). An older report there is kept. "
        "Check that the folder exists, that you may write into it, and that the disk has space."
    ),
    "report_too_large": lambda t, d: t.gettext(
        "The report would have {rows} rows even without the clients, and a sheet holds {limit}. "
        "Nothing was written."
    ),
    "list_too_long": lambda t, d: t.gettext(
        "A sheet of Excel holds {limit} rows, and there are {rows}. "
        "Choose fewer with the filters above the list."
    ),
}

UI: Table = {
    "help_missing": lambda t, d: t.gettext(
        "The help page is not there: {path}. Ask your administrator to copy the whole folder of the program."
    ),
    "help_not_shown": lambda t, d: t.gettext(
        "This computer has no browser to show the help page with. It is here: {path}"
    ),
    "help_not_answered": lambda t, d: t.gettext(
        "The browser has not answered for {limit} seconds. If it does not show the help page, open it "
        "yourself: {path}"
    ),
    "no_display": lambda t, d: t.gettext("There is no screen to show a window on ({reason})."),
    "group_missing": lambda t, d: t.gettext("Choose the group."),
    "group_unknown": lambda t, d: t.gettext("Choose a group from the list: there is no such one."),
    "manager_missing": lambda t, d: t.gettext("Choose the manager."),
    "manager_unknown": lambda t, d: t.gettext(
        "Choose a manager from the list: there is no such one in the group {group}."
    ),
    "manager_nowhere": lambda t, d: t.gettext(
        "Choose a manager from the list: there is no such one in your groups."
    ),
    "filter_manager_unknown": lambda t, d: t.gettext(
        "Choose a manager from the list or leave the field empty: there is no “{text}”."
    ),
}

OUTBOX: Table = {
    "outbox_other_lead": lambda t, d: t.gettext(
        "The session now belongs to {lead_name}, so nothing that another lead saved on this computer was "
        "sent. It is kept; sign in as the lead who saved it."
    ),
    "outbox_not_kept": lambda t, d: t.gettext(
        "NOT stored and NOT kept: the database does not answer, and this computer cannot write it down "
        "either ({reason}: {path}). Leave this window open and do it again later."
    ).replace("{reason}", _reason(t, d)),
    "outbox_not_written": lambda t, d: t.gettext(
        "This could not be written down on this computer ({reason}: {path}). "
        "What was there before is kept, and what you typed is still here: try again later."
    ).replace("{reason}", _reason(t, d)),
    "outbox_unexpected": lambda t, d: t.gettext(
        "This could not be stored: unexpected error {name}, its details are in the log. "
        "It is kept here; check whether the entry is in the list before you save it again."
    ),
    "outbox_write_gone": lambda t, d: t.gettext(
        "This is not in the outbox any more: another window of yours has dealt with it."
    ),
    "outbox_not_refused": lambda t, d: t.gettext(
        "This is waiting for the database and may be stored already, so it cannot be changed or dropped now. "
        "It is sent by itself when the database answers."
    ),
}

FILES: Table = {
    "not_a_plain_file": lambda t, d: (
        _kind(t, d) + " " + t.gettext("Nothing was done; give the path of an ordinary file.")
    ),
    "output_not_written": lambda t, d: t.gettext(
        "What is printed cannot be written where it is redirected to ({reason}). What was done is kept."
    ),
}

NOTES: Table = {
    "title_above_head": lambda t, d: t.gettext(
        "Above the names of the columns, which stand in line {line}, there is a title: “{title}”."
    ),
    "rows_hidden": lambda t, d: t.ngettext(
        "{n} hidden row of the sheet was read too.",
        "{n} hidden rows of the sheet were read too.",
        _number(d, "n"),
    ),
    "form_tells_less": lambda t, d: t.gettext(
        "In a workbook of the form {kind} it is not seen which rows are hidden and what its numbers show "
        "besides: leading zeros, a currency, a percent sign. All rows were read, and bare numbers. If that "
        "matters, save it as .xlsx."
    ),
    "formulas_without_results": lambda t, d: t.ngettext(
        "{n} formula has no result in the file, so its cell is empty: {first}. Open the file in Excel and "
        "save it there.",
        "{n} formulas have no results in the file, so their cells are empty; the first is {first}. Open the "
        "file in Excel and save it there.",
        _number(d, "n"),
    ),
    "sheets_hidden": lambda t, d: t.gettext("Hidden sheets were not read: {sheets}."),
    "sheets_other": lambda t, d: t.gettext(
        "The sheet “{sheet}” was read. There are also: {sheets}; --sheet reads another."
    ),
}
"""What a person should know of a file that was read; see ``note_sentence``."""

TABLES = (DOMAIN, STORE, SETTINGS, IMPORTS, ADMIN, DEMO, REPORT, UI, OUTBOX, FILES, NOTES)


def sentence(error: BaseException, texts: Texts) -> str:
    """Say what went wrong.

    Args:
        error: One of ours, one of the operating system's, or any other.
        texts: In the person's language.

    Returns:
        A sentence or a few; for an error that nobody foresaw an honest one with its name.
    """
    if isinstance(error, MiniCrmError):
        for table in TABLES:
            if error.code in table:
                return _filled(table[error.code](texts, error.data), error.data, texts)
        unknown = texts.gettext("Something went wrong, and there is no explanation for it yet (code {code}).")
        return unknown.format(code=error.code)
    if isinstance(error, OSError):
        return _system_sentence(error, texts)
    if isinstance(error, MemoryError):
        return texts.gettext("The computer's memory is not enough. Close other programs and try again.")
    return texts.gettext("Unexpected error: {name}. Its details are in the log.").format(
        name=type(error).__name__
    )


def note_sentence(code: str, data: Data, texts: Texts) -> str:
    """Say what a person should know of a file.

    Args:
        code: A key of ``NOTES``.
        data: Values for its placeholders.
        texts: In the person's language.
    """
    return _filled(NOTES[code](texts, data), data, texts)


def _kind(texts: Texts, data: Data) -> str:
    """Say what is there in place of a file."""
    _ = texts.gettext
    match data.get("kind"):
        case "folder":
            return _("{path} is a folder, not a file.")
        case "link":
            return _("{path} is a link to another place.")
        case "pipe" | "socket":
            return _("{path} is a channel between programs, not a file.")
        case "reserved":
            return _("{path} is the name of a device on Windows.")
        case _other:
            return _("{path} is a device, not a file.")


def _reason(texts: Texts, data: Data) -> str:
    """Say in a few words why the computer could not write; others than the usual ones in its own words."""
    match data.get("errno"):
        case errno.ENOSPC | errno.EDQUOT:
            return texts.gettext("the disk is full")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return texts.gettext("no right to write there")
        case errno.ENOTDIR | errno.EEXIST:
            return texts.gettext("there is a file where a folder should be")
        case _other:
            return "{reason}"


def _system_sentence(error: OSError, texts: Texts) -> str:
    _ = texts.gettext
    path = error.filename if error.filename is not None else "?"
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return _("The disk is full. Free some space and try again; what was stored before is kept.")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            template = _("{path} may not be opened: no right to do so, or another program holds it.")
        case errno.ENOENT:
            template = _("There is no file or folder {path}.")
        case errno.EISDIR:
            template = _("{path} is a folder, not a file.")
        case _other:
            template = _("The computer refuses ({reason}): {path}")
    return template.format(path=path, reason=error.strerror or type(error).__name__)


def _filled(template: str, data: Data, texts: Texts) -> str:
    values = _Values({name: _shown(name, value, texts) for name, value in data.items()})
    if "seconds" in data:
        values["wait"] = _duration(_number(data, "seconds"), texts)
    return template.format_map(values)


class _Values(dict[str, str]):
    """Placeholders' values; a missing one must not hide the error that is being told."""

    def __missing__(self, name: str) -> str:
        return "?"


def _shown(name: str, value: object, texts: Texts) -> str:
    match value:
        case None:
            return "—"
        case datetime():
            local = value.astimezone()
            return f"{format_date(local.date(), language=texts.language)} {local:%H:%M}"
        case date():
            return format_date(value, language=texts.language)
        case Decimal():
            return format_amount(value, language=texts.language)
        case Period():
            return value.code
        case MiniCrmError():
            return f"- {sentence(value, texts)}"
        case tuple() | list() | set() | frozenset():
            if any(isinstance(item, MiniCrmError) for item in value):
                return "\n".join(_shown(name, item, texts) for item in value)
            shown = ", ".join(_shown(name, item, texts) for item in list(value)[:MOST_SHOWN])
            return f"{shown}, …" if len(value) > MOST_SHOWN else shown
        case str() if value == PIECES and name in ("unit", "old", "new"):
            return texts.gettext("pieces")
        case _:
            return str(value)


def _duration(seconds: int, texts: Texts) -> str:
    if seconds < 60:
        return texts.ngettext("in {n} second", "in {n} seconds", seconds).format(n=seconds)
    minutes = -(-seconds // 60)
    return texts.ngettext("in {n} minute", "in {n} minutes", minutes).format(n=minutes)


def _number(data: Data, name: str) -> int:
    value = data.get(name)
    return int(value) if isinstance(value, int | float) else 0
