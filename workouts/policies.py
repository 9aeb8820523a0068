"""What somebody may do to a workout."""

from accounts.enums import ConsentArea
from accounts.models import Coaching
from fitai.common.actors import Actor
from workouts.models import Workout


def can_edit(actor: Actor, workout: Workout) -> bool:
    """Its owner alone; a coach looks on."""
    return workout.user_id == actor.user_id


def can_cue(actor: Actor, workout: Workout) -> bool:
    """A coach whom its owner lets see workouts, and nobody else who looks on."""
    granted = Coaching.objects.granting(ConsentArea.WORKOUTS)
    return granted.filter(coach=actor.user_id, client=workout.user_id).exists()
