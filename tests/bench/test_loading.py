"""A later run finds the data as it was loaded."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Session, User
from bench.history import athletes
from bench.loading import load_people, load_training, tidy
from bench.marker import holds, loaded_at, mark, unmark
from bench.options import Size, read_options
from bench.reading import log_in
from bench.training import best_ever
from tests.cast import ApiClient, make_person
from workouts.models import Record, Set, Workout

SIZE = Size(people=2, workouts=6, sets=60, heavy=4, seed=7)


@pytest.mark.django_db(transaction=True)
def test_tidying_takes_away_what_a_run_added_and_nothing_else() -> None:
    call_command("load_catalogue", verbosity=0)
    load_people(SIZE)
    load_training(SIZE, athletes(SIZE), print)
    User.objects.update(date_joined=timezone.now() - timedelta(days=1))

    def counts() -> list[int]:
        return [model.objects.count() for model in (User, Session, Workout, Set, Record)]

    loaded, since = counts(), timezone.now()
    assert loaded[:4] == [2, 0, 6, 60]
    make_person("newcomer")
    log_in(athletes(SIZE)[0])
    assert best_ever(SIZE).through(ApiClient()).status_code == 201
    assert all(now > before for now, before in zip(counts(), loaded, strict=True))

    tidy(since)

    assert counts() == loaded


def test_data_of_another_size_or_code_is_not_what_was_asked_for(tmp_path) -> None:
    now = timezone.now()
    mark(tmp_path, SIZE, "code", now)
    assert loaded_at(tmp_path) == now
    assert holds(tmp_path, SIZE, "code")
    assert not holds(tmp_path, Size(2, 6, 61, 4, 7), "code")
    assert not holds(tmp_path, SIZE, "other code")
    unmark(tmp_path)
    assert not holds(tmp_path, SIZE, "code")


def test_scale_divides_the_size_and_the_environment_sets_it(monkeypatch) -> None:
    monkeypatch.setenv("SCALE", "10")
    monkeypatch.setenv("BENCH_HEAVY", "1000")
    assert read_options(["--people=50"]).size == Size(people=5, workouts=5_000, sets=100_000, heavy=100, seed=1)
