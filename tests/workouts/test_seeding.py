"""The seeded world."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Metric, User
from exercises.operations.catalogue import load_catalogue
from workouts.models import Record, Set, Workout
from workouts.seeding import PLAN, Seeded, seed_world, strength_kg

NOW = datetime(2026, 3, 20, 22, tzinfo=UTC)


def seed(seed: int = 1, now: datetime = NOW) -> Seeded:
    return seed_world(people=2, weeks=3, seed=seed, now=now, password="a long enough phrase 7")


def lifted(**narrow: Any) -> list[Any]:
    """Who did what when, without what only the moment of seeding decides."""
    order = ("workout", "workout_exercise__rank", "rank")
    names = ("user__username", "performed_at", "exercise__slug", "kind", "reps", "weight", "rpe", "duration_seconds")
    return list(Set.objects.filter(**narrow).order_by(*order).values_list(*names))


@pytest.fixture(autouse=True)
def catalogue(db: None) -> None:
    load_catalogue()


def test_people_train_as_their_plan_says() -> None:
    added = seed()
    assert added.people == User.objects.count() == 2
    assert added.workouts == Workout.objects.count() > 12
    assert set(Workout.objects.values_list("name", "status")) == {(name, "completed") for name in PLAN}
    slugs = {lift.slug for lifts in PLAN.values() for lift in lifts}
    assert set(Set.objects.values_list("exercise__slug", flat=True)) == slugs
    assert Record.objects.exists()
    assert added.measurements == Metric.objects.filter(kind="weight").count() > 16


def test_the_same_seed_adds_nothing_twice() -> None:
    seed()
    before = list(Workout.objects.order_by("pk").values())
    assert seed() == Seeded(people=0, workouts=0)
    assert list(Workout.objects.order_by("pk").values()) == before


def test_another_run_in_a_later_week_adds_what_has_come() -> None:
    seed()
    before = list(Workout.objects.order_by("pk").values())

    added = seed(now=NOW + timedelta(days=8))

    assert added.people == 0
    assert added.workouts == Workout.objects.count() - len(before) > 2
    assert list(Workout.objects.filter(pk__in=[row["id"] for row in before]).order_by("pk").values()) == before


def test_what_was_done_on_a_day_does_not_depend_on_when_it_is_asked() -> None:
    seed(now=NOW + timedelta(days=8))
    overlap = {"performed_at__gte": NOW - timedelta(days=11), "performed_at__lt": NOW}
    later = lifted(**overlap)
    User.objects.all().delete()
    seed()
    assert lifted(**overlap) == later != []


def test_people_grow_stronger_and_never_without_bound() -> None:
    weeks = [NOW.date() + timedelta(weeks=week) for week in range(520)]
    strength = [strength_kg(1, 0, day) for day in weeks]
    assert sum(after > before for before, after in pairwise(strength)) > 0.7 * len(weeks)
    assert max(strength) <= 1.4 * min(strength)


def test_it_is_for_development_only() -> None:
    with pytest.raises(CommandError, match="development"):
        call_command("seed")
