"""What somebody does next in a plan: the day that follows from what they trained, with its loads worked out.

Nothing of it is kept: the place in the plan and the weights are derived from the workouts each time, so that an edit
or a deletion of any of them is all it takes to correct both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from fitai.common.actors import Actor
from fitai.common.problems import NotFound, not_found_in_body
from fitai.science.units import plain
from templates_app.models import Enrolment
from templates_app.operations.enrolments import Standing, start_template
from templates_app.plan import Day, Plan, PlannedExercise, Week
from templates_app.rows import Followed, read_followed
from workouts.operations.history import Bout, Trained, read_bouts, read_exercises, read_kit, read_trained
from workouts.operations.store import Exercise as Facts
from workouts.progression.history import Session
from workouts.progression.known import REMEMBERED, Exercise, Known
from workouts.progression.loading import Kit, convert
from workouts.progression.place import (
    Place,
    after,
    cycles_before,
    day_trained,
    entry_id,
    find_day,
    line_of,
    pause_before,
    position,
    reference,
    weeks_of,
)
from workouts.progression.prescribe import Prescription, prescribe
from workouts.progression.sets import AskedSet

LOOKED_BACK = REMEMBERED
"""Workouts of an exercise that a rule may depend on."""

ALL_WAVES = 300
"""The same where a training max is the sum of all waves since the beginning."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NextDay:
    """A day of a plan as somebody is to train it."""

    followed: Followed
    place: Place
    week: Week
    day: Day
    exercises: Mapping[str, tuple[Exercise, Facts]]
    prescriptions: Mapping[str, Prescription]
    """By the id of the planned exercise."""

    @property
    def position(self) -> str:
        return position(self.place, self.week, self.day, self.followed.plan)


def find_next(actor: Actor, template_id: UUID, *, day_id: str | None = None, language: str = "en") -> NextDay:
    """The day that comes next, or this one. Without an enrolment it is as for a start today; nothing is written.

    404 for a template that the actor neither sees nor trains by; 422 for a day that it does not have.
    """
    followed, now = read_followed(actor, template_id), timezone.now()
    days = list(followed.plan.days())
    place, trained = _walk(actor, followed, days)
    if day_id is not None:
        index = find_day(days, day_id=day_id)
        if index is None:
            raise not_found_in_body("/day_id", "day")
        place = Place(place.round, index)
    week, day = days[place.index]
    exercises = read_exercises(actor, (entry.exercise_id for entry in day.exercises), language)
    kit = read_kit(actor)
    bouts = read_bouts(actor, _looked_back(day), kit.unit)
    sessions = _sessions(bouts, followed.plan, days, trained)
    prescriptions = {
        entry.id: prescribe(
            entry,
            Known(
                exercise=exercises[entry.exercise_id][0],
                kit=kit,
                now=now,
                sessions=sessions.get(entry.exercise_id, ()),
                line=line_of(followed.plan, entry),
                cycle=cycles_before(followed.plan.waves(entry.exercise_id), place.round, week.number),
                pause=pause_before(
                    weeks_of(followed.plan, entry.exercise_id), len(followed.plan.weeks), place.round, week.number
                ),
                **_given(followed.enrolment, entry.exercise_id, kit),
            ),
        )
        for entry in day.exercises
    }
    return NextDay(followed, place, week, day, exercises, prescriptions)


def start(actor: Actor, template_id: UUID, **values: Any) -> tuple[Enrolment, bool]:
    """`start_template` for somebody whose workouts say where they have come to: they keep their place in another
    version, and their pass through the weeks in another week."""
    return start_template(actor, template_id, stands=lambda: _stands(actor, template_id), **values)


def plan_workout(
    actor: Actor, template_id: UUID, workout_id: str, day_id: str | None = None
) -> tuple[Json, Mapping[str, Facts]]:
    """What makes a workout of the next day of a template, or of this one: the members of a `workout.create`, and what
    is known of its exercises. 422 for a template that the actor neither sees nor trains by."""
    try:
        found = find_next(actor, template_id, day_id=day_id)
    except NotFound:
        raise not_found_in_body("/template_id", "template") from None
    payload = {
        "name": found.day.name,
        "template_version": found.followed.version,
        "exercises": [
            {
                "id": entry_id(workout_id, entry.id),
                "exercise_id": entry.exercise_id,
                "superset": entry.superset,
                "sets": [
                    {
                        "kind": item.kind,
                        "target": {name: value for name, value in target(item).items() if value is not None},
                    }
                    for item in found.prescriptions[entry.id].sets
                ],
            }
            for entry in found.day.exercises
        ],
    }
    return payload, {id: facts for id, (_, facts) in found.exercises.items()}


