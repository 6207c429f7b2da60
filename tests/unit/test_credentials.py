"""Passwords, keys and tokens."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import secrets
import subprocess
import sys
from collections import Counter

import argon2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mini_crm.domain import credentials
from mini_crm.domain.credentials import (
    KdfParameters,
    PasswordKind,
    check_new_password,
    check_strength,
    derive_key,
    entropy_bits,
    new_code,
    new_kdf,
    new_number,
    new_token,
    normalize_password,
    same,
    token_hash,
    verifier_of,
)
from mini_crm.domain.errors import BadValue, NotAllowed

SALT = bytes(range(16))


def unpadded(raw: bytes) -> str:
    """Write bytes as the encoded form of Argon2 hashes wants them."""
    return base64.b64encode(raw).decode().rstrip("=")


def test_the_key_is_argon2id_of_the_normalised_password() -> None:
    """An independent verifier confirms the key: Argon2id, RFC 9106's second option, 32 bytes."""
    key = derive_key("7kqm 2xwd hv9r", PasswordKind.CODE, KdfParameters(SALT))
    assert len(key) == 32
    encoded = f"$argon2id$v=19$m=65536,t=3,p=4${unpadded(SALT)}${unpadded(key)}"
    assert argon2.PasswordHasher().verify(encoded, "7KQM2XWDHV9R")
    with pytest.raises(argon2.exceptions.VerifyMismatchError):
        argon2.PasswordHasher().verify(encoded, "7KQM2XWDHV9S")


def test_the_defaults_are_the_published_profile() -> None:
    """New parameters are what argon2-cffi publishes as RFC 9106's low-memory profile, with a fresh salt."""
    kdf = new_kdf()
    published = argon2.profiles.RFC_9106_LOW_MEMORY
    assert (
        kdf.time_cost,
        kdf.memory_kib,
        kdf.parallelism,
        len(kdf.salt),
        credentials.RFC_9106_KEY_BYTES,
    ) == (
        published.time_cost,
        published.memory_cost,
        published.parallelism,
        published.salt_len,
        published.hash_len,
    )
    assert new_kdf().salt != kdf.salt


def test_other_passwords_and_salts_give_other_keys() -> None:
    """Case counts in an own password and not in a code, and the salt counts always."""
    kdf = KdfParameters(SALT)
    own = derive_key("correct horse", PasswordKind.OWN, kdf)
    assert own != derive_key("Correct horse", PasswordKind.OWN, kdf)
    assert own != derive_key("correct horse", PasswordKind.OWN, KdfParameters(SALT[::-1]))
    assert derive_key("correct horse", PasswordKind.CODE, kdf) == derive_key(
        "CORRECT-HORSE", PasswordKind.CODE, kdf
    )


def test_half_a_surrogate_pair_is_a_password_like_any_other() -> None:
    """A password that cannot be written as UTF-8 gives a key and no crash."""
    assert len(derive_key("\ud83d" * 10, PasswordKind.OWN, KdfParameters(SALT))) == 32


@pytest.mark.parametrize(
    "kdf",
    [
        KdfParameters(SALT, time_cost=2),
        KdfParameters(SALT, memory_kib=65535),
        KdfParameters(SALT, parallelism=3),
        KdfParameters(SALT[:15]),
        KdfParameters(b""),
        KdfParameters(SALT, time_cost=1, memory_kib=8, parallelism=1),
        KdfParameters(SALT, time_cost=-1),
    ],
)
def test_weak_parameters_are_refused(kdf: KdfParameters) -> None:
    """No key is made with weaker parameters than RFC 9106's second option: a false server asks for them."""
    with pytest.raises(NotAllowed) as caught:
        derive_key("7KQM-2XWD-HV9R", PasswordKind.CODE, kdf)
    assert caught.value.code == "kdf_too_weak"
    assert caught.value.data == {
        "time_cost": kdf.time_cost,
        "memory_kib": kdf.memory_kib,
        "parallelism": kdf.parallelism,
        "salt_bytes": len(kdf.salt),
    }


@pytest.mark.parametrize(
    "kdf",
    [
        KdfParameters(SALT, time_cost=17),
        KdfParameters(SALT, memory_kib=1024 * 1024 + 1),
        KdfParameters(SALT, parallelism=17),
        KdfParameters(bytes(65)),
    ],
)
def test_absurd_parameters_are_refused(kdf: KdfParameters) -> None:
    """No key is made with parameters that would stop the computer."""
    with pytest.raises(NotAllowed, match="kdf_too_heavy"):
        derive_key("7KQM-2XWD-HV9R", PasswordKind.CODE, kdf)


def test_stronger_parameters_are_taken() -> None:
    """A server may ask for more than the default, up to 1 GiB and 16 passes."""
    check_strength(KdfParameters(SALT))
    check_strength(KdfParameters(bytes(32), time_cost=16, memory_kib=1024 * 1024, parallelism=8))


def test_codes_look_as_promised() -> None:
    """A code is three groups of four characters without look-alikes, and codes do not repeat."""
    codes = [new_code() for _ in range(2000)]
    assert len(set(codes)) == len(codes)
    for code in codes:
        groups = code.split("-")
        assert [len(group) for group in groups] == [4, 4, 4]
        assert not set("".join(groups)) & set("01IO")
    used = Counter("".join(codes).replace("-", ""))
    assert len(used) == 32
    # 24,000 characters, 750 of each expected, standard deviation 27: six of them either way.
    assert all(590 < count < 910 for count in used.values())


