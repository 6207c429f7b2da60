"""The digest by which a repeated request is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from mini_crm.domain.model import EntryDraft, Status
from mini_crm.store.operations import request_of, update_request

DRAFT = EntryDraft(
    7,
    "Ёж 007",
    Decimal("100.50"),
    date(2026, 3, 17),
    Status.PAID,
    date(2026, 3, 10),
    Decimal("40"),
    "it's \"so\", reason='')",
)
REF = UUID(int=1)


def test_digests_of_before_reasons_and_rests_hold() -> None:
    """What the program sent before it knew of these is recognised: its digests, as that version made them."""
    assert request_of("add", REF, DRAFT).hex() == (
        "9b9fc4434c43d1dcb0718865def128e15ce5cfaa0a2ca7fdd3017f47029b7f86"
    )
    assert update_request(12, 3, DRAFT, None).hex() == (
        "49f2c4f29a7ce414ed7fae9628315d1d4ebfa77028e48d9d4408dd7be438d817"
    )
    assert request_of("delete", 12, 3).hex() == (
        "43d784a90a92dd4f7c0d2e1b17255c5a845d36a12ddbb136f3670a85aa79bb2c"
    )


def test_other_content_has_another_digest() -> None:
    """Reason, comment and rest each tell requests apart, wherever the same words stand."""
    refused = replace(DRAFT, status=Status.REFUSED, paid_amount=None)
    digests = {
        update_request(12, 3, DRAFT, None),
        update_request(12, 3, DRAFT, REF),
        update_request(12, 3, DRAFT, UUID(int=2)),
        update_request(12, 3, refused, None),
        update_request(12, 3, replace(refused, reason="Дорого"), None),
        update_request(12, 3, replace(refused, comment="x', reason='Дорого"), None),
        update_request(12, 3, replace(refused, comment="x", reason="Дорого"), None),
        update_request(12, 4, DRAFT, None),
    }
    assert len(digests) == 8
