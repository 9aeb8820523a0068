"""Where somebody stands in a plan: the day that comes next, and what belongs together across its weeks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import Any
from uuid import UUID, uuid5

from templates_app.plan import Day, Plan, PlannedExercise, PrescribedSet, Week


@dataclass(frozen=True, slots=True)
class Place:
    """A day of a plan: its number in the order of training, from 0, and the pass through all weeks, from 1."""

    round: int
    index: int


def entry_id(workout_id: str, planned_id: str) -> str:
    """The id of a workout's exercise that was made from this exercise of a plan: UUIDv5 of both, so that any device
    makes the same, and the workout says where it comes from whatever becomes of it."""
    return str(uuid5(UUID(workout_id), planned_id))


def find_day(days: Sequence[tuple[Week, Day]], *, day_id: str | None = None, week: int | None = None) -> int | None:
    """The number of a day: this one, else the first of this week."""
    for index, (of_week, day) in enumerate(days):
        if day.id == day_id or (day_id is None and of_week.number == week):
            return index
    return None


def day_trained(
    days: Sequence[tuple[Week, Day]], workout_id: str, entries: Mapping[str, str | None], expected: int
) -> int | None:
    """The number of the day that a workout was made from; `entries` are its exercises, id → exercise id.

    The expected day is looked at first. A device that chose ids of its own trained the day whose exercises it has at
    least half of; None where there is no such day.
    """
    order = [*range(expected, len(days)), *range(expected)]
    if made := {id for id in entries if id[14:15] == "5"}:  # only those of version 5 can be made from a plan's
        matches = _maker(workout_id, made)
        for index in order:
            if any(matches(planned.id) for planned in days[index][1].exercises):
                return index
    trained = {exercise for exercise in entries.values() if exercise}
    for index in order:
        wanted = days[index][1].exercises
        hits = sum(1 for one in wanted if one.exercise_id in trained or not trained.isdisjoint(one.substitutes))
        if hits and hits * 2 >= len(wanted):
            return index
    return None


def _maker(workout_id: str, ids: Collection[str]) -> Callable[[str], bool]:
    """Whether one of these ids is what `entry_id` makes of a planned exercise. The first six bytes are looked at before
    a whole id is made: a long plan has thousands of exercises to compare."""
    namespace = UUID(workout_id).bytes
    beginnings = {bytes.fromhex(id[:8] + id[9:13]) for id in ids}

    def matches(planned_id: str) -> bool:
        made = sha1(namespace + planned_id.encode(), usedforsecurity=False).digest()
        return made[:6] in beginnings and entry_id(workout_id, planned_id) in ids

    return matches


def after(days: Sequence[tuple[Week, Day]], place: Place, index: int) -> tuple[Place, Place]:
    """(where a day was trained, what comes next), for somebody at `place` who trains the day number `index`.

    Training another day than the one that was due goes on from there, in the same pass; the last day again after it has
    ended a pass ends no other.
    """
    last = len(days) - 1
    if index == last and place.index == 0 < last and place.round > 1:
        return Place(place.round - 1, last), place
    return Place(place.round, index), Place(place.round, index + 1) if index < last else Place(place.round + 1, 0)


def weeks_of(plan: Plan, exercise_id: str) -> list[int]:
    """The numbers of the weeks that an exercise is in."""
    return [
        week.number
        for week in plan.weeks
        if any(entry.exercise_id == exercise_id for day in week.days for entry in day.exercises)
    ]


def pause_before(weeks: Sequence[int], length: int, round: int, week: int) -> int:
    """Days without an exercise of these weeks that a plan of `length` weeks itself makes before one of them."""
    last = max((number for number in weeks if number < week), default=None)
    if last is None:
        last = weeks[-1] - length if weeks and round > 1 else 0
    return max(0, week - last - 1) * 7


def line_of(plan: Plan, entry: PlannedExercise) -> frozenset[str]:
    """The ids of all entries of a plan that progress together: the same exercise by the same rule in the same range.

    A heavy and a light day of one exercise are two lines; the weeks of a block are one, however their sets and effort
    change. Percentages of one training max are one, whatever their repetitions.
    """
    wanted = _signature(entry)
    return frozenset(other.id for _, day in plan.days() for other in day.exercises if _signature(other) == wanted)


def _signature(entry: PlannedExercise) -> tuple[Any, ...]:
    main, rule = reference(entry), entry.progression.rule
    form = None if main is None or rule == "percentage" else (main.reps, main.reps_max, main.seconds, main.distance)
    return entry.exercise_id, rule, form


def reference(entry: PlannedExercise) -> PrescribedSet | None:
    """The set that an exercise progresses by: its first working set, or None."""
    for kinds in (("working", "amrap", "failure"), ("backoff", "drop")):
        for item in entry.sets:
            if item.kind in kinds:
                return item
    return None


def cycles_before(waves_of_weeks: Mapping[int, int], round: int, week: int) -> int:
    """How many waves lie before this week of this pass."""
    return (round - 1) * (max(waves_of_weeks.values(), default=0) + 1) + waves_of_weeks.get(week, 0)


def position(place: Place, week: Week, day: Day, plan: Plan) -> str:
    """Where that is, in words: "Week 2 of 4, day 1 of 3"."""
    number = next(number for number, other in enumerate(week.days, 1) if other.id == day.id)
    text = f"Week {week.number} of {len(plan.weeks)}, day {number} of {len(week.days)}"
    return text if place.round == 1 else f"{text}, round {place.round}"
