"""A server small enough to read: the core, a list of events, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.workouts.strategies import EXERCISE_IDS, SERVER, START, WORKOUT_ID, Batch
from workouts.core.clock import received_at
from workouts.core.decide import Rejected, decide
from workouts.core.evolve import evolve, is_naive, replay
from workouts.core.fields import instant
from workouts.core.operations import SCHEMAS, Event, Invalid, Op, parse_payload
from workouts.core.shape import ExerciseFacts, workout_shape
from workouts.core.state import SetState, WorkoutState

BENCH, PULL_UP, ROW = EXERCISE_IDS
FACTS = {
    BENCH: ExerciseFacts("weight_reps", Decimal(0)),
    PULL_UP: ExerciseFacts("reps", Decimal("0.95")),
    ROW: ExerciseFacts("distance_time", Decimal(0)),
}


def moment(seconds: float) -> datetime:
    """So many seconds after the story begins."""
    return START + timedelta(seconds=seconds)


@dataclass(slots=True)
class Push:
    """What goes out to those who watch: the event, and whether it alone tells them everything."""

    event: Event
    naive: bool
    shape: dict[str, Any]


@dataclass(slots=True)
class Ledger:
    """Takes operations as a server does: each once, late ones in their place."""

    state: WorkoutState | None = None
    events: list[Event] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    pushes: list[Push] = field(default_factory=list)
    clock: float = 0

    def receive(self, batches: Iterable[Batch]) -> None:
        for batch in batches:
            for raw in batch.ops:
                try:
                    payload = said(raw, batch.device_id)
                except Invalid:
                    self.answers[raw["op_id"]] = "rejected"
                    continue
                at = received_at(instant(raw["at"]), batch.sent_at, batch.now)
                self.accept(Op(raw["op_id"], raw["type"], at, batch.device_id, payload), batch.now)

    def accept(self, op: Op, now: datetime) -> str:
        if op.op_id in self.answers:
            return "duplicate"
        try:
            return self._take(op, now)
        except Rejected:
            self.answers[op.op_id] = "rejected"
            return "rejected"

    def do(
        self,
        type: str,
        raw: dict[str, Any] | None = None,
        *,
        at: float | None = None,
        device: str = "phone",
        op_id: str | None = None,
        **options: Any,
    ) -> str:
        """One operation as a test tells it, ten seconds after the last where it does not say; raises what is raised."""
        self.clock = self.clock + 10 if at is None else max(self.clock, at)
        payload = parse_payload(type, raw or {}) if type in SCHEMAS else (raw or {})
        when = moment(self.clock if at is None else at)
        op = Op(op_id or f"op-{len(self.answers):03d}", type, when, device, payload)
        return self._take(op, moment(self.clock), **options)

    def _take(self, op: Op, now: datetime, **options: Any) -> str:
        late = self.state is not None and self.state.is_late(op.stamp)
        before = replay(self.events, until=op.stamp) if late else None
        decision = decide(self.state, op, now=now, before=before, **options)
        payload = decision.events[0].payload
        event = Event(op.op_id, op.type, op.at, op.device_id, payload, len(self.events) + 1, "athlete")
        self.events.append(event)
        previous = None if self.state is None else self.state.copy()
        self.state = replay(self.events) if late else evolve(self.state, event, in_place=True)
        self.pushes.append(Push(event, is_naive(previous, [event], self.state), self.shape))
        self.answers[op.op_id] = decision.status
        return decision.status

    @property
    def workout(self) -> WorkoutState:
        assert self.state is not None
        return self.state

    @property
    def shape(self) -> dict[str, Any]:
        return workout_shape(self.workout, FACTS)

    @property
    def shown(self) -> list[SetState]:
        """The sets a person sees, from top to bottom."""
        return list(self.workout.in_order())

    def set(self, id: str) -> SetState:
        return self.workout.sets[id]


def said(raw: dict[str, Any], device_id: str) -> dict[str, Any]:
    """The payload of an operation: a device's is checked, the server's own is not. Raises `Invalid`."""
    payload: dict[str, Any] = raw["payload"]
    return payload if device_id == SERVER else parse_payload(raw["type"], payload)


def workout(**fields: Any) -> Ledger:
    """A workout just made, with one entry of each exercise for sets to be logged in."""
    ledger = Ledger()
    tree = [{"id": entry(n), "exercise_id": id} for n, id in enumerate(EXERCISE_IDS)]
    ledger.do("workout.create", {"id": WORKOUT_ID, "exercises": tree, **fields})
    return ledger


def entry(number: int) -> str:
    return f"01890000-0000-7000-8000-00000000b{number:03d}"


def set_id(number: int) -> str:
    return f"01890000-0000-7000-8000-00000000c{number:03d}"
