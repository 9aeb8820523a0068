"""What is counted of workouts, against a count from scratch."""

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from exercises.models import CATALOGUE_NAMESPACE, Exercise, Rating, Trained, Use, UsedDay
from exercises.operations.usage import record_uses
from tests.cast import make_person
from tests.exercises.conftest import MakeExercise
from tests.property.test_convergence import undone
from tests.workouts.strategies import thorough

MONDAY = datetime(2026, 3, 2, 18, tzinfo=UTC)
History = dict[UUID, tuple[UUID, datetime, dict[UUID, int]]]
"""What each workout counts for: whose, when, and the sets of each exercise."""


def workout(number: int) -> UUID:
    return uuid5(UUID(CATALOGUE_NAMESPACE), f"workout {number}")


def from_scratch(history: History) -> dict[str, Any]:
    uses = {}
    trained: dict[Any, list[Any]] = defaultdict(list)
    days: dict[Any, Counter[str]] = defaultdict(Counter)
    for workout_id, (user, at, sets) in history.items():
        for exercise, number in sets.items():
            uses[workout_id, exercise] = (user, number, at)
            trained[user, exercise].append((at, number))
            days[exercise, at.date()].update(workouts=1, sets=number)
    return {
        "uses": uses,
        "trained": {
            key: (len(done), sum(number for _, number in done), min(done)[0], max(done)[0])
            for key, done in trained.items()
        },
        "days": {key: (day["workouts"], day["sets"]) for key, day in days.items()},
    }


def stored() -> dict[str, Any]:
    return {
        "uses": {row[:2]: row[2:] for row in Use.objects.values_list("workout_id", "exercise", "user", "sets", "at")},
        "trained": {
            row[:2]: row[2:]
            for row in Trained.objects.values_list("user", "exercise", "workouts", "sets", "first_at", "last_at")
        },
        "days": {row[:2]: row[2:] for row in UsedDay.objects.values_list("exercise", "day", "workouts", "sets")},
    }


@pytest.fixture
def squat(make_exercise: MakeExercise) -> Exercise:
    return make_exercise("Squat")


def test_a_workout_is_counted_counted_otherwise_and_counted_no_more(
    athlete: User, squat: Exercise, make_exercise: MakeExercise
) -> None:
    row = make_exercise("Row")
    first, second = workout(1), workout(2)
    tuesday = MONDAY + timedelta(days=1)
    record_uses(athlete.pk, first, MONDAY, {squat.pk: 3, row.pk: 2})
    record_uses(athlete.pk, second, tuesday, {squat.pk: 5})
    assert stored()["trained"] == {
        (athlete.pk, squat.pk): (2, 8, MONDAY, tuesday),
        (athlete.pk, row.pk): (1, 2, MONDAY, MONDAY),
    }
    assert stored()["days"] == {
        (squat.pk, MONDAY.date()): (1, 3),
        (row.pk, MONDAY.date()): (1, 2),
        (squat.pk, tuesday.date()): (1, 5),
    }
    record_uses(athlete.pk, first, tuesday, {squat.pk: 4})  # moved, a set more, and no rows
    assert stored() == from_scratch(
        {first: (athlete.pk, tuesday, {squat.pk: 4}), second: (athlete.pk, tuesday, {squat.pk: 5})}
    )
    record_uses(athlete.pk, first, MONDAY, {})
    record_uses(athlete.pk, second, MONDAY, {})
    assert stored() == {"uses": {}, "trained": {}, "days": {}}


def test_recording_the_same_again_writes_nothing(athlete: User, squat: Exercise) -> None:
    record_uses(athlete.pk, workout(1), MONDAY, {squat.pk: 3})
    before = [list(model.objects.values_list("pk", flat=True)) for model in (Use, Trained, UsedDay)]
    record_uses(athlete.pk, workout(1), MONDAY, {squat.pk: 3})
    assert [list(model.objects.values_list("pk", flat=True)) for model in (Use, Trained, UsedDay)] == before


def test_whatever_removes_uses_is_counted(athlete: User, stranger: User, squat: Exercise) -> None:
    """A person, all of whose rows go; and an update by hand."""
    record_uses(athlete.pk, workout(1), MONDAY, {squat.pk: 3})
    record_uses(stranger.pk, workout(2), MONDAY, {squat.pk: 2})
    Use.objects.filter(user=athlete).delete()
    assert stored() == from_scratch({workout(2): (stranger.pk, MONDAY, {squat.pk: 2})})
    Use.objects.update(sets=4, at=MONDAY - timedelta(days=1))
    assert stored() == from_scratch({workout(2): (stranger.pk, MONDAY - timedelta(days=1), {squat.pk: 4})})


def test_an_exercise_goes_with_all_that_is_counted_of_it(athlete: User, squat: Exercise) -> None:
    record_uses(athlete.pk, workout(1), MONDAY, {squat.pk: 3})
    Rating.objects.create(user=athlete, exercise=squat, stars=5, weight=1)
    squat.delete()
    assert stored() == {"uses": {}, "trained": {}, "days": {}}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_when_everybody_trains_at_once(make_exercise: MakeExercise) -> None:
    """Eight threads, two people, the same exercises and days: each workout is counted, changed and counted twice."""
    exercises = [make_exercise(name).pk for name in ("Squat", "Row", "Press")]
    people = [make_person(name).pk for name in ("ada", "ben")]

    def train(number: int) -> None:
        try:
            for turn in range(4):
                chosen = exercises[:: -1 if number % 2 else 1][: 1 + (number + turn) % 3]
                at = MONDAY + timedelta(days=(number + turn) % 2)
                for _ in range(2):
                    record_uses(people[number // 2 % 2], workout(number // 2), at, dict.fromkeys(chosen, 1 + turn))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(train, range(8)))
    left = {
        workout_id: (user, at, {})
        for workout_id, user, at in Use.objects.values_list("workout_id", "user", "at").distinct()
    }
    for workout_id, exercise, sets in Use.objects.values_list("workout_id", "exercise", "sets"):
        left[workout_id][2][exercise] = sets
    assert len(left) == 4
    assert stored() == from_scratch(left)


changes = st.lists(
    st.tuples(
        st.integers(0, 5),  # which workout
        st.integers(-2, 2),  # moved by so many half days
        st.dictionaries(st.integers(0, 2), st.integers(1, 4), max_size=3),  # its sets by exercise
    ),
    max_size=12,
)


@pytest.fixture
def world(make_exercise: MakeExercise, athlete: User, stranger: User) -> tuple[list[UUID], list[UUID]]:
    return [athlete.pk, stranger.pk], [make_exercise(name).pk for name in ("Squat", "Row", "Press")]


@settings(thorough(25, soak=2_000), suppress_health_check=list(HealthCheck))
@given(changes=changes)
def test_whatever_happens_to_workouts_the_counts_are_those_from_scratch(
    changes: list[Any], world: tuple[list[UUID], list[UUID]]
) -> None:
    people, exercises = world
    history: History = {}
    with undone():
        for number, moved, sets in changes:
            user, at = people[number % 2], MONDAY + timedelta(days=number // 2, hours=12 * moved)
            counted = {exercises[place]: amount for place, amount in sets.items()}
            record_uses(user, workout(number), at, counted)
            history[workout(number)] = (user, at, counted)
        assert stored() == from_scratch(history)
