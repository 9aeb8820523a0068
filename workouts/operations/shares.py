"""Showing one's workouts to others."""

from uuid import UUID

from django.db import transaction

from fitai.common.actors import Actor, require, require_verified
from fitai.common.clock import next_change_seq
from fitai.common.events import announce_access_changed, publish_to_user
from fitai.common.ids import uuid7
from fitai.common.problems import NotFound
from fitai.common.reactions import publish
from workouts.events import WorkoutShared, WorkoutUnshared
from workouts.models import Share, Workout
from workouts.policies import can_edit


@transaction.atomic
def share_workout(actor: Actor, workout_id: UUID, *, audience: str, note: str = "") -> Share:
    """Show a workout to an audience, or to another one, or with another note. The same again changes nothing."""
    workout = _lock(actor, workout_id)
    require_verified(actor)
    share = Share.objects.filter(workout=workout).first()
    if share is not None and (share.audience, share.note) == (audience, note):
        return share
    if share is None:
        share = Share(workout=workout, user_id=actor.user_id)
    share.audience, share.note = audience, note
    share.save()
    told = {"workout_id": str(workout_id), "audience": audience, "note": note, "shared_at": share.shared_at.isoformat()}
    publish_to_user(actor.user_id, "workout_shared", told, actor_id=actor.user_id)
    announce_access_changed(actor.user_id)
    publish(WorkoutShared(uuid7(), workout_id, actor.user_id, audience))
    return share


def read_share(actor: Actor, workout_id: UUID) -> Share:
    """How one's own workout is shared; 404 while it is not."""
    share: Share | None = Share.objects.filter(workout=workout_id, user=actor.user_id).first()
    if share is None:
        raise NotFound()
    return share


@transaction.atomic
def unshare_workout(actor: Actor, workout_id: UUID) -> None:
    """Take it back, at once. What is not shared is no error."""
    workout = _lock(actor, workout_id)
    if Share.objects.filter(workout=workout).delete()[0]:
        told = {"workout_id": str(workout_id), "audience": None, "note": "", "shared_at": None}
        publish_to_user(actor.user_id, "workout_shared", told, actor_id=actor.user_id)
        announce_access_changed(actor.user_id)
        publish(WorkoutUnshared(uuid7(), workout_id, actor.user_id))


def _lock(actor: Actor, workout_id: UUID) -> Workout:
    """The workout, locked after its owner's clock; 404 for what the actor does not see, 403 for what is not theirs."""
    next_change_seq(actor.user_id)
    workout: Workout | None = (
        Workout.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=workout_id).first()
    )
    if workout is None:
        raise NotFound()
    require(can_edit, actor, workout)
    return workout