def test_numbers_are_between_their_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number password is one of 10000 to 1000000, both ends included."""
    assert all(10_000 <= int(new_number()) <= 1_000_000 for _ in range(500))
    asked: list[int] = []

    def lowest(below: int) -> int:
        asked.append(below)
        return 0

    monkeypatch.setattr(secrets, "randbelow", lowest)
    assert new_number() == "10000"
    monkeypatch.setattr(secrets, "randbelow", lambda below: below - 1)
    assert new_number() == "1000000"
    assert asked == [990_001]


def test_entropy_is_told() -> None:
    """A code has 60 bits, a number not quite 20, and of an own password nobody knows."""
    assert entropy_bits(PasswordKind.CODE) == 60
    assert entropy_bits(PasswordKind.NUMBER) == pytest.approx(19.917, abs=0.001)
    assert entropy_bits(PasswordKind.OWN) is None


@pytest.mark.parametrize(
    "typed",
    [
        *[
            "7KQM-2XWD-HV9R",
            "7kqm-2xwd-hv9r",
            "7KQM2XWDHV9R",
            " 7KQM 2XWD HV9R\n",
            "7KQM\u20132XWD\u2014HV9R",
        ],
        *[
            "7KQM\u00a02XWD\u00a0HV9R",
            "7KQM\u20112XWD\u2212HV9R",
            "\ufeff7KQM-2XWD-HV9R\u200b",
            "７KQM2XWDHV9R",
        ],
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    """Case, blanks, dashes of any kind and invisible marks do not matter in a code."""
    assert normalize_password(typed, PasswordKind.CODE) == "7KQM2XWDHV9R"


def test_a_number_is_read_however_it_is_typed() -> None:
    """Blanks do not matter in a number."""
    assert normalize_password(" 123 456 ", PasswordKind.NUMBER) == "123456"


def test_an_own_password_is_kept() -> None:
    """Case, blanks and dashes count in an own password; only the way letters are composed does not."""
    assert normalize_password(" Моя-Собака 1 ", PasswordKind.OWN) == " Моя-Собака 1 "
    assert normalize_password("и\u0306", PasswordKind.OWN) == normalize_password("й", PasswordKind.OWN)
    assert normalize_password("a\u00a0b", PasswordKind.OWN) == "a b"


@given(
    st.lists(st.sampled_from(["", " ", "-", "\u00a0", "\u2014", "\u200b", "\t"]), min_size=12, max_size=12)
)
def test_any_code_is_read_with_anything_between(between: list[str]) -> None:
    """A made code stays the same however its characters are grouped, in small letters too."""
    code = new_code().replace("-", "")
    typed = "".join(gap + char for gap, char in zip(between, code, strict=True))
    assert normalize_password(typed.lower(), PasswordKind.CODE) == code


@given(st.text(), st.sampled_from(PasswordKind))
def test_any_text_can_be_normalised(text: str, kind: PasswordKind) -> None:
    """No text crashes the reading of a password, nor the check of a new one."""
    normalize_password(text, kind)
    with contextlib.suppress(BadValue):
        check_new_password(text)


@pytest.mark.parametrize(
    ("password", "code", "data"),
    [
        ("", "password_missing", {}),
        ("a", "password_too_short", {"limit": 10}),
        ("123456789", "password_too_short", {"limit": 10}),
        ("и\u0306" * 9, "password_too_short", {"limit": 10}),
        ("aaaaaaaaaaaa", "password_one_character", {}),
        ("aAaAaAaAaA", "password_one_character", {}),
        (" " * 10, "password_one_character", {}),
        ("ab" * 65, "password_too_long", {"limit": 128}),
    ],
)
def test_poor_own_passwords_are_refused(password: str, code: str, data: dict[str, object]) -> None:
    """A short, endless or one-character password is refused, and the error does not hold it."""
    with pytest.raises(BadValue) as caught:
        check_new_password(password)
    assert caught.value.code == code
    assert caught.value.data == {"field": "new_password", **data}


@pytest.mark.parametrize("password", ["abcdefghij", "Моя собака", "ab" * 64, "7KQM-2XWD-HV9R"])
def test_other_own_passwords_are_taken(password: str) -> None:
    """From 10 to 128 characters are taken in any script."""
    check_new_password(password)


@pytest.mark.parametrize("typed", ["", " - ", "\u200b"])
def test_no_key_without_a_password(typed: str) -> None:
    """An empty password is refused before the slow work."""
    with pytest.raises(BadValue, match="password_missing"):
        derive_key(typed, PasswordKind.CODE, KdfParameters(SALT))


def test_hashes_are_sha256() -> None:
    """Verifier and token hash are SHA-256, as SQL Server's SHA2_256 computes it (FIPS 180-2, "abc")."""
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert verifier_of(b"abc").hex() == expected
    assert token_hash(b"abc").hex() == expected
    assert hashlib.sha256(b"abc").hexdigest() == expected


def test_tokens_are_32_random_bytes() -> None:
    """Tokens have 32 bytes and do not repeat."""
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {32}


def test_comparing() -> None:
    """Equal bytes are the same, others are not, also of another length."""
    assert same(b"abc", b"abc")
    assert not same(b"abc", b"abd")
    assert not same(b"abc", b"abcd")


def test_argon2_is_loaded_only_when_a_key_is_made() -> None:
    """Importing the module does not load Argon2: starting the program must not wait for it."""
    code = "import mini_crm.domain.credentials, sys; sys.exit('argon2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
