"""A workout's page: its numbers, its volume, its exercises with their sets in order, and a page of its events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Session
from exercises.models import Exercise
from fitai.common.models import Event
from fitai.science.units import plain, to_kg
from workouts.admin.live import Live, live_of
from workouts.admin.remarks import Remark, remarks_beside
from workouts.admin.volume import Plot, beside_earlier, set_by_set
from workouts.admin.words import KINDS, RECORDS, Names, clock, effort, measured, measures, number, sentence, span
from workouts.api.outputs import standing_records
from workouts.core.records import Record
from workouts.core.shape import totals
from workouts.core.state import SetState, WorkoutState
from workouts.enums import Status
from workouts.models import Workout
from workouts.operations.store import Stored, load

EVENTS_PER_PAGE = 50
LATE = timedelta(minutes=1)
STATUS_COLOURS = {
    Status.PLANNED: "default",
    Status.IN_PROGRESS: "info",
    Status.PAUSED: "warning",
    Status.COMPLETED: "success",
    Status.CANCELLED: "danger",
    Status.ABANDONED: "danger",
}


@dataclass(frozen=True, slots=True)
class Number:
    """One of the figures on top."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Badge:
    """A record that a set holds."""

    text: str
    explanation: str


@dataclass(frozen=True, slots=True)
class SetLine:
    """A set: what was done beside what was asked for."""

    number: int
    kind: str
    kind_name: str
    done: str
    effort: str
    target: str
    below_target: bool
    completed: bool
    completed_at: datetime | None
    notes: str
    badges: tuple[Badge, ...]
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class ExerciseBlock:
    """An exercise in its place, with its sets."""

    exercise_id: str | None
    name: str
    superset: str
    notes: str
    sets: tuple[SetLine, ...]


@dataclass(frozen=True, slots=True)
class EventLine:
    """An accepted operation as it stands in the log."""

    seq: int
    at: datetime
    late: str
    device: str
    type: str
    said: str
    superseded: bool
    reorders: bool


@dataclass(frozen=True, slots=True)
class EventPage:
    """Fifty events, and the way to the others."""

    lines: tuple[EventLine, ...]
    number: int
    pages: int
    head: int

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


@dataclass(frozen=True, slots=True)
class Page:
    """All that a workout's page shows."""

    numbers: tuple[Number, ...]
    exercises: tuple[ExerciseBlock, ...]
    events: EventPage
    plots: tuple[Plot, ...]
    live: Live | None


def page_of(workout: Workout, events_page: int) -> Page:
    """The page, deleted workouts included, in a number of statements that does not grow with the workout."""
    stored = load("w.id = %s", [workout.pk])[0]
    events, number, pages = _events(workout, events_page)
    names = _names(stored, events)
    devices = _device_names(event.device_id for event in events)
    records = standing_records([workout.pk])
    remarks = remarks_beside([item.id for item in stored.state.in_order()])
    plots = (set_by_set(stored, names), beside_earlier(workout))
    return Page(
        numbers=_numbers(stored, sum(len(held) for held in records.values())),
        exercises=_blocks(stored.state, names, records, remarks),
        events=EventPage(
            tuple(_line(event, names, devices) for event in events), number=number, pages=pages, head=workout.seq
        ),
        plots=tuple(plot for plot in plots if plot is not None),
        live=live_of(workout),
    )


def seconds_trained(active_us: int, active_since: datetime | None) -> int:
    """Whole seconds, those of a stretch that is still running included."""
    running = max(timezone.now() - active_since, timedelta(0)) if active_since is not None else timedelta(0)
    return active_us // 1_000_000 + int(running.total_seconds())


# ── Figures ──────────────────────────────────────────────────────────────────────────────────────


def _numbers(stored: Stored, records: int) -> tuple[Number, ...]:
    state = stored.state
    sums = totals(state, stored.facts)
    shown = list(state.in_order())
    warmups = sum(item.kind == "warmup" and item.completed for item in shown)
    planned = sum(not item.completed for item in shown)
    beside = []
    if warmups:
        beside.append("1 warm-up" if warmups == 1 else f"{warmups} warm-ups")
    if planned:
        beside.append(f"{planned} open")
    figures = [
        Number("Trained", span(seconds_trained(state.active_us, state.active_since))),
        Number("Sets", str(sums.sets), ", ".join(beside)),
        Number("Reps", str(sums.reps)),
        Number("Volume", f"{sums.volume_kg:,.0f} kg"),
        Number("Records", str(records)),
    ]
    if sums.distance_m:
        figures.append(Number("Distance", f"{plain(round(sums.distance_m / 1000, 2))} km"))
    if sums.duration_seconds:
        figures.append(Number("On the clock", clock(sums.duration_seconds)))
    if state.body_weight is not None:
        figures.append(Number("Body weight", f"{number(state.body_weight)} {state.body_weight_unit}"))
    if state.rest is not None:
        figures.append(Number("Rest", clock(state.rest.seconds), f"until {state.rest.ends_at:%H:%M:%S}"))
    return tuple(figures)


