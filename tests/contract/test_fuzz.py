"""schemathesis against the whole API: whatever it sends, the answer is one that the schema describes.

Each operation is tried with valid and invalid data, half of the time on rows that exist. FITAI_SOAK=1 tries far more.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test.client import MULTIPART_CONTENT
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import User
from exercises.models import Exercise
from fitai.common import jobs
from tests.cast import client_of

EXAMPLES = 200 if os.environ.get("FITAI_SOAK") else 12
LARGE = {"POST /api/v1/templates"}  # a tree of hundreds of nodes takes seconds to make up
CHECKS = [
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
def world(athlete: User, exercise: Exercise, settings: Any, tmp_path: Path) -> dict[str, str]:
    settings.MEDIA_ROOT = tmp_path
    client = client_of(athlete)
    workout = client.post("/api/v1/sessions", {"name": "Push"}).json()["id"]
    logged = client.post(f"/api/v1/workouts/{workout}/sets", {"exercise_id": str(exercise.pk), "reps": 5}).json()
    job = jobs.enqueue("tests.fuzzed", {}, dedupe_key="fuzzed", user_id=athlete.pk)
    entry = {"exercise_id": str(exercise.pk), "sets": [{"reps": 5}]}
    weeks = [{"days": [{"name": "Push", "exercises": [entry]}]}]
    plan = {"name": "Push", "goal": "strength", "level": "beginner", "weeks": weeks}
    film = {"exercise_id": str(exercise.pk), "video": SimpleUploadedFile("film", b"a film")}
    return {
        "workout": workout,
        "entry": logged["workout_exercise_id"],
        "set": logged["id"],
        "exercise": str(exercise.pk),
        "job": str(job),
        "template": client.post("/api/v1/templates", plan).json()["id"],
        "form": client.post("/api/v1/form-analyses", film, MULTIPART_CONTENT).json()["job_id"],
    }


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_fits_the_schema(label: str, athlete: User, world: dict[str, str]) -> None:
    application = get_wsgi_application()

    @given(case=OPERATIONS[label].as_strategy())
    @settings(
        max_examples=EXAMPLES // 4 if label in LARGE else EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def tried(case: Any) -> None:
        aim(case, world)
        token = client_of(athlete, "fuzzer").tokens.access  # a session of its own: log-out may be what is tried
        with in_the_tests_transaction():
            case.call_and_validate(app=application, headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    tried()


def aim(case: Any, world: dict[str, str]) -> None:
    """Point half of the requests at rows that exist, in the path and in the body."""
    if hash(repr(case.body)) % 2:
        return
    kinds = {"jobs": "job", "exercises": "exercise", "form-analyses": "form", "templates": "template"}
    kind = kinds.get(case.path.split("/")[3], "workout")
    parameters = dict(case.path_parameters or {})
    if "id" in parameters:
        parameters["id"] = world[kind]
    if "reference" in parameters:
        parameters["reference"] = world["set" if "/set/" in case.path else "entry"]
    case.path_parameters = parameters
    if isinstance(case.body, dict):
        for name, known in (("exercise_id", "exercise"), ("session_id", "workout"), ("workout_exercise_id", "entry")):
            if name in case.body:
                case.body[name] = world[known]
