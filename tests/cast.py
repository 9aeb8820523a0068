"""The cast of the suite: an athlete, her coach, a stranger and a moderator, each with a device of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client, TestCase
from django.utils import timezone

from accounts.authentication import authenticate_token
from accounts.enums import ConsentArea, Role
from accounts.keys import digest_of, make_key, prefix_of
from accounts.models import ApiKey, Coaching, Session, User
from accounts.operations.sessions import Device, open_session, tokens_of
from exercises.enums import Status
from exercises.models import Exercise
from fitai.common import jobs
from fitai.common.actors import Actor

PASSWORD = "correct horse battery"
JSON = "application/json"


def make_person(username: str, *, verified: bool = True, **values: Any) -> User:
    """Somebody with all of their rows; log in with `PASSWORD`."""
    values.setdefault("password", make_password(PASSWORD))
    email = values.pop("email", f"{username}@example.org")
    return User.objects.create_person(username=username, email=email, verified=verified, **values)


class ApiClient(Client):
    """A device: speaks JSON, and carries the bearer token of a real session."""

    def __init__(self, user: User | None = None, session: Session | None = None, **defaults: Any) -> None:
        super().__init__(**defaults)
        self.user = user
        self.session_row = session
        if session is not None:
            self.tokens = tokens_of(session)
            self.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens.access}"

    def request(self, **request: Any) -> Any:
        """What a request leaves for after its commit is done when it answers, inside a test's transaction too."""
        with TestCase.captureOnCommitCallbacks(execute=True):
            return super().request(**request)

    def post(self, path: str, data: Any = None, content_type: str = JSON, **extra: Any) -> Any:
        return super().post(path, {} if data is None else data, content_type, **extra)

    def put(self, path: str, data: Any = None, content_type: str = JSON, **extra: Any) -> Any:
        return super().put(path, {} if data is None else data, content_type, **extra)

    def patch(self, path: str, data: Any = None, content_type: str = JSON, **extra: Any) -> Any:
        return super().patch(path, {} if data is None else data, content_type, **extra)

    def delete(self, path: str, data: Any = "", content_type: str = JSON, **extra: Any) -> Any:
        return super().delete(path, data, content_type, **extra)


def client_of(user: User, name: str = "phone", **defaults: Any) -> ApiClient:
    """A device that `user` has just logged in on."""
    session = open_session(user, Device(address="127.0.0.1", user_agent="FitAI tests", name=name))
    return ApiClient(user, session, **defaults)


def key_of(user: User, *scopes: str, **values: Any) -> ApiClient:
    """A service that acts for `user` with a key of these scopes."""
    key = make_key()
    values = {"name": "Dashboard", "prefix": prefix_of(key), "digest": digest_of(key), **values}
    ApiKey.objects.create(user=user, scopes=list(scopes), **values)
    return ApiClient(user, HTTP_AUTHORIZATION=f"Api-Key {key}")


def actor_of(user: User) -> Actor:
    """The actor that `user` is on a new device."""
    actor = authenticate_token(client_of(user).tokens.access, via="http")
    assert actor is not None
    return actor


@pytest.fixture
def athlete(db: None) -> User:
    return make_person("athlete", display_name="Ada Athlete")


@pytest.fixture
def coach(db: None) -> User:
    return make_person("coach", display_name="Carl Coach", role=Role.COACH)


@pytest.fixture
def stranger(db: None) -> User:
    return make_person("stranger", display_name="Sam Stranger")


@pytest.fixture
def moderator(db: None) -> User:
    return make_person("moderator", display_name="Mo Moderator", role=Role.MODERATOR, is_staff=True)


@pytest.fixture
def anonymous() -> ApiClient:
    """A device that nobody is logged in on."""
    return ApiClient()


@contextmanager
def committed() -> Iterator[None]:
    """Do what operations called inside leave for after the commit, though the test's transaction goes on."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield


def run_jobs() -> None:
    """Do the background work that is due, as a worker would."""
    for job_id, _ in jobs.due(timezone.now() + timedelta(minutes=1)):
        jobs.run(job_id)


def codes(response: Any) -> list[tuple[str, str]]:
    """(pointer, code) of each entry of a 422."""
    assert response.status_code == 422, response.content
    return [(entry["pointer"], entry["code"]) for entry in response.json()["errors"]]


@pytest.fixture
def exercise(db: None) -> Exercise:
    """An exercise that everybody sees."""
    return Exercise.objects.create(
        slug="barbell-bench-press",
        name="Barbell Bench Press",
        status=Status.APPROVED,
        primary_muscles=["chest"],
        equipment=["barbell"],
        kind="strength",
    )


def let_see(client: User, coach: User, *areas: str) -> Coaching:
    """The client lets the coach, who has accepted, see these areas, by default all."""
    named = areas or tuple(ConsentArea.values)
    return Coaching.objects.create(client=client, coach=coach, areas=list(named), accepted_at=timezone.now())