# ── Exercises and sets ───────────────────────────────────────────────────────────────────────────


def _blocks(
    state: WorkoutState,
    names: Names,
    records: Mapping[str, Sequence[Record]],
    remarks: Mapping[str, tuple[Remark, ...]],
) -> tuple[ExerciseBlock, ...]:
    shown = state.shown_sets()
    return tuple(
        ExerciseBlock(
            exercise_id=entry.exercise_id,
            name=names.entry(entry.id),
            superset="" if entry.superset is None else f"Superset {entry.superset}",
            notes=entry.notes or "",
            sets=tuple(
                _set_line(item, place, records.get(item.id, ()), remarks.get(item.id, ()))
                for place, item in enumerate(shown[entry.id], 1)
            ),
        )
        for entry in state.shown_exercises()
    )


def _set_line(item: SetState, place: int, records: Sequence[Record], remarks: tuple[Remark, ...]) -> SetLine:
    values = measured(item)
    target = item.target or {}
    return SetLine(
        number=place,
        kind=item.kind,
        kind_name=KINDS[item.kind],
        done=measures(values),
        effort=effort(values),
        target=", ".join(part for part in (measures(target), effort(target)) if part),
        below_target=item.completed and _below(values, target),
        completed=item.completed,
        completed_at=item.completed_at,
        notes=item.notes or "",
        badges=tuple(_badge(record) for record in records),
        remarks=remarks,
    )


def _below(done: Mapping[str, Any], target: Mapping[str, Any]) -> bool:
    """Whether less was done than was asked for, in repetitions or on the bar."""
    if target.get("reps") is not None and (done["reps"] or 0) < target["reps"]:
        return True
    if target.get("weight") is None:
        return False
    asked = to_kg(Decimal(target["weight"]), target.get("weight_unit") or "kg")
    lifted = to_kg(done["weight"], done["weight_unit"] or "kg") if done["weight"] is not None else Decimal(0)
    return lifted < asked


def _badge(record: Record) -> Badge:
    text, unit = RECORDS[record.kind]
    before = "the first" if record.previous is None else f"{plain(record.previous)} {unit} before"
    return Badge(text, f"{plain(record.value)} {unit}, {before}")


# ── Events ───────────────────────────────────────────────────────────────────────────────────────


def _events(workout: Workout, wanted: int) -> tuple[list[Event], int, int]:
    """A page of the log, found by its numbers: they have no gaps."""
    pages = max(1, -(-workout.seq // EVENTS_PER_PAGE))
    number = min(max(wanted, 1), pages)
    after = (number - 1) * EVENTS_PER_PAGE
    found = Event.objects.filter(stream=workout.stream, seq__gt=after, seq__lte=after + EVENTS_PER_PAGE)
    return list(found.defer("answer", "digest").order_by("seq")), number, pages


def _line(event: Event, names: Names, devices: Mapping[str, str]) -> EventLine:
    delay = event.created_at - event.at
    return EventLine(
        seq=event.seq,
        at=event.at,
        late=f"{span(int(delay.total_seconds()))} late" if delay >= LATE else "",
        device=devices.get(event.device_id, event.device_id),
        type=event.type,
        said=sentence(event.type, event.payload, names),
        superseded=event.status == Event.Status.SUPERSEDED,
        reorders=event.reorders,
    )


def _names(stored: Stored, events: Iterable[Event]) -> Names:
    """Names for every id on the page, in one statement."""
    state = stored.state
    wanted = {entry.exercise_id for entry in state.exercises.values() if entry.exercise_id is not None}
    for event in events:
        for node in (event.payload, *(event.payload.get("exercises") or ())):
            if node.get("exercise_id"):
                wanted.add(node["exercise_id"])
    exercises = {str(id): name for id, name in Exercise.objects.filter(pk__in=wanted).values_list("pk", "name")}
    numbers = {item.id: place for group in state.shown_sets().values() for place, item in enumerate(group, 1)}
    return Names(
        exercises=exercises,
        entries={id: exercises.get(entry.exercise_id or "", "an exercise") for id, entry in state.exercises.items()},
        sets={id: (item.workout_exercise_id, numbers.get(id)) for id, item in state.sets.items()},
    )


def _device_names(device_ids: Iterable[str]) -> dict[str, str]:
    """What the person calls the devices that are theirs; others keep their own word ("server", "admin")."""
    sessions = set()
    for device_id in device_ids:
        try:
            sessions.add(UUID(device_id))
        except ValueError:
            continue
    return {str(session.pk): str(session) for session in Session.objects.filter(pk__in=sessions)}
