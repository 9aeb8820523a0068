"""A moderator's desk, and people whose work lies on it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts.enums import Role
from accounts.models import User
from exercises.models import Exercise, Proposal
from exercises.operations.exercises import create_exercise, submit_exercise, update_exercise
from fitai.common.actors import Actor
from tests.cast import actor_of, make_person

PRESS = {"primary_muscles": ["chest"], "equipment": ["dumbbell"], "kind": "strength"}
QUEUE = "/admin/exercises/submission/"
Submit = Callable[..., Exercise]
Propose = Callable[..., Proposal]


def desk_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def said(answer: Any) -> list[str]:
    """What the page says happened."""
    return [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.fixture
def desk(moderator: User) -> Client:
    return desk_of(moderator)


@pytest.fixture
def second(db: None) -> Client:
    """Another moderator's desk."""
    return desk_of(make_person("mila", display_name="Mila Moderator", role=Role.MODERATOR, is_staff=True))


@pytest.fixture
def clerk(db: None) -> Client:
    """Somebody of the staff who moderates nothing."""
    return desk_of(make_person("clerk", is_staff=True))


@pytest.fixture
def author(athlete: User) -> Actor:
    return actor_of(athlete)


@pytest.fixture
def submit(author: Actor) -> Submit:
    """An exercise of the athlete's that waits for moderators."""

    def make(name: str = "Floor Press", **values: Any) -> Exercise:
        made = create_exercise(author, {"name": name, "confirm_duplicate": True, **PRESS, **values})
        return submit_exercise(author, made.pk)

    return make


@pytest.fixture
def propose(author: Actor) -> Propose:
    """An edit of the athlete's that waits for moderators."""

    def make(exercise: Exercise, **values: Any) -> Proposal:
        proposal = update_exercise(author, exercise.pk, values)
        assert isinstance(proposal, Proposal)
        return proposal

    return make


def page_of(case: Exercise | Proposal) -> str:
    return f"/admin/exercises/{'proposal' if isinstance(case, Proposal) else 'submission'}/{case.pk}/change/"
