"""The two tokens of a device, signed and verified by simplejwt."""

import time
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, Self
from uuid import UUID

from django.conf import settings
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import Token

from fitai.common.ids import derived

INVALID = (TokenError, ValueError, TypeError, OverflowError, AttributeError)  # what anything but a token can raise


class SessionToken(Token):
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

    @classmethod
    def read(cls, encoded: str) -> Self | None:
        """The token, or None for anything that is not a valid one of this kind."""
        try:
            return cls(encoded)  # type: ignore[arg-type]
        except INVALID:
            return None

    def verify(self) -> None:
        super().verify()
        try:
            self.user_id, self.session_id = UUID(self.payload["sub"]), UUID(self.payload["sid"])
            self.jti = UUID(self.payload["jti"])
        except KeyError as missing:
            raise TokenError(f"Token has no {missing}") from None


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
