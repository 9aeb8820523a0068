"""schemathesis against the whole API: whatever it sends, the answer is one that the schema describes.

Each operation is tried with valid and invalid data, half of the time on rows that exist. FITAI_SOAK=1 tries far more,
and other things each time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test.client import MULTIPART_CONTENT
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import Block, Friendship, User
from exercises.models import Exercise
from fitai.common import jobs
from fitai.common.doors import get_wsgi_application
from fitai.common.response_headers import COMPONENTS, RATE_LIMIT
from tests.access.table import PICTURE, SUBSCRIPTION
from tests.cast import client_of, key_of, let_see, make_person
from tests.soak import SOAK

EXAMPLES = 200 if SOAK else 8
LARGE = {"POST /api/v1/templates"}  # a tree of hundreds of nodes takes seconds to make up
DESCRIBED = frozenset(name.lower() for name in COMPONENTS.keys() - set(RATE_LIMIT))


def no_header_is_undescribed(ctx: Any, response: Any, case: Any) -> None:
    """A header that some answers are described with is described wherever it is sent."""
    described = case.operation.definition.raw["responses"][str(response.status_code)]["headers"]
    unknown = DESCRIBED & set(response.headers) - {name.lower() for name in described}
    assert not unknown, f"{response.status_code} carries {unknown}, which the schema does not say"


CHECKS = [
    no_header_is_undescribed,
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@jobs.handles("tests.fuzzed", visible=True)
def fuzzed(claim: jobs.Claim) -> None:
    """A job to ask for."""


DOCUMENT = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
OPERATIONS = {operation.ok().label: operation.ok() for operation in DOCUMENT.get_all_operations()}


@contextmanager
def in_the_tests_transaction() -> Iterator[None]:
    """A request must not close the connection that it shares with the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def world(athlete: User, coach: User, exercise: Exercise, settings: Any, tmp_path: Path) -> dict[str, str]:
    settings.MEDIA_ROOT = tmp_path
    client = client_of(athlete)
    workout = client.post("/api/v1/sessions", {"name": "Push"}).json()["id"]
    logged = client.post(f"/api/v1/workouts/{workout}/sets", {"exercise_id": str(exercise.pk), "reps": 5}).json()
    job = jobs.enqueue("tests.fuzzed", {}, dedupe_key="fuzzed", user_id=athlete.pk)
    watch = client_of(athlete, "watch")
    entry = {"exercise_id": str(exercise.pk), "sets": [{"reps": 5}]}
    weeks = [{"days": [{"name": "Push", "exercises": [entry]}]}]
    plan = {"name": "Push", "goal": "strength", "level": "beginner", "weeks": weeks}
    film = {"exercise_id": str(exercise.pk), "video": SimpleUploadedFile("film", b"a film")}
    weighed = {"kind": "weight", "value": "80", "unit": "kg", "measured_at": "2026-01-01T07:00:00Z"}
    friend, foe = make_person("friend"), make_person("foe")
    Friendship.objects.create(**Friendship.pair(athlete.pk, friend.pk), requester=friend, accepted_at=timezone.now())
    Block.objects.create(blocker=athlete, blocked=foe)
    key_of(athlete, "workouts:read")
    picture = {"file": SimpleUploadedFile("picture", PICTURE)}
    return {
        "workout": workout,
        "group": client.post("/api/v1/workouts/groups", {}).json()["id"],
        "proposal": client.patch(f"/api/v1/exercises/{exercise.pk}", {"difficulty": "advanced"}).json()["id"],
        "media": client.post(f"/api/v1/exercises/{exercise.pk}/media", picture, MULTIPART_CONTENT).json()["media_id"],
        "entry": logged["workout_exercise_id"],
        "set": logged["id"],
        "exercise": str(exercise.pk),
        "slug": exercise.slug,
        "device": str(watch.session_row.pk),  # type: ignore[union-attr]
        "job": str(job),
        "person": str(coach.pk),
        "friend": str(friend.pk),
        "foe": str(foe.pk),
        "key": str(athlete.api_keys.get().pk),
        "export": client.post("/api/v1/users/export").json()["job_id"],
        "push_device": client.post("/api/v1/users/push-devices", SUBSCRIPTION).json()["id"],
        "coaching": str(let_see(athlete, coach).pk),
        "metric": client.post("/api/v1/users/metrics", weighed).json()["id"],
        "template": client.post("/api/v1/templates", plan).json()["id"],
        "plan": client.post("/api/v1/templates/ai-generate", {}).json()["job_id"],
        "form": client.post("/api/v1/form-analyses", film, MULTIPART_CONTENT).json()["job_id"],
    }


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_fits_the_schema(label: str, athlete: User, world: dict[str, str]) -> None:
    application = get_wsgi_application()

    @given(case=OPERATIONS[label].as_strategy(), aimed=st.booleans())
    @settings(
        max_examples=EXAMPLES // 4 if label in LARGE else EXAMPLES,
        deadline=None,
        derandomize=not SOAK,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def tried(case: Any, aimed: bool) -> None:
        if aimed:
            aim(case, world)
        token = client_of(athlete, "fuzzer").tokens.access  # a session of its own: log-out may be what is tried
        with in_the_tests_transaction():
            case.call_and_validate(app=application, headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    tried()


KINDS = {
    "/auth/api-keys/": "key",
    "/auth/devices/": "device",
    "/exercises/proposals/": "proposal",
    "/exercises/": "exercise",
    "/form-analyses/": "form",
    "/jobs/": "job",
    "/templates/ai-jobs/": "plan",
    "/templates/": "template",
    "/users/blocks/": "foe",
    "/users/coaches/": "coaching",
    "/users/export/": "export",
    "/users/friends/": "friend",
    "/users/metrics/": "metric",
    "/users/push-devices/": "push_device",
    "/users/": "person",
    "/workouts/groups/": "group",
}
"""What the id in an address names, by what the address begins with; elsewhere a workout."""
NAMED = {
    "exercise_id": "exercise",
    "session_id": "workout",
    "from_workout_id": "workout",
    "workout_exercise_id": "entry",
    "set_id": "set",
    "template_id": "template",
    "user_id": "person",
    "workout_id": "workout",
}
"""What a member of a body or a query is the id of."""


def kind_of(path: str) -> str:
    """Of what an address below /api/v1 has the id."""
    below = path.removeprefix("/api/v1")
    return next((kind for start, kind in KINDS.items() if below.startswith(start)), "workout")


def aim(case: Any, world: dict[str, str]) -> None:
    """Point a request at rows that exist, in the path, the query and the body."""
    known = {
        "id": world[kind_of(case.path)],
        "user_id": world[kind_of(case.path)],
        "reference": world["set" if "/set/" in case.path else "entry"],
        "media_id": world["media"],
        "slug": world["slug"],
        "n": 1,
    }
    case.path_parameters = {name: known.get(name, value) for name, value in (case.path_parameters or {}).items()}
    for given_values in (case.query, case.body):
        if isinstance(given_values, dict):
            given_values.update({name: world[NAMED[name]] for name in NAMED.keys() & given_values.keys()})


def test_it_aims_at_rows_of_the_right_kind(athlete: User, world: dict[str, str]) -> None:
    """An address with an id is met by a row for each of the kinds there are: none is 404 for all that is tried."""
    client = client_of(athlete)
    paths = sorted({operation.path for operation in OPERATIONS.values() if operation.path.endswith(("{id}", "_id}"))})
    met = {}
    for path in paths:
        address = path.replace("{id}", world[kind_of(path)]).replace("{user_id}", world[kind_of(path)])
        address = address.replace("{media_id}", world["media"])
        allowed = client.generic("BREW", address).headers["Allow"]
        met[path] = (client.get if "GET" in allowed else client.delete)(address).status_code
    only_deleted = (
        *("auth/devices/{id}", "users/blocks/{user_id}", "users/friends/{user_id}", "users/push-devices/{id}"),
        "exercises/{id}/media/{media_id}",
    )
    assert met == {path: 204 if path.endswith(only_deleted) else 200 for path in paths}
