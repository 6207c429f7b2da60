"""Issuing passwords, and the slips on which they are handed out."""

import hashlib
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from openpyxl import load_workbook

from mini_crm.domain.credentials import KdfParameters, PasswordKind, derive_key, verifier_of
from mini_crm.domain.errors import BadFile, DatabaseUnreachable, NotFound
from mini_crm.domain.model import Lead
from mini_crm.i18n import Texts
from mini_crm.report.slips import write_slips
from mini_crm.store.port import AdminStore
from mini_crm.usecases.accounts import Slip, find_leads, issue_passwords


def cheap_key(password: str, kind: PasswordKind, kdf: KdfParameters) -> bytes:
    """Stand in for Argon2, which takes a tenth of a second."""
    return hashlib.sha256(f"{password} {kind} ".encode() + kdf.salt).digest()


class Credentials:
    """The part of a store that keeps passwords; fails after so many."""

    def __init__(self, fail_after: int = 99) -> None:
        self.set: dict[int, tuple[PasswordKind, KdfParameters, bytes, bool, str]] = {}
        self._left = fail_after

    def set_credential(
        self,
        lead_id: int,
        kind: PasswordKind,
        kdf: KdfParameters,
        verifier: bytes,
        *,
        must_change: bool,
        by: str,
    ) -> None:
        """Keep a credential."""
        if not self._left:
            raise DatabaseUnreachable("database_unreachable")
        self._left -= 1
        self.set[lead_id] = (kind, kdf, verifier, must_change, by)


def leads(*names: str) -> list[Lead]:
    """Give leads without groups, numbered from 1."""
    return [
        Lead(number, name, True, False, False, False, 0, ()) for number, name in enumerate(names, start=1)
    ]


def issue(
    store: Credentials, people: Sequence[Lead], kind: PasswordKind = PasswordKind.CODE, **options: object
) -> list[Slip]:
    """Issue passwords without Argon2."""
    as_store: AdminStore = store  # type: ignore[assignment]
    return issue_passwords(as_store, people, kind, "admin", derive=cheap_key, **options)  # type: ignore[arg-type]


def test_codes() -> None:
    """Each lead gets a code and salt of its own; the store gets what a sign-in will send."""
    store = Credentials()
    slips = issue(store, leads("Anna", "Boris"))
    assert [slip.lead_name for slip in slips] == ["Anna", "Boris"]
    for lead_id, slip in enumerate(slips, start=1):
        assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}", slip.password)
        kind, kdf, verifier, must_change, by = store.set[lead_id]
        assert (kind, must_change, by) == (PasswordKind.CODE, False, "admin")
        assert verifier == verifier_of(cheap_key(slip.password, PasswordKind.CODE, kdf))
    assert slips[0].password != slips[1].password
    assert store.set[1][1].salt != store.set[2][1].salt


def test_numbers_must_be_changed() -> None:
    """A number is from 10,000 to 1,000,000 and has to be changed at the first sign-in."""
    store = Credentials()
    (slip,) = issue(store, leads("Anna"), PasswordKind.NUMBER)
    assert 10_000 <= int(slip.password) <= 1_000_000
    assert store.set[1][0] is PasswordKind.NUMBER
    assert store.set[1][3] is True


def test_argon2_by_default() -> None:
    """Without another choice the key is that of the sign-in: Argon2id of the very password."""
    store = Credentials()
    as_store: AdminStore = store  # type: ignore[assignment]
    (slip,) = issue_passwords(as_store, leads("Anna"), PasswordKind.CODE, "admin")
    kind, kdf, verifier, _, _ = store.set[1]
    assert verifier == verifier_of(derive_key(slip.password.lower(), kind, kdf))


def test_own_passwords_are_not_issued() -> None:
    """Nobody issues a password that a lead would have chosen."""
    with pytest.raises(ValueError, match="own"):
        issue(Credentials(), leads("Anna"), PasswordKind.OWN)


def test_no_password_changes_before_the_slips_are_kept() -> None:
    """If the slips cannot be written, every lead still has the old password."""
    store = Credentials()

    def full_disk(slips: Sequence[Slip]) -> None:
        raise BadFile("file_not_writable", path="slips.xlsx", reason="full")

    with pytest.raises(BadFile):
        issue(store, leads("Anna", "Boris"), keep=full_disk)
    assert store.set == {}


