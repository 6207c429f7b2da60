"""What ``import-entries`` prints before it stores: how the file was understood, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mini_crm.commands.output import quoted, say_table
from mini_crm.domain.dates import format_date
from mini_crm.domain.model import ImportRow, Status
from mini_crm.domain.money import format_amount
from mini_crm.i18n import Texts
from mini_crm.messages import note_sentence, sentence
from mini_crm.program import Program
from mini_crm.report.wording import unit_name
from mini_crm.tables.table import Note, TableSource
from mini_crm.usecases.foreign.day_order import DayOrder
from mini_crm.usecases.foreign.headings import Headings
from mini_crm.usecases.foreign.signs import DECIMALS, Signs
from mini_crm.usecases.foreign.statuses import StatusWord, status_option
from mini_crm.usecases.foreign.systems import CLOSING
from mini_crm.usecases.imports import EntryFile
from mini_crm.usecases.plan import FaultGroup, Plan, Understanding

MOST_GROUPS = 20
"""Of reasons for rejects that are printed; the rejects file has all."""
MOST_WORDS = 30
"""Of words of statuses that are printed."""
MOST_LETTERS = 40
"""Of a cell in a table that is printed."""
MOST_LINE = 90
"""Of letters in a list of headings."""

_ENCODINGS = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "cp1251": "Windows-1251", "cp1252": "Windows-1252"}
_SEPARATORS = {"\t": "Tab"}


def say_plan(program: Program, file: EntryFile) -> None:
    """Print how a file of entries was understood."""
    plan, texts = file.plan, program.texts
    _, say = texts.gettext, program.say
    say(_("How the file was understood:"))
    for line in _source_lines(plan.understanding, texts):
        say(f"  {line}")
    say(_("Columns:"))
    _say_columns(program, plan.understanding)
    for line in _decisions(plan, texts):
        say(f"  {line}")
    if plan.understanding.statuses:
        say(_("Words of the status and what they are taken for:"))
        say_table(program, _status_rows(plan.understanding.statuses, texts), right=[0])
    if plan.sample:
        say(_("The first rows as they will be stored:"))
        say_table(program, _sample_rows(plan.sample, texts), right=[0, 5])
    if plan.faults:
        _say_faults(program, file)


def plan_json(plan: Plan, texts: Texts) -> dict[str, object]:
    """Give the plan for another program."""
    found = plan.understanding
    headings = found.headings
    return {
        "kind": found.source.kind,
        "encoding": found.source.encoding,
        "separator": found.source.separator,
        "sheet": found.source.sheet,
        "other_sheets": found.source.other_sheets,
        "notes": [_note(note, texts) for note in found.source.notes],
        "head_line": found.head_line,
        "system": headings.system.name if headings.system is not None else None,
        "columns": {
            field: [headings.columns[place] for place in places] for field, places in headings.places.items()
        },
        "constants": headings.constants,
        "unused": headings.unused(),
        "dates": {
            field: {"order": days.value, "line": days.line, "text": days.proof}
            for field, days in found.days.items()
        },
        "signs": {
            field: {"decimal": signs.value, "line": signs.line, "text": signs.proof}
            for field, signs in found.signs.items()
        },
        "unit": plan.unit,
        "units": plan.units,
        "statuses": [
            {"word": w.word, "rows": w.count, "line": w.line, "meaning": w.meaning and w.meaning.value}
            for w in found.statuses
        ],
        "rounded": plan.rounded,
        "without_amount": plan.without_amount,
        "faults": [
            {
                "column": group.fault.column,
                "code": group.fault.error.code,
                "reason": sentence(group.fault.error, texts),
                "rows": group.count,
                "line": group.line,
                "options": group.options,
            }
            for group in plan.faults
        ],
    }


def options_to_repeat(found: Understanding) -> tuple[str, ...]:
    """Give what the file proved by itself, as options for a part of it that proves nothing any more."""
    orders = {days.value for days in found.days.values() if days.value is not None and not days.asked}
    decimals = {signs.value for signs in found.signs.values() if signs.value and not signs.asked}
    dates = [f"--dates {order}" for order in orders] if len(orders) == 1 else []
    signs = [f"--decimal {DECIMALS[sign]}" for sign in decimals] if len(decimals) == 1 else []
    return (*dates, *signs)


def unknown_words_option(words: tuple[str, ...]) -> str:
    """Give the whole option that names words as expected, to copy and to correct."""
    return f"--status {quoted(status_option(words, Status.EXPECTED))}"


def meaning_name(status: Status, texts: Texts) -> str:
    """Name what a word is taken for."""
    _ = texts.gettext
    return {Status.PAID: _("Paid"), Status.REFUSED: _("Refused"), Status.EXPECTED: _("Expected")}[status]


def _note(note: Note, texts: Texts) -> str:
    return note_sentence(note.code, note.data, texts)


def _source_lines(found: Understanding, texts: Texts) -> Iterator[str]:
    _ = texts.gettext
    source = found.source
    yield _form(source, texts)
    if source.other_sheets:
        names = ", ".join(source.other_sheets)
        yield _("Other sheets, not read (--sheet NAME reads one): {names}").format(names=names)
    yield _("Headings: line {line}").format(line=found.head_line) + _whose(found, texts)
    for note in source.notes:
        yield _note(note, texts)


def _form(source: TableSource, texts: Texts) -> str:
    _ = texts.gettext
    if source.kind != "csv":
        return _("{kind}, sheet “{sheet}”").format(kind=source.kind, sheet=source.sheet)
    return _("CSV, encoding {encoding}, separator “{separator}”").format(
        encoding=_ENCODINGS.get(source.encoding, source.encoding.upper()),
        separator=_SEPARATORS.get(source.separator, source.separator),
    )


def _whose(found: Understanding, texts: Texts) -> str:
    system = found.headings.system
    return "" if system is None else texts.gettext(", as {system} names them").format(system=system.name)


def _say_columns(program: Program, found: Understanding) -> None:
    _ = program.texts.gettext
    headings = found.headings
    rows = list(_column_rows(found, program.texts))
    if rows:
        say_table(program, rows)
    if own := [field for field in headings.places if _is_own(headings, field)]:
        program.say("  " + _("Named as here: {names}").format(names=", ".join(own)))
    if unused := headings.unused():
        program.say("  " + _("Not used: {names}").format(names=_cut(", ".join(unused), MOST_LINE)))


def _is_own(headings: Headings, field: str) -> bool:
    return [headings.columns[place] for place in headings.places[field]] == [field]


def _column_rows(found: Understanding, texts: Texts) -> Iterator[tuple[str, str, str]]:
    """Give our name, the file's name and a remark for each field that needs one."""
    _ = texts.gettext
    headings = found.headings
    names = {CLOSING: "pay_by, status_on"}
    for field, places in headings.places.items():
        if _is_own(headings, field):
            continue
        note = ""
        if field == CLOSING:
            note = _("promised day while open, then the day of the outcome")
        elif field in ("lead", "manager") and headings.owner == field:
            note = _("the owner is lead and manager; --set lead=NAME gives a lead")
        yield names.get(field, field), _cut(" / ".join(headings.columns[place] for place in places)), note
    for field, value in headings.constants.items():
        yield field, _cut(f"“{value}”"), _("the same in every row (--set)")


