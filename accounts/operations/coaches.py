"""Coaching: a client invites a coach and says what they may see; either ends it, at once.

Every verb holds both people first: of two verbs at once the later one sees what the earlier has done, and so does a
change of a role or an account, which holds the person too.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.enums import ConsentArea, InvitationAnswer, NotificationKind, Role, SecurityEventKind
from accounts.errors import AlreadyCoaching, AlreadyInvited
from accounts.models import Coaching, SecurityEvent, User
from accounts.operations.notifications import notify, settle
from accounts.policies import can_answer_invitation, can_end_any_coaching, can_set_areas
from accounts.querysets import CoachingQuerySet
from fitai.common.actors import Actor, Policy, require, require_verified
from fitai.common.events import announce_access_changed
from fitai.common.ids import uuid7
from fitai.common.problems import IdTaken, Invalid, NotFound, error, not_found_in_body
from fitai.common.throttling import charge

Check = Callable[[Coaching], None]
SAYS: Mapping[str, Policy] = {"areas": can_set_areas, "action": can_answer_invitation}
"""Whose each member of a change is."""
ENDED_BY_STAFF: Final = "ended_by_staff"


@transaction.atomic
def invite_coach(actor: Actor, *, coach_id: UUID, areas: Iterable[str], id: UUID | None = None) -> Coaching:
    """Let somebody who is a coach see these areas, once they accept.

    The same invitation again is the open one, as it stands now. 409 where other areas are asked for, or the chosen id
    is in use. New ones are limited, and tell the same coach once a day at most, however often one is taken back.
    """
    require_verified(actor)
    User.objects.filter(pk__in=[actor.user_id, coach_id]).hold()
    coach = User.objects.visible_to(actor).filter(pk=coach_id).first()
    if coach is None:
        raise not_found_in_body("/user_id", "person")
    if coach.role != Role.COACH:
        raise Invalid(errors=[error("/user_id", "not_a_coach", "This person is not a coach.")])
    if coach.pk == actor.user_id:
        raise Invalid(errors=[error("/user_id", "yourself", "Invite somebody else.")])
    asked = in_order(areas)
    known = None if id is None else Coaching.objects.filter(pk=id).first()
    if known is not None:
        if not _is_same(known, actor, coach_id, asked):
            raise IdTaken()
        return known
    present = Coaching.objects.open().filter(client=actor.user_id, coach=coach_id).first()
    if present is not None:
        if present.invited_areas != asked:
            raise AlreadyInvited(coaching_id=str(present.pk))
        return present
    charge("coach-invitation", str(actor.user_id))
    coaching = Coaching(id=id or uuid7(), client_id=actor.user_id, coach_id=coach_id, areas=asked, invited_areas=asked)
    try:
        with transaction.atomic():
            coaching.save(force_insert=True)
    except IntegrityError:
        raise IdTaken() from None  # somebody else's, made this instant
    _record(SecurityEventKind.CONSENT_GIVEN, actor, coaching, areas=asked)
    _tell(coaching, coach_id, "invited", key=f"coach-invitation:{actor.user_id}:{_today()}")
    return coaching


def in_order(areas: Iterable[str]) -> list[str]:
    """Areas in the order that every answer has them in."""
    named = set(areas)
    return [area.value for area in ConsentArea if area in named]


def _is_same(coaching: Coaching, actor: Actor, coach_id: UUID, areas: list[str]) -> bool:
    """Whether an open coaching came of the same invitation."""
    asked = (coaching.client_id, coaching.coach_id, coaching.invited_areas, coaching.ended_at)
    return asked == (actor.user_id, coach_id, areas, None)


def require_may_say(actor: Actor, coaching_id: UUID, members: Iterable[str]) -> None:
    """404 for a coaching that the actor is not shown, 403 where one of these members of a change is the other's."""
    coaching = Coaching.objects.visible_to(actor).filter(pk=coaching_id).first()
    if coaching is None:
        raise NotFound()
    for member in SAYS.keys() & set(members):
        require(SAYS[member], actor, coaching)


@transaction.atomic
def change_coaching(
    actor: Actor, coaching_id: UUID, *, values: Mapping[str, Any], check: Check | None = None
) -> Coaching:
    """The client says what may be seen (`areas`), the coach whether they accept (`action`).

    Accepting twice is accepting once; declining ends it, and is 409 after accepting. `check` may refuse the coaching as
    it stands.
    """
    coaching = _held(Coaching.objects.visible_to(actor), coaching_id)
    for member in values:
        require(SAYS[member], actor, coaching)
    if check is not None:
        check(coaching)
    if "areas" in values:
        _set_areas(actor, coaching, in_order(values["areas"]))
    if values.get("action") == InvitationAnswer.ACCEPT:
        _accept(coaching)
    elif values.get("action") == InvitationAnswer.DECLINE:
        if coaching.accepted_at is not None:
            raise AlreadyCoaching()
        _end(actor, coaching)
    return coaching


