"""Who acts: made once at the door, handed to every operation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from fitai.common.problems import EmailUnverified, Forbidden

Via = Literal["http", "socket", "job", "admin", "key"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, and the door and device they came through.

    `session_id` names the device of a token (None for keys, jobs and the admin), `roles` is a subset of
    {"coach", "moderator", "admin"}, `scopes` limits an API key (None: not limited). A key carries no role.
    """

    user_id: UUID
    via: Via = "http"
    session_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    email_verified: bool = False
    weight_unit: str = "kg"
    scopes: frozenset[str] | None = None

    is_authenticated = True  # what DRF asks of `request.user`

    @property
    def device_id(self) -> str:
        """The device of a REST call is its session."""
        return str(self.session_id or self.via)

    @property
    def is_moderator(self) -> bool:
        return not self.roles.isdisjoint({"moderator", "admin"})


Policy = Callable[[Actor, Any], bool]


def require(policy: Policy, actor: Actor, subject: Any) -> None:
    """Refuse with 403 what `policy` does not allow."""
    if not policy(actor, subject):
        raise Forbidden()


def require_verified(actor: Actor) -> None:
    """Refuse what is open only to people whose e-mail address is verified."""
    if not actor.email_verified:
        raise EmailUnverified()
