"""Signing in and changing the own password, from the password as it is typed."""

from __future__ import annotations

from dataclasses import dataclass, field

from mini_crm.domain.credentials import (
    Derive,
    PasswordKind,
    check_new_password,
    derive_key,
    new_kdf,
    new_token,
    verifier_of,
)
from mini_crm.domain.model import Session
from mini_crm.store.port import DesktopStore


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session and what opens it; neither token nor key shows in logs.

    Attributes:
        session: Whose it is.
        token: Of the session.
        key: What was sent instead of the password; needed to change it.
    """

    session: Session
    token: bytes = field(repr=False)
    key: bytes = field(repr=False)


def sign_in(
    store: DesktopStore, lead_name: str, password: str, computer: str, *, derive: Derive = derive_key
) -> SignedIn:
    """Sign in. Slow on purpose: not for the window's thread.

    Args:
        store: The database.
        lead_name: As it is in the list of names; case does not matter.
        password: As typed.
        computer: Of the person, for the record.
        derive: Makes the key of a password.

    Raises:
        BadValue: There is no password.
        WrongPassword: They do not fit together.
        MustWait: Too many failures.
        Locked: Only the administrator can help.
        NotAllowed: The database asks for weak or absurd parameters; nothing was sent.
    """
    kind, kdf = store.get_salt(lead_name)
    key = derive(password, kind, kdf)
    token = new_token()
    return SignedIn(store.sign_in(lead_name, key, token, computer), token, key)


def change_password(
    store: DesktopStore,
    signed_in: SignedIn,
    new_password: str,
    kind: PasswordKind,
    computer: str,
    *,
    derive: Derive = derive_key,
) -> SignedIn:
    """Replace the own password, which ends every session, and sign in with the new one.

    Args:
        store: The database.
        signed_in: With the key of the present password.
        new_password: As typed, or a proposed code.
        kind: ``own`` or ``code``.
        computer: Of the person, for the record.
        derive: Makes the key of a password.

    Raises:
        BadValue: An own password breaks a rule; nothing was changed.
        WrongPassword: The present password does not fit.
        MustWait: Too many failures.
        SessionEnded: The session is over; nothing was changed.
    """
    if kind is PasswordKind.OWN:
        check_new_password(new_password)
    kdf = new_kdf()
    key = derive(new_password, kind, kdf)
    store.change_password(signed_in.token, signed_in.key, kind, kdf, verifier_of(key))
    token = new_token()
    name = signed_in.session.lead_name
    return SignedIn(store.sign_in(name, key, token, computer), token, key)