def _decisions(plan: Plan, texts: Texts) -> Iterator[str]:
    """Say what one row decided for all, and in what the amounts are."""
    _ = texts.gettext
    found = plan.understanding
    for field, days in found.days.items():
        name = found.headings.name_of(field)
        if (said := _order(days, texts)) is not None:
            yield _("Days of “{column}”: {said}").format(column=name, said=said)
    for field, signs in found.signs.items():
        name = found.headings.name_of(field)
        if (said := _signs(signs, texts)) is not None:
            yield _("Amounts of “{column}”: {said}").format(column=name, said=said)
    if plan.units:
        counts = ", ".join(f"{unit_name(unit, texts)} {count}" for unit, count in plan.units.items())
        yield _("Currencies, rows of each: {counts}; no group counts two").format(counts=counts)
    elif plan.unit is not None:
        yield _("Currency of groups that are created: {unit}").format(unit=unit_name(plan.unit, texts))
    if plan.rounded:
        yield texts.ngettext(
            "{n} amount with more than two decimals was rounded, first in line {line}",
            "{n} amounts with more than two decimals were rounded, first in line {line}",
            len(plan.rounded),
        ).format(n=len(plan.rounded), line=plan.rounded[0])
    if plan.without_amount:
        yield texts.ngettext(
            "{n} refusal without an amount counts as a refusal only, first in line {line}",
            "{n} refusals without an amount count as refusals only, first in line {line}",
            len(plan.without_amount),
        ).format(n=len(plan.without_amount), line=plan.without_amount[0])


