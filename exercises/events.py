"""What happened in the exercise library, for other apps to follow."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ExerciseMerged:
    """An exercise turned out to be another one, which stands for it from now on. `id` names this merge."""

    id: UUID
    duplicate_id: UUID
    into_id: UUID
