"""What became of operations, and what a caller has to say about them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from fitai.common.problems import Problem
from workouts.core.operations import Event
from workouts.core.records import Record
from workouts.core.state import WorkoutState
from workouts.operations.store import Exercise, KnownOp, Stored

REPEATABLE = timedelta(hours=24)
"""How long a repeat gets the first answer, byte for byte."""


@dataclass(slots=True)
class Result:
    """What became of one operation."""

    op_id: str
    status: str
    seq: int | None = None
    problem: Problem | None = None
    event: Event | None = None
    known: KnownOp | None = None


@dataclass(slots=True)
class Applied:
    """A workout after a list of operations."""

    user_id: UUID
    state: WorkoutState
    facts: dict[str, Exercise]
    change_seq: int
    results: list[Result]
    refreshed: set[str] = field(default_factory=set)
    """The exercises whose records were worked out again."""
    records: dict[str, list[Record]] = field(default_factory=dict)
    """By set, those standing in this workout of the exercises refreshed."""
    withdrawn: list[Record] = field(default_factory=list)
    answered: tuple[int, Any] | None = None
    """What `answer` made, where something was accepted."""

    @property
    def replayed(self) -> KnownOp | None:
        """The first operation's earlier acceptance, when it is a repeat."""
        return self.results[0].known if self.results and self.results[0].status == "duplicate" else None


Answer = Callable[[Applied], tuple[int, Any]]
"""Status and body that the first operation's caller gets, to be stored with it."""

Check = Callable[[Stored], None]
"""May refuse, under the locks, what does not fit the workout as it stands."""
