"""The WebSocket door: following a workout, and changing it."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from accounts.enums import ConsentArea
from accounts.models import Coaching
from fitai.common.actors import Actor
from fitai.common.live.channels import Followed, Pair, Snapshot
from fitai.common.live.described import Message
from fitai.common.live.socket import LiveSocket, receives
from fitai.common.live.threads import in_thread
from fitai.common.problems import Invalid, error
from workouts.api import live as described
from workouts.api import outputs
from workouts.api.batches import in_operation, read_batch, read_op, read_time
from workouts.models import Workout
from workouts.operations.apply import apply
from workouts.operations.cues import send_cue


class WorkoutChannel:
    """`workout:<id>`: the events of one workout."""

    told = described.TOLD

    def followed(self, actor: Actor, name: str) -> Followed | None:
        try:
            workout_id = UUID(name)
        except ValueError:
            return None
        if str(workout_id) != name:
            return None  # one spelling a workout: all who follow it hear the same frames
        owner_id = Workout.objects.visible_to(actor).filter(pk=workout_id).values_list("user_id", flat=True).first()
        return None if owner_id is None else Followed(f"workout:{workout_id}", owner_id, company=True)

    def allowed(self, pairs: Collection[Pair]) -> set[Pair]:
        coaches, clients = zip(*pairs, strict=True)
        granted = Coaching.objects.granting(ConsentArea.WORKOUTS).filter(coach__in=coaches, client__in=clients)
        return set(granted.values_list("coach_id", "client_id"))

    def snapshot(self, actor: Actor, stream: str) -> Snapshot | None:
        workout_id = UUID(stream.removeprefix("workout:"))
        if not Workout.objects.visible_to(actor).filter(pk=workout_id).exists():
            return None
        shape = outputs.load_shape(workout_id)
        return None if shape is None else Snapshot(shape["seq"], shape)


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
