"""What tells a repeated request from another one."""

from __future__ import annotations

import hashlib


def request_of(*parts: object) -> bytes:
    """Give a digest of what a client asked for, 32 bytes, to compare with that of a repeated request."""
    return hashlib.sha256(repr(parts).encode()).digest()
