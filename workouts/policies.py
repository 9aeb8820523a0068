"""What somebody may do to a workout."""

from fitai.common.actors import Actor
from workouts.models import Workout


def can_edit(actor: Actor, workout: Workout) -> bool:
    """Its owner alone; a coach looks on."""
    return workout.user_id == actor.user_id
