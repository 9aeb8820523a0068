"""Who may change which workout."""

from uuid import UUID

from fitai.common.actors import Actor, require
from fitai.common.problems import NotFound
from workouts.models import Workout
from workouts.policies import can_edit


def require_editable(actor: Actor, workout_id: UUID) -> None:
    """404 for a workout that the actor does not know of or that is deleted, 403 for one they may only look at."""
    workout = Workout.objects.visible_to(actor).filter(pk=workout_id).only("user_id").first()
    if workout is None:
        raise NotFound()
    require(can_edit, actor, workout)
