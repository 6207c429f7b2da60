"""Signing in and sessions."""

from __future__ import annotations

from mini_crm.domain.credentials import KdfParameters, PasswordKind
from mini_crm.domain.model import Session
from mini_crm.domain.rules import name_key
from mini_crm.store.mssql.call import Server
from mini_crm.store.rows import session_of


class Accounts:
    """The part of the store that knows who is who."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def list_lead_names(self) -> list[str]:
        """See ``DesktopStore``."""
        (rows,) = self.server.call("api.ListLeadNames")
        return [row["Name"] for row in rows]

    def get_salt(self, lead_name: str) -> tuple[PasswordKind, KdfParameters]:
        """See ``DesktopStore``."""
        ((row,),) = self.server.call("api.GetSalt", name_key=name_key(lead_name))
        kdf = KdfParameters(
            salt=row["Salt"],
            time_cost=row["TimeCost"],
            memory_kib=row["MemoryKib"],
            parallelism=row["Parallelism"],
        )
        return PasswordKind(row["Kind"]), kdf

    def sign_in(self, lead_name: str, key: bytes, token: bytes, computer: str) -> Session:
        """See ``DesktopStore``."""
        ((row,),) = self.server.call(
            "api.SignIn", name_key=name_key(lead_name), key=key, token=token, computer=computer
        )
        return session_of(row)

    def get_session(self, token: bytes) -> Session:
        """See ``DesktopStore``."""
        ((row,),) = self.server.call("api.GetSession", token=token)
        return session_of(row)

    def sign_out(self, token: bytes) -> None:
        """See ``DesktopStore``."""
        self.server.call("api.SignOut", token=token)

    def change_password(
        self, token: bytes, old_key: bytes, kind: PasswordKind, kdf: KdfParameters, verifier: bytes
    ) -> None:
        """See ``DesktopStore``."""
        self.server.call(
            "api.ChangePassword",
            repeatable=False,  # once it is done, the session in which it could be repeated has ended
            token=token,
            old_key=old_key,
            kind=kind,
            salt=kdf.salt,
            time_cost=kdf.time_cost,
            memory_kib=kdf.memory_kib,
            parallelism=kdf.parallelism,
            verifier=verifier,
        )