def target(item: AskedSet) -> Json:
    """What is asked of a set, in the words of a workout's targets."""
    return {
        "reps": item.reps,
        "reps_max": item.reps_max,
        "weight": _text(item.weight),
        "assistance": _text(item.assistance),
        "weight_unit": item.unit,
        "rpe": _text(item.rpe),
        "rir": item.rir,
        "duration_seconds": item.seconds,
        "distance": _text(item.distance_m),
        "distance_unit": None if item.distance_m is None else "m",
        "rest_seconds": item.rest_seconds,
        "tempo": item.tempo,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


# ── Where they stand ─────────────────────────────────────────────────────────────────────────────


def _stands(actor: Actor, template_id: UUID) -> Standing:
    followed = read_followed(actor, template_id)
    days = list(followed.plan.days())
    place, _ = _walk(actor, followed, days)
    week, day = days[place.index]
    return Standing(week.number, UUID(day.id), place.round)


def _walk(actor: Actor, followed: Followed, days: Sequence[tuple[Week, Day]]) -> tuple[Place, Mapping[str, Place]]:
    """The place that comes next, and where each workout of the plan was in it."""
    enrolment = followed.enrolment
    if enrolment is None:
        return Place(1, 0), {}
    day = None if enrolment.day_id is None else find_day(days, day_id=str(enrolment.day_id))
    start = Place(enrolment.round, day if day is not None else find_day(days, week=enrolment.week) or 0)
    workouts = read_trained(actor, followed.template_id, enrolment.created_at)
    earlier: dict[str, Place] = {}
    reached = _pass(days, Place(1, 0), [one for one in workouts if one.at < enrolment.positioned_at], earlier)
    # What was trained before a move lies before the place that was moved to, whatever its pass is called now.
    ahead = max(0, reached.round - start.round)
    trained = {id: Place(place.round - ahead, place.index) for id, place in earlier.items()}
    return _pass(days, start, [one for one in workouts if one.at >= enrolment.positioned_at], trained), trained


def _pass(
    days: Sequence[tuple[Week, Day]], place: Place, workouts: Sequence[Trained], trained: dict[str, Place]
) -> Place:
    """Go through workouts in their order; only those completed move the place on."""
    for workout in workouts:
        index = day_trained(days, workout.id, workout.entries, place.index)
        if index is None:
            continue
        trained[workout.id], following = after(days, place, index)
        if workout.completed:
            place = following
    return place


# ── What they did ────────────────────────────────────────────────────────────────────────────────


def _looked_back(day: Day) -> dict[str, int]:
    most: dict[str, int] = {}
    for entry in day.exercises:
        count = ALL_WAVES if entry.progression.rule == "percentage" else LOOKED_BACK
        most[entry.exercise_id] = max(count, most.get(entry.exercise_id, 0))
    return most


def _sessions(
    bouts: Sequence[Bout], plan: Plan, days: Sequence[tuple[Week, Day]], trained: Mapping[str, Place]
) -> dict[str, list[Session]]:
    """By exercise its sessions, those that the plan asked for under what it calls them."""
    named = {bout.exercise_id for bout in bouts}
    wave, weeks = {id: plan.waves(id) for id in named}, {id: weeks_of(plan, id) for id in named}
    made: dict[str, dict[str, PlannedExercise]] = {}
    found: dict[str, list[Session]] = {}
    for bout in bouts:
        session, place = Session(bout.at, bout.sets), trained.get(bout.workout_id)
        if place is not None:
            week, day = days[place.index]
            if bout.workout_id not in made:
                made[bout.workout_id] = {entry_id(bout.workout_id, entry.id): entry for entry in day.exercises}
            planned = made[bout.workout_id].get(bout.entry) or _of_exercise(day, bout.exercise_id)
            main = None if planned is None else reference(planned)
            session = replace(
                session,
                entry_id=None if planned is None else planned.id,
                named=None if main is None else main.load,
                cycle=cycles_before(wave[bout.exercise_id], place.round, week.number),
                pause=pause_before(weeks[bout.exercise_id], len(plan.weeks), place.round, week.number),
            )
        found.setdefault(bout.exercise_id, []).append(session)
    return found


def _of_exercise(day: Day, exercise_id: str) -> PlannedExercise | None:
    """The entry that a workout's entry was made from where a device chose its own ids."""
    return next((entry for entry in day.exercises if entry.exercise_id == exercise_id), None)


def _given(enrolment: Enrolment | None, exercise_id: str, kit: Kit) -> Json:
    """The training max of an exercise as the person gave it, and when."""
    given = None if enrolment is None else enrolment.training_maxes.get(exercise_id)
    if given is None:
        return {}
    value = convert(Decimal(given["value"]), given["unit"], kit.unit)
    return {"given_max": value, "given_at": datetime.fromisoformat(given["given_at"])}
