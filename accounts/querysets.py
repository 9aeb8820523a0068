"""Which people, devices and rows somebody may know of."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q
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
        """People whose `part` (profile, workouts, metrics or search) `actor` may read: their own, what is for everyone,
        what is for friends and theirs, and what they let their coach see."""
        audience = f"preferences__privacy_{part}"
        return self.visible_to(actor).filter(
            Q(pk=actor.user_id)
            | Q(**{audience: Audience.EVERYONE})
            | (Q(**{audience: Audience.FRIENDS}) & friends_of(actor.user_id))
            | coached_by(actor.user_id, part)
        )

    def coached_by(self, actor: Actor, area: str) -> "UserQuerySet":
        """People who let `actor`, their coach, see this area."""
        return self.visible_to(actor).filter(coached_by(actor.user_id, area))

    def listed_for(self, actor: Actor) -> "UserQuerySet":
        """People whom a search by `actor` may list."""
        return self.open_to(actor, "search")

    def heard_by(self, actor: Actor) -> "UserQuerySet":
        """People of whose doings `actor` is told: whom they see, and have not muted."""
        return self.visible_to(actor).exclude(mutes_received__user=actor.user_id)

    def hold(self) -> list[UUID]:
        """Lock these people for the rest of the transaction; their ids.

        Locks are taken in one order, so that nobody waits in a circle: people by their ids, then their addresses, then
        their devices by their ids. Rows that only refer to a person can still be made meanwhile.
        """
        return list(self.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


def friends_of(user_id: UUID) -> Exists:
    """The condition that a person of the outer query and this one are friends."""
    friendship = apps.get_model("accounts", "Friendship")
    one = Q(low=OuterRef("pk"), high=user_id) | Q(low=user_id, high=OuterRef("pk"))
    return Exists(friendship.objects.filter(one, accepted_at__isnull=False))


def coached_by(user_id: UUID, area: str) -> Exists:
    """The condition that a person of the outer query lets this one, their coach, see the area."""
    coaching = apps.get_model("accounts", "Coaching")
    return Exists(
        coaching.objects.filter(
            client=OuterRef("pk"), coach=user_id, areas__contains=[area], accepted_at__isnull=False, ended_at=None
        )
    )


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


class NotificationQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> "NotificationQuerySet":
        """What stands in one's own list: not what only people did who are not heard any more."""
        people = apps.get_model("accounts", "User").objects.heard_by(actor)
        is_among = Func(
            F("pk"),
            OuterRef("actor_ids"),
            template="(%(expressions)s))",
            arg_joiner=" = ANY(",
            output_field=BooleanField(),
        )
        heard = Q(actor_ids=[]) | Exists(people.filter(is_among))
        return self.filter(heard, user_id=actor.user_id, listed=True)

    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at=None)


class PushDeviceQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> "PushDeviceQuerySet":
        """One's own devices that take push messages."""
        return self.reachable().filter(user_id=actor.user_id)

    def reachable(self) -> "PushDeviceQuerySet":
        """Devices that are still logged in as they were when they subscribed."""
        live = Q(session__revoked_at=None, session__expires_at__gt=timezone.now())
        return self.filter(Q(session=None) | live)
