"""Who may change which workout, and what of it somebody sees."""

from typing import Any
from uuid import UUID

from fitai.common.actors import Actor, require
from fitai.common.problems import NotFound
from workouts.core.guests import guest_records, guest_state
from workouts.models import Workout
from workouts.operations.store import Stored, load
from workouts.policies import can_edit
from workouts.querysets import OWN


def require_editable(actor: Actor, workout_id: UUID) -> None:
    """404 for a workout that the actor does not know of or that is deleted, 403 for one they may only look at."""
    workout = Workout.objects.visible_to(actor).filter(pk=workout_id).only("user_id").first()
    if workout is None:
        raise NotFound()
    require(can_edit, actor, workout)


def read_seen(actor: Actor, workout_id: UUID, *columns: str) -> tuple[tuple[Any, ...], bool] | None:
    """Columns of a workout that the actor sees, and whether they see all of it."""
    found = Workout.objects.seen_by(actor).filter(pk=workout_id).values_list(*columns, "whole").first()
    return None if found is None else (found[:-1], found[-1])


def load_seen(actor: Actor, workout_id: UUID) -> Stored | None:
    """The workout as the actor sees it; None where they know of none. Their own costs one statement."""
    found = load(f"w.id = %(id)s AND {OWN}", {"id": workout_id, "me": actor.user_id})
    if found:
        return found[0]
    seen = read_seen(actor, workout_id)
    found = [] if seen is None else load("w.id = %s AND w.deleted_at IS NULL", [workout_id])
    if seen is None or not found:
        return None
    _, whole = seen
    return found[0] if whole else as_guests_see(found[0])


def as_guests_see(stored: Stored) -> Stored:
    """A workout without what is hidden from guests."""
    records = guest_records(stored.records, stored.state, stored.facts)
    return Stored(
        stored.user_id, stored.change_seq, guest_state(stored.state), stored.facts, records=records, whole=False
    )