def test_database_lost_in_the_middle() -> None:
    """What was kept holds for the leads that the progress has told."""
    store, kept, made, stored = Credentials(fail_after=2), list[Slip](), list[int](), list[int]()
    with pytest.raises(DatabaseUnreachable):
        issue(store, leads("A", "B", "C"), keep=kept.extend, made=made.append, stored=stored.append)
    assert (made, stored, list(store.set)) == ([1, 2, 3], [1, 2], [1, 2])
    assert [slip.lead_name for slip in kept] == ["A", "B", "C"]
    assert store.set[2][2] == verifier_of(cheap_key(kept[1].password, PasswordKind.CODE, store.set[2][1]))


def test_password_does_not_show_in_logs() -> None:
    """What would be printed of a slip by accident is the name only."""
    assert repr(Slip("Anna", "7KQM-2XWD-HV9R")) == "Slip(lead_name='Anna')"


def test_find_leads() -> None:
    """Leads are found whatever the case, each once, in the order asked for."""
    found = find_leads(leads("Anna", "Борис"), [" БОРИС", "anna", "Anna"])
    assert [lead.name for lead in found] == ["Борис", "Anna"]


def test_unknown_leads_are_named() -> None:
    """All names that do not exist are told at once."""
    with pytest.raises(NotFound) as caught:
        find_leads(leads("Anna"), ["Zoe", "Anna", "Yan"])
    assert (caught.value.code, caught.value.data["names"]) == ("leads_not_found", "Zoe, Yan")


# ---- slips

PEOPLE = [("Елкина Анна", "7KQM-2XWD-HV9R"), ("=HYPERLINK(1)", "AAAA-BBBB-CCCC")]


def test_slips_have_a_page_each(tmp_path: Path) -> None:
    """Each person has a page with name, password in type of one width, and what to do, in the language."""
    path = tmp_path / "slips.xlsx"
    write_slips(path, PEOPLE, Texts("ru"))
    sheet = load_workbook(path).worksheets[0]
    column = [sheet.cell(row, 1) for row in range(1, sheet.max_row + 1)]
    values = [cell.value for cell in column]
    assert values[:2] == ["Елкина Анна", "7KQM-2XWD-HV9R"]
    assert column[1].font.name == "Courier New"
    second = values.index("=HYPERLINK(1)")
    assert values[second + 1] == "AAAA-BBBB-CCCC"
    assert [page_break.id for page_break in sheet.row_breaks.brk] == [second]
    assert all(str(text).startswith(("Выберите", "Никому")) for text in values[2:second])


def test_slips_have_no_formulas(tmp_path: Path) -> None:
    """A name that begins with = is text."""
    path = tmp_path / "slips.xlsx"
    write_slips(path, PEOPLE, Texts("en"))
    types = {cell.data_type for row in load_workbook(path).worksheets[0] for cell in row}
    assert types == {"s"}


def test_slips_say_that_a_number_must_be_changed(tmp_path: Path) -> None:
    """Whoever has to change the password is told so on the page."""
    counts = {}
    for must_change in (False, True):
        path = tmp_path / f"{must_change}.xlsx"
        write_slips(path, PEOPLE, Texts("en"), must_change=must_change)
        text = " ".join(str(cell.value) for row in load_workbook(path).worksheets[0] for cell in row)
        counts[must_change] = text.count("asks you for a new password")
    assert counts == {False: 0, True: 2}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists and not modes")
def test_slips_are_the_owners_alone(tmp_path: Path) -> None:
    """Nobody but the owner may read the file, whatever the umask."""
    path = tmp_path / "slips.xlsx"
    write_slips(path, PEOPLE, Texts("en"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_slips_are_never_overwritten(tmp_path: Path) -> None:
    """An older file stays as it is."""
    path = tmp_path / "slips.xlsx"
    path.write_text("older")
    with pytest.raises(BadFile, match="file_exists"):
        write_slips(path, PEOPLE, Texts("en"))
    assert path.read_text() == "older"


def test_slips_folder_missing(tmp_path: Path) -> None:
    """A folder that is not there is said by name."""
    with pytest.raises(BadFile, match="file_not_writable"):
        write_slips(tmp_path / "none" / "slips.xlsx", PEOPLE, Texts("en"))


def test_no_half_slips(tmp_path: Path) -> None:
    """If writing stops in the middle, no file is left."""

    def broken() -> Iterator[tuple[str, str]]:
        yield PEOPLE[0]
        raise RuntimeError

    path = tmp_path / "slips.xlsx"
    with pytest.raises(RuntimeError):
        write_slips(path, broken(), Texts("en"))
    assert not path.exists()