def _order(days: DayOrder, texts: Texts) -> str | None:
    _ = texts.gettext
    if days.value is None:
        if not days.proof:
            return None
        if days.mixed:
            return _("some rows prove one order of day and month, some the other; see --dates")
        return _("day or month first? Line {line} has “{text}”; no row proves it, see --dates").format(
            line=days.line, text=_cut(days.proof)
        )
    order = {"dmy": _("day, month, year"), "mdy": _("month, day, year"), "ymd": _("year, month, day")}[
        days.value
    ]
    if days.asked:
        return _("{order}, by --dates").format(order=order)
    return _("{order}; line {line} proves it: “{text}”").format(
        order=order, line=days.line, text=_cut(days.proof)
    )


def _signs(signs: Signs, texts: Texts) -> str | None:
    _ = texts.gettext
    if signs.value is None:
        if not signs.proof:
            return None
        if signs.mixed:
            return _("some rows prove a decimal point, some a decimal comma; see --decimal")
        return _("thousands or a fraction? Line {line} has “{text}”; no row proves it, see --decimal").format(
            line=signs.line, text=_cut(signs.proof)
        )
    sign = _("decimal point") if signs.value == "." else _("decimal comma")
    if signs.asked:
        return _("{sign}, by --decimal").format(sign=sign)
    return _("{sign}; line {line} proves it: “{text}”").format(
        sign=sign, line=signs.line, text=_cut(signs.proof)
    )


def _status_rows(words: tuple[StatusWord, ...], texts: Texts) -> list[tuple[str, str, str]]:
    _ = texts.gettext
    shown = sorted(words, key=lambda word: word.meaning is not None)[:MOST_WORDS]
    rows = [
        (
            str(word.count),
            _cut(word.word) or _("(empty)"),
            _("not known") if word.meaning is None else meaning_name(word.meaning, texts),
        )
        for word in shown
    ]
    if len(words) > MOST_WORDS:
        rows.append(("…", _("and {n} more").format(n=len(words) - MOST_WORDS), ""))
    return rows


def _sample_rows(rows: tuple[ImportRow, ...], texts: Texts) -> list[tuple[str, ...]]:
    _ = texts.gettext
    head = (
        _("Line"),
        _("Lead"),
        _("Group"),
        _("Manager"),
        _("Client"),
        _("Amount"),
        _("Entered"),
        _("Pay by"),
        _("Status"),
        _("Status day"),
    )
    language = texts.language

    def day(of_row: date | None) -> str:
        return "—" if of_row is None else format_date(of_row, language=language)

    return [
        head,
        *(
            (
                str(row.line),
                *map(_cut, (row.lead, row.group, row.manager, row.client_pin or "—")),
                format_amount(row.amount, language=language),
                day(row.entered_on),
                day(row.pay_by),
                meaning_name(row.status, texts),
                day(row.status_on),
            )
            for row in rows
        ),
    ]


def _say_faults(program: Program, file: EntryFile) -> None:
    texts = program.texts
    _, note = texts.gettext, program.note
    rejected = texts.ngettext("{n} row was rejected:", "{n} rows were rejected:", len(file.rejects))
    note(rejected.format(n=len(file.rejects)))
    for group in file.plan.faults[:MOST_GROUPS]:
        note("  " + _group_sentence(group, texts))
    if len(file.plan.faults) > MOST_GROUPS:
        note("  " + _("… and {n} more.").format(n=len(file.plan.faults) - MOST_GROUPS))


def _group_sentence(group: FaultGroup, texts: Texts) -> str:
    _ = texts.gettext
    said = sentence(group.fault.error, texts)
    reason = f"{group.fault.column}: {said}" if group.fault.column else said
    if group.count == 1:
        told = _("Line {line}: {reason}").format(line=group.line, reason=reason)
    else:
        told = texts.ngettext(
            "{n} row, first in line {line}: {reason}", "{n} rows, first in line {line}: {reason}", group.count
        ).format(n=group.count, line=group.line, reason=reason)
    return f"{told} {_(' or ').join(group.options)}".rstrip()


def _cut(text: str, limit: int = MOST_LETTERS) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= limit else one_line[: limit - 1] + "…"
