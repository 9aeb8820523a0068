"""The seeded world."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from exercises.operations import load_catalogue
from workouts.models import Record, Set, Workout
from workouts.seeding import PLAN, Seeded, seed_world

NOW = datetime(2026, 3, 20, 22, tzinfo=UTC)


def seed(seed: int = 1) -> Seeded:
    return seed_world(people=2, weeks=3, seed=seed, now=NOW, password="a long enough phrase 7")


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


def test_the_same_seed_adds_nothing_twice() -> None:
    seed()
    before = list(Workout.objects.order_by("pk").values())
    assert seed() == Seeded(people=0, workouts=0)
    assert list(Workout.objects.order_by("pk").values()) == before


def test_it_is_for_development_only() -> None:
    with pytest.raises(CommandError, match="development"):
        call_command("seed")
