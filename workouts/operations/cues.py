"""What a coach calls out to a client who trains."""

from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from fitai.common.actors import Actor, require
from fitai.common.clock import next_change_seq
from fitai.common.events import announce, wire
from fitai.common.ids import uuid7
from fitai.common.models import Event
from fitai.common.problems import Invalid, NotFound, error
from fitai.common.throttling import charge
from fitai.values.fields import Fault, text
from workouts.core.fields import MAX_CUE
from workouts.models import Workout
from workouts.operations.requests import Request, digest_of
from workouts.policies import can_cue

_text: Final = text(MAX_CUE)


@transaction.atomic
def send_cue(actor: Actor, workout_id: UUID, *, text: Any) -> Event:
    """Put a coach's words into the stream of a client's workout. They change nothing but its number.

    404 where the actor sees no such workout, 403 where they are not its owner's coach, 422 for what is no text, 429 for
    too many. Both people are held, as by whatever ends a consent: nothing said after its end is heard.
    """
    visible = Workout.objects.visible_to(actor).filter(pk=workout_id)
    owner_id = visible.values_list("user_id", flat=True).first()
    User.objects.filter(pk__in=[actor.user_id, owner_id]).hold()
    workout = visible.only("user_id").first()
    if workout is None:
        raise NotFound()
    require(can_cue, actor, workout)
    said = _said(text)
    charge("cue", str(actor.user_id))
    change_seq = next_change_seq(workout.user_id)  # from here on nobody else changes a workout of theirs
    seq = Workout.objects.present().filter(pk=workout_id).values_list("seq", flat=True).first()
    if seq is None:  # deleted while we waited
        raise NotFound()
    Workout.objects.filter(pk=workout_id).update(seq=seq + 1, change_seq=change_seq)
    cue = Request(str(uuid7()), "cue", {"text": said}, actor.device_id)
    event = Event.objects.create(
        stream=f"workout:{workout_id}",
        seq=seq + 1,
        type=cue.type,
        at=timezone.now(),
        device_id=cue.device_id,
        actor_id=actor.user_id,
        user_id=workout.user_id,
        op_id=cue.op_id,
        payload=cue.payload,
        digest=digest_of(cue),
    )
    announce(event.stream, event.seq, wire(event))
    return event


def _said(given: Any) -> str:
    """A cue's text, or 422."""
    try:
        said: str = _text(given)
    except Fault as fault:
        raise Invalid(errors=[error("/text", fault.code, fault.detail)]) from None
    if not said.strip():
        raise Invalid(errors=[error("/text", "blank", "Say something.")])
    return said
