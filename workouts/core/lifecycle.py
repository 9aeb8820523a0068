"""From planned to done: the one table of what a workout's status may become, for live calls, batches and the fold."""

from __future__ import annotations

from typing import Final

PLANNED: Final = "planned"
IN_PROGRESS: Final = "in_progress"
PAUSED: Final = "paused"
COMPLETED: Final = "completed"
CANCELLED: Final = "cancelled"
ABANDONED: Final = "abandoned"

STATUSES: Final = (PLANNED, IN_PROGRESS, PAUSED, COMPLETED, CANCELLED, ABANDONED)
ENDED: Final = frozenset({COMPLETED, CANCELLED, ABANDONED})

TRANSITIONS: Final[dict[str, dict[str, str]]] = {
    "workout.start": {PLANNED: IN_PROGRESS},
    "workout.pause": {IN_PROGRESS: PAUSED},
    "workout.resume": {PAUSED: IN_PROGRESS},
    "workout.complete": {
        IN_PROGRESS: COMPLETED,
        PAUSED: COMPLETED,
        CANCELLED: COMPLETED,
        ABANDONED: COMPLETED,
    },
    "workout.cancel": {IN_PROGRESS: CANCELLED, PAUSED: CANCELLED, ABANDONED: CANCELLED},
    "workout.abandon": {IN_PROGRESS: ABANDONED, PAUSED: ABANDONED},
}
"""Operation type → status before → status after."""

_SERVER_ONLY: Final = frozenset({"workout.abandon"})


class Impossible(Exception):
    """A lifecycle operation that has no effect in this status; a live call answers 409 with both attributes."""

    def __init__(self, state: str, allowed: list[str]) -> None:
        super().__init__(f"Not possible while the workout is {state}.")
        self.state = state
        self.allowed = allowed


def is_possible(status: str, type: str) -> bool:
    """Whether an operation has its effect in this status; content operations always have."""
    moves = TRANSITIONS.get(type)
    return moves is None or status in moves


def allowed(status: str) -> list[str]:
    """The verbs a person may use in this status ("start", "pause", ...), in the order of the table."""
    return [
        type.removeprefix("workout.")
        for type, moves in TRANSITIONS.items()
        if status in moves and type not in _SERVER_ONLY
    ]


def require_possible(status: str, type: str) -> None:
    """Refuse, for a live call, what has no effect now: raises `Impossible`."""
    if not is_possible(status, type):
        raise Impossible(status, allowed(status))
