"""The exercises that ship with the project, and people who train with them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest

from templates_app.management.commands.plan import shipped
from templates_app.planner import CatalogueExercise, History, Proposal, plan
from tests.templates_app.planner.people import LIFTS, PEOPLE


@cache
def library() -> tuple[CatalogueExercise, ...]:
    return tuple(shipped())


@pytest.fixture(scope="session")
def catalogue() -> Sequence[CatalogueExercise]:
    return library()


@pytest.fixture(scope="session")
def by_slug() -> dict[str, CatalogueExercise]:
    return {exercise.slug: exercise for exercise in library()}


@cache
def proposed(name: str) -> Proposal:
    """The plan of one of the people, made once."""
    request = PEOPLE[name]
    ids = {exercise.slug: exercise.id for exercise in library()}
    lifts = {ids[slug]: best for slug, best in LIFTS.get(name, {}).items()}
    return plan(request, library(), History(lifts))
