"""The two tokens of a device, and the one of a log-in that waits for its second factor, signed and verified by
simplejwt. Each says its kind, and none is taken for another."""

import time
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, Self
from uuid import UUID, uuid4

from django.conf import settings
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import Token

from fitai.common.ids import derived

INVALID = (TokenError, ValueError, TypeError, OverflowError, AttributeError)  # what anything but a token can raise


class ReadToken(Token):
    """A token that is read, or is none."""

    @classmethod
    def read(cls, encoded: str) -> Self | None:
        """The token, or None for anything that is not a valid one of this kind."""
        try:
            return cls(encoded)  # type: ignore[arg-type]
        except INVALID:
            return None

    def claim(self, name: str) -> Any:
        """What the token says; one that does not say it is none."""
        if name not in self.payload:
            raise TokenError(f"Token has no {name}")
        return self.payload[name]


class SessionToken(ReadToken):
    """A token that names its person (`sub`), its device (`sid`) and itself (`jti`)."""

    @classmethod
    def of(cls, user_id: UUID, session_id: UUID, jti: UUID, issued_at: datetime, ends_at: datetime) -> Self:
        """The same arguments sign the same token, to the byte."""
        token = cls()
        issued = int(issued_at.timestamp())
        expires = min(issued_at + cls.lifetime, ends_at)  # type: ignore[operator]
        token.payload.update(
            sub=str(user_id), sid=str(session_id), jti=str(jti), iat=issued, nbf=issued, exp=int(expires.timestamp())
        )
        return token

    def verify(self) -> None:
        super().verify()
        self.user_id, self.session_id = UUID(self.claim("sub")), UUID(self.claim("sid"))
        self.jti = UUID(self.claim("jti"))


class AccessToken(SessionToken):
    """What every request carries. Not to be changed: who reads the same one again gets the same object."""

    token_type = "access"  # noqa: S105  a kind, not a secret
    lifetime: timedelta = settings.ACCESS_TOKEN_LIFETIME

    @classmethod
    def read(cls, encoded: str) -> Self | None:
        try:
            token = cls._verified(encoded)
        except INVALID:
            return None
        return token if token.valid_from <= time.time() < token.valid_until else None

    @classmethod
    @lru_cache(maxsize=4096)  # some 10 MB; only tokens of ours get in, so nobody can push them out with others
    def _verified(cls, encoded: str) -> Self:
        """The token behind a signature. The same bytes have the same signature and claims for ever, only the time that
        they hold for passes: so simplejwt verifies once, and each use looks at the clock."""
        return cls(encoded)  # type: ignore[arg-type]

    def verify(self) -> None:
        super().verify()
        self.valid_from = max(int(self.payload.get("nbf", 0)), int(self.payload.get("iat", 0)))
        self.valid_until = int(self.payload["exp"])


class RefreshToken(SessionToken):
    token_type = "refresh"  # noqa: S105  a kind, not a secret
    lifetime: timedelta = settings.REFRESH_TOKEN_LIFETIME


class FactorToken(ReadToken):
    """What a log-in that needs a second factor is given: it says that the first one was right.

    `agt` and `stp` bind it to the program that logged in and to the password as it was, `dev` is the name of the
    device, `rst` whether its person takes back the deletion of the account.
    """

    token_type = "mfa"  # noqa: S105  a kind, not a secret
    lifetime = timedelta(minutes=5)

    @classmethod
    def of(cls, user_id: UUID, *, agent: str, stamp: str, device_name: str, restore: bool) -> Self:
        token = cls()
        token.payload.update(sub=str(user_id), jti=str(uuid4()), agt=agent, stp=stamp, dev=device_name, rst=restore)
        return token

    def verify(self) -> None:
        super().verify()
        self.user_id, self.jti = UUID(self.claim("sub")), UUID(self.claim("jti"))
        self.agent, self.stamp = str(self.claim("agt")), str(self.claim("stp"))
        self.device_name, self.restore = str(self.claim("dev")), self.claim("rst") is True


class Pair(NamedTuple):
    """What a device holds, encoded."""

    access: str
    refresh: str


def make_pair(user_id: UUID, session_id: UUID, refresh_jti: UUID, issued_at: datetime, ends_at: datetime) -> Pair:
    """The pair of a refresh; asked again with the same arguments, the same pair."""
    access_jti = derived(refresh_jti, "access")
    return Pair(
        access=str(AccessToken.of(user_id, session_id, access_jti, issued_at, ends_at)),
        refresh=str(RefreshToken.of(user_id, session_id, refresh_jti, issued_at, ends_at)),
    )
