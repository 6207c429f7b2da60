"""What tells a repeated request from another one."""

from __future__ import annotations

import hashlib
from uuid import UUID

from mini_crm.domain.model import EntryDraft


def request_of(*parts: object) -> bytes:
    """Give a digest of what a client asked for, 32 bytes, to compare with that of a repeated request."""
    return hashlib.sha256(f"({', '.join(map(_told, parts))})".encode()).digest()


def update_request(entry_id: int, version: int, draft: EntryDraft, rest_ref: UUID | None) -> bytes:
    """Give the digest of an update; one without a rest is told as before there were any."""
    rest = () if rest_ref is None else (rest_ref,)
    return request_of("update", entry_id, version, draft, *rest)


def _told(part: object) -> str:
    # A draft without a reason is told as before there were any: what was kept then is sent again now.
    told = repr(part)
    if isinstance(part, EntryDraft) and not part.reason:
        return told.removesuffix(", reason='')") + ")"
    return told
