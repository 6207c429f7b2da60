"""Passwords, the keys made of them, and session tokens.

The client derives a key from the password and sends the key; the database compares the key's
hash with the stored verifier. So a password never leaves the computer, and the verifier never
leaves the database.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from mini_crm.domain.errors import BadValue, NotAllowed

RFC_9106_TIME_COST = 3
RFC_9106_MEMORY_KIB = 65536
RFC_9106_PARALLELISM = 4
RFC_9106_SALT_BYTES = 16
RFC_9106_KEY_BYTES = 32
"""Second recommended option of Argon2id, for where memory is limited.

Source: RFC 9106, section 4: t=3 iterations, p=4 lanes, m=2^16 KiB (64 MiB), 128-bit salt, 256-bit tag.
"""

MAX_TIME_COST = 16
MAX_MEMORY_KIB = 1024 * 1024
MAX_PARALLELISM = 16
MAX_SALT_BYTES = 64
"""More than these is nobody's honest setting and would only make the client unusable."""

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 characters: digits and capitals without 0 and O, 1 and I."""
CODE_LENGTH = 12
CODE_GROUP = 4

NUMBER_MIN = 10_000
NUMBER_MAX = 1_000_000
"""Both can come up: 990,001 numbers."""

MIN_OWN_PASSWORD = 10
MAX_OWN_PASSWORD = 128
TOKEN_BYTES = 32


class PasswordKind(StrEnum):
    """Where a password comes from, and so how its input is read.

    A made code, a made number (the first version's passwords), or the lead's own words.
    """

    CODE = "code"
    NUMBER = "number"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class KdfParameters:
    """What a key is derived with; kept per lead and not secret.

    Attributes:
        salt: Random bytes, 16 for new ones.
        time_cost: Passes over the memory.
        memory_kib: Memory in KiB.
        parallelism: Lanes.
    """

    salt: bytes
    time_cost: int = RFC_9106_TIME_COST
    memory_kib: int = RFC_9106_MEMORY_KIB
    parallelism: int = RFC_9106_PARALLELISM


def new_kdf() -> KdfParameters:
    """Make parameters with a fresh salt, for a new password."""
    return KdfParameters(salt=secrets.token_bytes(RFC_9106_SALT_BYTES))


def check_strength(kdf: KdfParameters) -> None:
    """Refuse parameters that only a false or broken server would send.

    Weak ones would make the sent key easy to search for the password; absurdly large ones would
    stop the client.

    Raises:
        NotAllowed: ``kdf_too_weak`` or ``kdf_too_heavy``.
    """
    data = {
        "time_cost": kdf.time_cost,
        "memory_kib": kdf.memory_kib,
        "parallelism": kdf.parallelism,
        "salt_bytes": len(kdf.salt),
    }
    if (
        kdf.time_cost < RFC_9106_TIME_COST
        or kdf.memory_kib < RFC_9106_MEMORY_KIB
        or kdf.parallelism < RFC_9106_PARALLELISM
        or len(kdf.salt) < RFC_9106_SALT_BYTES
    ):
        raise NotAllowed("kdf_too_weak", **data)
    if (
        kdf.time_cost > MAX_TIME_COST
        or kdf.memory_kib > MAX_MEMORY_KIB
        or kdf.parallelism > MAX_PARALLELISM
        or len(kdf.salt) > MAX_SALT_BYTES
    ):
        raise NotAllowed("kdf_too_heavy", **data)


def new_code() -> str:
    """Make a password of 12 characters in groups of four, such as ``7KQM-2XWD-HV9R``."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(code[at : at + CODE_GROUP] for at in range(0, CODE_LENGTH, CODE_GROUP))


def new_number() -> str:
    """Make a number password, each of ``NUMBER_MIN`` to ``NUMBER_MAX`` equally likely."""
    return str(NUMBER_MIN + secrets.randbelow(NUMBER_MAX - NUMBER_MIN + 1))


def entropy_bits(kind: PasswordKind) -> float | None:
    """Say how many bits a made password has; None for an own one, of which nobody knows."""
    match kind:
        case PasswordKind.CODE:
            return CODE_LENGTH * math.log2(len(CODE_ALPHABET))
        case PasswordKind.NUMBER:
            return math.log2(NUMBER_MAX - NUMBER_MIN + 1)
        case PasswordKind.OWN:
            return None


def normalize_password(text: str, kind: PasswordKind) -> str:
    """Bring input into the one form that keys are made of.

    Of a code or a number case, blanks, dashes and invisible marks do not matter. An own password
    is only put into Unicode form NFKC, so that two keyboards that compose letters differently
    agree; case and blanks count.

    Args:
        text: What was typed or pasted.
        kind: Of the stored password, not of what the input looks like.
    """
    text = unicodedata.normalize("NFKC", text)
    if kind is PasswordKind.OWN:
        return text
    return "".join(char for char in text if not _is_ignored(char)).upper()


def check_new_password(text: str, *, field: str = "new_password") -> None:
    """Check a password that a lead has chosen.

    Args:
        text: What was typed.
        field: The field to name in errors; the password itself is in none.

    Raises:
        BadValue: ``password_missing``, ``password_too_short``, ``password_too_long`` or
            ``password_one_character``.
    """
    password = normalize_password(text, PasswordKind.OWN)
    if not password:
        raise BadValue("password_missing", field=field)
    if len(password) < MIN_OWN_PASSWORD:
        raise BadValue("password_too_short", field=field, limit=MIN_OWN_PASSWORD)
    if len(password) > MAX_OWN_PASSWORD:
        raise BadValue("password_too_long", field=field, limit=MAX_OWN_PASSWORD)
    if len(set(password.casefold())) == 1:
        raise BadValue("password_one_character", field=field)


def derive_key(password: str, kind: PasswordKind, kdf: KdfParameters) -> bytes:
    """Derive the key that is sent instead of the password. Slow on purpose, and takes 64 MiB.

    Args:
        password: As typed; it is normalised here.
        kind: Of the stored password.
        kdf: What the server keeps for this lead.

    Returns:
        32 bytes, Argon2id version 1.3.

    Raises:
        NotAllowed: The parameters are weak or absurd; see ``check_strength``.
        BadValue: ``password_missing``.
    """
    check_strength(kdf)
    normal = normalize_password(password, kind)
    if not normal:
        raise BadValue("password_missing", field="password")
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(
        # Half of a surrogate pair can come from a keyboard, and is then as good as any character.
        secret=normal.encode("utf-8", errors="surrogatepass"),
        salt=kdf.salt,
        time_cost=kdf.time_cost,
        memory_cost=kdf.memory_kib,
        parallelism=kdf.parallelism,
        hash_len=RFC_9106_KEY_BYTES,
        type=Type.ID,
        version=19,
    )


Derive = Callable[[str, PasswordKind, KdfParameters], bytes]
"""As ``derive_key``; tests may give a quicker one."""


def verifier_of(key: bytes) -> bytes:
    """Give what the database keeps of a key: its SHA-256."""
    return hashlib.sha256(key).digest()


def new_token() -> bytes:
    """Make a session token of 32 random bytes."""
    return secrets.token_bytes(TOKEN_BYTES)


def token_hash(token: bytes) -> bytes:
    """Give what the database keeps of a session token: its SHA-256."""
    return hashlib.sha256(token).digest()


def same(left: bytes, right: bytes) -> bool:
    """Compare without telling by the time taken where the two differ."""
    return hmac.compare_digest(left, right)


def _is_ignored(char: str) -> bool:
    """Say whether it is a blank, a dash (minus included) or an invisible mark."""
    return char.isspace() or char == "\u2212" or unicodedata.category(char) in ("Pd", "Cf")
