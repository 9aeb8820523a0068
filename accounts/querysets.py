"""Which people, devices and rows somebody may know of."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, UUIDField, Value
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from accounts.enums import Audience, ConsentArea, Role
from fitai.common.actors import Actor
from fitai.common.problems import NotFound

if TYPE_CHECKING:
    from accounts.models import ApiKey, Session


# `visible_to`, `open_to` and `friends_of` over the table `u` for the person `me`, for reads that the ORM cannot say.
VISIBLE = """u.is_active AND u.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM accounts_block b WHERE b.blocker_id = u.id AND b.blocked_id = %(me)s)
  AND NOT EXISTS (SELECT FROM accounts_block b WHERE b.blocker_id = %(me)s AND b.blocked_id = u.id)"""
UNMUTED = "NOT EXISTS (SELECT FROM accounts_mute m WHERE m.user_id = %(me)s AND m.muted_id = u.id)"
BEFRIENDED = """EXISTS (SELECT FROM accounts_friendship f WHERE f.low_id = LEAST(u.id, %(me)s::uuid)
    AND f.high_id = GREATEST(u.id, %(me)s::uuid) AND f.accepted_at IS NOT NULL)"""


def open_part(part: str) -> str:
    """The condition that `me`, who coaches nobody here, may read this part of a person."""
    audience = f"SELECT privacy_{part} FROM accounts_preferences s WHERE s.user_id = u.id"  # noqa: S608  fixed pieces
    return f"(CASE ({audience}) WHEN 'everyone' THEN true WHEN 'friends' THEN {BEFRIENDED} ELSE false END)"


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

    def for_log_in(self) -> "UserQuerySet":
        """With what `enter` asks of whom it lets in: `email_verified`, and whether a second factor is on."""
        addresses, factors = apps.get_model("account", "EmailAddress"), apps.get_model("mfa", "Authenticator")
        return self.annotate(
            email_verified=Exists(addresses.objects.filter(user_id=OuterRef("pk"), verified=True)),
            has_factor=Exists(factors.objects.filter(user_id=OuterRef("pk"), type="totp")),
        )

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
    pair = OuterRef("pk"), Value(user_id, UUIDField())
    return Exists(friendship.objects.filter(low=Least(*pair), high=Greatest(*pair), accepted_at__isnull=False))


def coached_by(user_id: UUID, area: str) -> Exists:
    """The condition that a person of the outer query lets this one, their coach, see the area."""
    coaching = apps.get_model("accounts", "Coaching")
    return Exists(coaching.objects.granting(area).filter(client=OuterRef("pk"), coach=user_id))


def own_or_coached(actor: Actor, area: ConsentArea) -> Q:
    """The condition on a row with a `user` that it is the actor's own, or of a client who lets them see this area.

    Whether somebody is a coach is taken from the actor first, so that everybody else's reads stay as cheap as they are.
    """
    own = Q(user=actor.user_id)
    if Role.COACH not in actor.roles:
        return own
    return own | Q(user__in=apps.get_model("accounts", "User").objects.coached_by(actor, area))


class CoachingQuerySet(models.QuerySet[Any]):
    def open(self) -> "CoachingQuerySet":
        """Invitations, and coachings that nobody has ended."""
        return self.filter(ended_at=None)

    def of(self, actor: Actor) -> "CoachingQuerySet":
        """Open ones that the actor has a part in, whatever has become of the other."""
        return self.open().filter(Q(client=actor.user_id) | Q(coach=actor.user_id))

    def as_client(self, actor: Actor) -> "CoachingQuerySet":
        """The actor's coaches, and those they invited."""
        people = apps.get_model("accounts", "User").objects.visible_to(actor)
        return self.open().filter(client=actor.user_id, coach__in=people)

    def as_coach(self, actor: Actor) -> "CoachingQuerySet":
        """The actor's clients, and those who invited them, while they are a coach."""
        people = apps.get_model("accounts", "User").objects.visible_to(actor)
        return self.open().filter(coach=actor.user_id, coach__role=Role.COACH, client__in=people)

    def visible_to(self, actor: Actor) -> "CoachingQuerySet":
        """Those that the actor is shown, as client or as coach."""
        return self.as_client(actor) | self.as_coach(actor)

    def granting(self, area: str) -> "CoachingQuerySet":
        """Those by which a coach sees this area of a client now: accepted and not ended, the coach still a coach, both
        accounts open, no block between them."""
        block = apps.get_model("accounts", "Block").objects
        blocked = block.filter(
            Q(blocker=OuterRef("client"), blocked=OuterRef("coach"))
            | Q(blocker=OuterRef("coach"), blocked=OuterRef("client"))
        )
        return self.open().filter(
            ~Exists(blocked),
            accepted_at__isnull=False,
            areas__contains=[area],
            coach__role=Role.COACH,
            coach__is_active=True,
            coach__deleted_at=None,
            client__is_active=True,
            client__deleted_at=None,
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


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def kept(self) -> "ApiKeyQuerySet":
        """Keys that were not revoked; some may have expired."""
        return self.filter(revoked_at=None)

    def live(self) -> "ApiKeyQuerySet":
        """Keys that work now, as long as their owner may come in."""
        return self.kept().filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))

    def visible_to(self, actor: Actor) -> "ApiKeyQuerySet":
        """One's own keys."""
        return self.kept().filter(user_id=actor.user_id)

    def lock(self, key_id: UUID) -> "ApiKey":
        """The key, locked for the rest of the transaction; 404 when it is not among these."""
        found: Any = self.select_for_update(of=("self",)).filter(pk=key_id).first()
        if found is None:
            raise NotFound()
        return found


class MetricQuerySet(models.QuerySet[Any]):
    def own(self, actor: Actor) -> "MetricQuerySet":
        """One's own measurements that are not deleted."""
        return self.filter(user_id=actor.user_id, deleted_at=None)

    def visible_to(self, actor: Actor) -> "MetricQuerySet":
        """The same, and those of people who let the actor read them: by their `metrics` privacy, or as their coach."""
        people = apps.get_model("accounts", "User").objects.open_to(actor, "metrics")
        return self.filter(Q(user_id=actor.user_id) | Q(user__in=people), deleted_at=None)


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
