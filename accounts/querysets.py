"""Which people, devices and rows somebody may know of."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import Audience
from fitai.common.actors import Actor
from fitai.common.problems import NotFound

if TYPE_CHECKING:
    from accounts.models import Session


class UserQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> "UserQuerySet":
        """People whose card `actor` may see: who is active and not on one side of a block with them, and oneself."""
        present = self.filter(Q(is_active=True, deleted_at=None) | Q(pk=actor.user_id))
        return present.exclude(blocks_made__blocked=actor.user_id).exclude(blocks_received__blocker=actor.user_id)

    def open_to(self, actor: Actor, part: str = "profile") -> "UserQuerySet":
        """People whose `part` (profile, workouts or metrics) `actor` may read."""
        return self.visible_to(actor).filter(
            Q(pk=actor.user_id) | Q(**{f"preferences__privacy_{part}": Audience.EVERYONE})
        )

    def listed_for(self, actor: Actor) -> "UserQuerySet":
        """People whom a search by `actor` may list."""
        return self.open_to(actor, "search")

    def hold(self) -> list[UUID]:
        """Lock these people for the rest of the transaction; their ids.

        Locks are taken in one order, so that nobody waits in a circle: people by their ids, then their addresses, then
        their devices by their ids. Rows that only refer to a person can still be made meanwhile.
        """
        return list(self.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self) -> "SessionQuerySet":
        """Devices that are logged in now."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())

    def visible_to(self, actor: Actor) -> "SessionQuerySet":
        """One's own devices that are logged in."""
        return self.live().filter(user_id=actor.user_id)

    def lock(self, session_id: UUID) -> "Session":
        """The device, locked for the rest of the transaction; 404 when it is not among these."""
        found: Any = self.select_for_update(of=("self",)).filter(pk=session_id).first()
        if found is None:
            raise NotFound()
        return found
