"""A desk, and a plan on it."""

import pytest
from django.test import Client

from accounts.models import User
from exercises.models import Exercise
from templates_app.models import Template
from templates_app.operations.templates import create_template
from tests.cast import actor_of, make_person
from tests.templates_app.plans import Json, day, entry, template, working


@pytest.fixture
def desk(db: None) -> Client:
    """The admin, with somebody who may do everything."""
    client = Client()
    client.force_login(make_person("boss", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def body(bench: Exercise, row: Exercise, plank: Exercise) -> Json:
    """Three weeks, of which the first two are alike."""
    warm_up = {"kind": "warmup", "reps": 5, "load": {"type": "percent_1rm", "value": 50}}
    wave = working(rest_seconds=120, reps_max=12)
    pull = day("Pull", entry(row, working(rest_seconds=90), superset=1), entry(plank, {"seconds": 45}, superset=1))
    rule = {"rule": "double", "increment": "2.5", "unit": "kg"}
    push = day("Push", entry(bench, warm_up, wave, wave, progression=rule, substitutes=[str(row.pk)]))
    return template([push, pull], [push, pull], [pull], tags=["gym"], description="Slow and <b>steady</b>")


@pytest.fixture
def plan(athlete: User, body: Json) -> Template:
    return create_template(actor_of(athlete), body)