def _set_areas(actor: Actor, coaching: Coaching, areas: list[str]) -> None:
    if areas == coaching.areas:
        return
    before, coaching.areas = coaching.areas, areas
    coaching.save(update_fields=["areas"])
    _record(SecurityEventKind.CONSENT_CHANGED, actor, coaching, before=before, after=areas)
    announce_access_changed(coaching.coach_id)
    if coaching.accepted_at is not None:
        _tell(coaching, coaching.coach_id, "changed", key=f"coaching:{coaching.pk}:changed:{_today()}")


def _accept(coaching: Coaching) -> None:
    if coaching.accepted_at is None:
        coaching.accepted_at = timezone.now()
        coaching.save(update_fields=["accepted_at"])
        _settle(coaching)
        _tell(coaching, coaching.client_id, "accepted")


@transaction.atomic
def end_coaching(actor: Actor, coaching_id: UUID) -> None:
    """End it, from either side, whatever has become of the other. The coach sees nothing more, on open sockets too."""
    _end(actor, _held(Coaching.objects.of(actor), coaching_id))


@transaction.atomic
def end_any_coaching(actor: Actor, coaching_id: UUID) -> None:
    """The same by staff, which both are told."""
    coaching = _held(Coaching.objects.open(), coaching_id)
    require(can_end_any_coaching, actor, coaching)
    _end(actor, coaching, by_staff=True)


@transaction.atomic
def end_coachings_between(actor: Actor, other_id: UUID) -> None:
    """End what two people have with each other, one of whom blocks the other, who is not told."""
    User.objects.filter(pk__in=[actor.user_id, other_id]).hold()
    for coaching in Coaching.objects.of(actor).filter(Q(client=other_id) | Q(coach=other_id)):
        _end(actor, coaching, quietly=True)


def _end(actor: Actor, coaching: Coaching, *, quietly: bool = False, by_staff: bool = False) -> None:
    """End one whose people are held, and tell whoever did not do it. An invitation that is taken back was nothing."""
    coaching.ended_at = timezone.now()
    coaching.save(update_fields=["ended_at"])
    _record(SecurityEventKind.CONSENT_ENDED, actor, coaching)
    announce_access_changed(coaching.coach_id)
    if quietly:
        return
    if coaching.accepted_at is None:
        _settle(coaching)
    was_active = coaching.accepted_at is not None
    if actor.user_id != coaching.client_id:
        _tell(coaching, coaching.client_id, ENDED_BY_STAFF if by_staff else "ended" if was_active else "declined")
    if actor.user_id != coaching.coach_id and was_active:
        _tell(coaching, coaching.coach_id, ENDED_BY_STAFF if by_staff else "ended")


def _held(rows: CoachingQuerySet, coaching_id: UUID) -> Coaching:
    """The coaching, both of its people held for the rest of the transaction; 404 when it is not among these."""
    pair = rows.filter(pk=coaching_id).values_list("client_id", "coach_id").first()
    if pair is None:
        raise NotFound()
    User.objects.filter(pk__in=pair).hold()
    coaching = rows.filter(pk=coaching_id).first()
    if coaching is None:  # ended while we waited
        raise NotFound()
    return coaching


def _record(kind: SecurityEventKind, actor: Actor, coaching: Coaching, **detail: Any) -> None:
    """Whatever becomes of a consent is written down at the client."""
    SecurityEvent.record(
        kind,
        user_id=coaching.client_id,
        session_id=actor.session_id,
        by=str(actor.user_id),
        coach=str(coaching.coach_id),
        **detail,
    )


def _today() -> date:
    return timezone.now().date()


def _settle(coaching: Coaching) -> None:
    """The coach has answered the invitation, or need not."""
    told = {"what": "invited", "coaching_id": str(coaching.pk)}
    settle(coaching.coach_id, NotificationKind.COACH, actor_id=coaching.client_id, **told)


def _tell(coaching: Coaching, user_id: UUID, what: str, *, key: str = "") -> None:
    """Tell the client or the coach, once under this key, else once a coaching; `params.what` says what happened.

    It is the other who did it, but for staff, who are not named.
    """
    other = coaching.client_id if user_id == coaching.coach_id else coaching.coach_id
    notify(
        user_id,
        NotificationKind.COACH,
        dedupe_key=key or f"coaching:{coaching.pk}:{what}",
        actor_id=None if what == ENDED_BY_STAFF else other,
        params={"what": what, "coaching_id": str(coaching.pk)},
    )
