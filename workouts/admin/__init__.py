"""The admin of workouts: read like a coach, written by operations alone."""

from workouts.admin.groups import GroupAdmin
from workouts.admin.workouts import WorkoutAdmin

__all__ = ["GroupAdmin", "WorkoutAdmin"]
