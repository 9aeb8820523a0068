"""What happened in training, for other apps to follow."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class WorkoutShared:
    """Somebody shows a workout to others, or shows it differently. `id` names this occasion."""

    id: UUID
    workout_id: UUID
    user_id: UUID
    audience: str


@dataclass(frozen=True, slots=True)
class WorkoutUnshared:
    """They took that back."""

    id: UUID
    workout_id: UUID
    user_id: UUID
