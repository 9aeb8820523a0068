"""The WebSocket door: following workouts and groups, and changing a workout."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.enums import ConsentArea
from accounts.models import Coaching
from fitai.common.actors import Actor
from fitai.common.live.channels import Followed, Snapshot, Visit
from fitai.common.live.described import Message
from fitai.common.live.socket import LiveSocket, receives
from fitai.common.live.threads import in_thread
from fitai.common.problems import Invalid, NotFound, error
from workouts import querysets
from workouts.api import live as described
from workouts.api import outputs
from workouts.api.batches import in_operation, read_batch, read_op, read_time
from workouts.api.group_shapes import event_shapes, read_group
from workouts.core.guests import guest_event
from workouts.models import GroupMember
from workouts.operations.access import load_seen, read_seen
from workouts.operations.apply import apply
from workouts.operations.cues import send_cue
from workouts.rows.groups import with_sight

Json = dict[str, Any]


WHOLE, GUEST = "whole", "guest"
# Of visits as (follower, owner, workout), those of guests who may.
GUESTS = f"""
SELECT v.follower, v.owner, v.workout FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[]) v(follower, owner, workout)
JOIN workouts_workout w ON w.id = v.workout AND w.user_id = v.owner AND w.deleted_at IS NULL
JOIN accounts_user u ON u.id = w.user_id
WHERE {querysets.GUEST % {"me": "v.follower"}}
"""  # noqa: S608  fixed pieces


class WorkoutChannel:
    """`workout:<id>`: the events of one workout, to guests without what is hidden from them."""

    told = described.TOLD

    def followed(self, actor: Actor, name: str) -> Followed | None:
        workout_id = _canonical(name)
        seen = None if workout_id is None else read_seen(actor, workout_id, "user_id")
        if seen is None:
            return None
        (owner_id,), whole = seen
        return Followed(f"workout:{name}", owner_id, WHOLE if whole else GUEST, company=whole)

    def allowed(self, visits: Collection[Visit]) -> set[Visit]:
        followers, owners, streams = zip(*visits, strict=True)
        granted = Coaching.objects.granting(ConsentArea.WORKOUTS).filter(coach__in=followers, client__in=owners)
        coached = set(granted.values_list("coach_id", "client_id"))
        with connection.cursor() as cursor:
            workouts = [stream.removeprefix("workout:") for stream in streams]
            cursor.execute(GUESTS, [list(followers), list(owners), workouts])
            guests = {(follower, owner, f"workout:{workout}") for follower, owner, workout in cursor.fetchall()}
        return guests | {visit for visit in visits if visit[:2] in coached}

    def shown(self, actor: Actor, followed: Followed, events: list[Json]) -> list[Json]:
        return events if followed.view == WHOLE else [guest_event(event) for event in events]

    def snapshot(self, actor: Actor, stream: str) -> Snapshot | None:
        stored = load_seen(actor, UUID(stream.removeprefix("workout:")))
        if stored is None:
            return None
        shape = outputs.stored_shapes([stored])[0]
        return Snapshot(shape["seq"], shape, WHOLE if stored.whole else GUEST)


class GroupChannel:
    """`group:<id>`: who comes and goes, for those who have joined, and along with it each member's workout."""

    told = described.GROUP_TOLD

    def followed(self, actor: Actor, name: str) -> Followed | None:
        group_id = _canonical(name)
        people = [] if group_id is None else list(with_sight(actor, group_id))
        if group_id is None or not any(user_id == actor.user_id and joined_at for user_id, joined_at, *_ in people):
            return None
        parts = {
            f"workout:{workout_id}"
            for *_, workout_id, deleted_at, seen in people
            if seen and workout_id is not None and deleted_at is None
        }
        # The group stands where an owner does: nobody follows a stream of their own here.
        everybody = frozenset(user_id for user_id, *_ in people)
        known = frozenset(user_id for user_id, joined_at, *_, seen in people if seen and joined_at)
        return Followed(
            f"group:{name}", group_id, _unseen(people), everybody, frozenset(parts), company=True, company_of=known
        )

    def allowed(self, visits: Collection[Visit]) -> set[Visit]:
        followers, groups, _ = zip(*visits, strict=True)
        joined = GroupMember.objects.joined().filter(user__in=followers, group__in=groups)
        return {(user, group, f"group:{group}") for user, group in joined.values_list("user_id", "group_id")}

    def shown(self, actor: Actor, followed: Followed, events: list[Json]) -> list[Json]:
        return event_shapes(actor, events)

    def snapshot(self, actor: Actor, stream: str) -> Snapshot | None:
        group_id = UUID(stream.removeprefix("group:"))
        view = _unseen(with_sight(actor, group_id))  # before what is shown: whoever is hidden by then is not in it
        try:
            shape = read_group(actor, group_id)
        except NotFound:
            return None
        return Snapshot(shape["seq"], shape, view)


def _unseen(people: Iterable[tuple[Any, ...]]) -> frozenset[UUID]:
    """Whom of a group somebody does not see: what they are shown of it hangs on that."""
    return frozenset(user_id for user_id, *_, seen in people if not seen)


def _canonical(name: str) -> UUID | None:
    """The id that a channel names, in the one spelling it has: all who follow it hear the same frames."""
    try:
        id = UUID(name)
    except ValueError:
        return None
    return id if str(id) == name else None


@receives(described.OP, described.ACK)
async def receive_op(socket: LiveSocket, message: Message) -> None:
    errors: list[dict[str, str]] = []
    workout_id = _workout_id(message)
    sent_at = read_time(message.get("sent_at"), "/sent_at", errors)
    request = read_op(message.get("op"), "/op", errors, workout_id)
    if errors or request is None:
        raise Invalid(errors=errors)
    try:
        applied = await in_thread(apply)(await socket.actor_now(), workout_id, [request], live=True, sent_at=sent_at)
    except Invalid as invalid:
        raise Invalid(errors=in_operation(invalid, "/op")) from None
    result = applied.results[0]
    socket.say(described.ACK(op_id=result.op_id, status=result.status, seq=result.seq))


@receives(described.OPS, described.RESULTS)
async def receive_ops(socket: LiveSocket, message: Message) -> None:
    workout_id = _workout_id(message)
    sent_at, requests = read_batch({"sent_at": message.get("sent_at"), "ops": message.get("ops")}, workout_id)
    applied = await in_thread(apply)(await socket.actor_now(), workout_id, requests, live=False, sent_at=sent_at)
    socket.say(described.RESULTS(**outputs.batch(applied)))


@receives(described.CUE, described.ACK)
async def receive_cue(socket: LiveSocket, message: Message) -> None:
    workout_id = _workout_id(message)
    event = await in_thread(send_cue)(await socket.actor_now(), workout_id, text=message.get("text"))
    socket.say(described.ACK(op_id=event.op_id, status=event.status, seq=event.seq))


def _workout_id(message: Message) -> UUID:
    value: Any = message.get("workout_id")
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise Invalid(errors=[error("/workout_id", "invalid", "Send the id of the workout.")]) from None
