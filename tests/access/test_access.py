"""Every operation of the schema, as each member of the cast, against the one table."""

import json
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailConfirmationHMAC
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import MULTIPART_CONTENT
from drf_spectacular.generators import SchemaGenerator

from accounts.enums import NotificationKind, Role
from accounts.models import Block, Notification, User
from accounts.operations.notifications import notify
from exercises.models import Exercise
from fitai.common import jobs
from fitai.common.models import Job
from templates_app.models import Template
from tests.access.table import ACCESS, CAST, PLAN, SUBSCRIPTION
from tests.cast import ApiClient, client_of, make_person
from workouts.models import Workout

OPERATIONS = sorted(ACCESS)
UNKNOWN = "01890000-0000-7000-8000-0000000fffff"
OWNED = (
    "workouts_workout",
    "workouts_set",
    "workouts_workoutexercise",
    "common_event",
    "common_job",
    "analysis_formanalysis",
    "templates_app_template",
    "templates_app_templateversion",
    "templates_app_enrolment",
    "accounts_session",
    "accounts_notification",
    "accounts_delivery",
    "accounts_pushdevice",
)


@jobs.handles("tests.visible", visible=True)
def visible_job(claim: jobs.Claim) -> None:
    """A job that its owner may follow."""


@pytest.fixture(scope="module")
def operations() -> set[str]:
    """METHOD path of everything in the schema, relative to /api/v1."""
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    return {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, item in paths.items()
        for method in item
        if method in ("get", "post", "put", "patch", "delete")
    }


def test_every_operation_has_its_row(operations: set[str]) -> None:
    assert operations == set(ACCESS)


@pytest.fixture
def people(athlete: User, stranger: User, coach: User, moderator: User, anonymous: ApiClient) -> dict[str, ApiClient]:
    admin = make_person("admin", role=Role.ADMIN, is_staff=True, is_superuser=True)
    blocked = make_person("blocked")
    Block.objects.create(blocker=athlete, blocked=blocked)
    clients = {
        "owner": client_of(athlete),
        "stranger": client_of(stranger),
        "blocked": client_of(blocked),
        "coach": client_of(coach),
        "moderator": client_of(moderator),
        "admin": client_of(admin),
    }
    return {"anonymous": anonymous, **clients}


@pytest.fixture
def world(
    people: dict[str, ApiClient], athlete: User, exercise: Exercise, settings: Any, tmp_path: Path
) -> dict[str, str]:
    """One row of each kind, the owner's."""
    settings.MEDIA_ROOT = tmp_path
    owner = people["owner"]
    workout = owner.post("/api/v1/sessions", {"name": "Push"}).json()["id"]
    logged = owner.post(f"/api/v1/workouts/{workout}/sets", {"exercise_id": str(exercise.pk), "reps": 5}).json()
    second = client_of(athlete, "watch")
    address = athlete.emailaddress_set.get()
    job = Job.objects.get(pk=jobs.enqueue("tests.visible", {}, dedupe_key="visible", user_id=athlete.pk))
    plan = json.loads(json.dumps(PLAN).replace("{exercise}", str(exercise.pk)))
    template = owner.post("/api/v1/templates", plan).json()["id"]
    owner.post(f"/api/v1/templates/{template}/start", {})
    phone = {**SUBSCRIPTION, "endpoint": "https://push.example.com/one"}
    push_device = owner.post("/api/v1/users/push-devices", phone).json()["id"]
    notify(athlete.pk, NotificationKind.NEWS, dedupe_key="news")
    film = {"exercise_id": str(exercise.pk), "video": SimpleUploadedFile("film", b"another film")}
    return {
        "workout": workout,
        "entry": logged["workout_exercise_id"],
        "set": logged["id"],
        "exercise": str(exercise.pk),
        "slug": exercise.slug,
        "job": str(job.pk),
        "template": template,
        "plan": owner.post("/api/v1/templates/ai-generate", {}).json()["job_id"],
        "form": owner.post("/api/v1/form-analyses", film, MULTIPART_CONTENT).json()["job_id"],
        "device": str(second.session_row.pk),
        "push_device": push_device,
        "notification": str(Notification.objects.get(user=athlete).pk),
        "refresh": second.tokens.refresh,
        "verification": EmailConfirmationHMAC(address).key,
    }


def path_of(operation: str, world: dict[str, str], **instead: str) -> str:
    template = operation.split()[1]
    kinds = {
        "jobs": "job",
        "auth": "device",
        "exercises": "exercise",
        "form-analyses": "form",
        "templates": "template",
    }
    below = {"ai-jobs": "plan", "push-devices": "push_device"}
    parts = template.split("/")
    kind = next((below[part] for part in parts if part in below), kinds.get(parts[1], "workout"))
    reference = "set" if "/set/" in template else "entry"
    values = {
        "id": world[kind],
        "reference": world[reference],
        "slug": world["slug"],
        "muscle": "chest",
        "equipment": "barbell",
        "n": "1",
        **instead,
    }
    return "/api/v1" + template.format(**values)


def send(client: ApiClient, operation: str, world: dict[str, str], **instead: str) -> Any:
    row = ACCESS[operation]
    text = json.dumps(row.body)
    for name, value in world.items():
        text = text.replace(f"{{{name}}}", value)
    method = getattr(client, operation.split()[0].lower())
    if row.files:
        sent = {name: SimpleUploadedFile(name, content) for name, content in row.files.items()}
        return method(path_of(operation, world, **instead), {**json.loads(text), **sent}, MULTIPART_CONTENT)
    path = path_of(operation, world, **instead) + row.query.format(**world)
    return method(path) if row.body is None else method(path, json.loads(text))


def rows_of_owner() -> list[Any]:
    with connection.cursor() as cursor:
        found = []
        for table in OWNED:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")  # noqa: S608
            found.append(cursor.fetchall())
        return found


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_person_gets_what_the_table_says(
    operation: str, people: dict[str, ApiClient], world: dict[str, str]
) -> None:
    row = ACCESS[operation]
    got = {}
    for person in [name for name in CAST if name != "owner"]:
        if row.policy == "public":
            continue
        before = rows_of_owner()
        got[person] = send(people[person], operation, world).status_code
        if got[person] >= 400:
            assert rows_of_owner() == before, f"{person} was refused and changed something"
    if operation == "POST /workouts/{id}/restore":
        people["owner"].delete(f"/api/v1/workouts/{world['workout']}")
    got["owner"] = send(people["owner"], operation, world).status_code
    assert got == {person: row.status(person) for person in got}


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if ACCESS[name].policy == "public"])
def test_public_operations_need_no_account(operation: str, people: dict[str, ApiClient], world: dict[str, str]) -> None:
    assert send(people["anonymous"], operation, world).status_code == ACCESS[operation].success


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if ACCESS[name].policy == "own"])
def test_a_foreign_row_looks_like_one_that_never_was(
    operation: str, people: dict[str, ApiClient], world: dict[str, str]
) -> None:
    for person in ("stranger", "blocked"):
        foreign = send(people[person], operation, world)
        assert (foreign.status_code, told(foreign)) == (404, told(send(people[person], operation, world, id=UNKNOWN)))


PUBLISHED = sorted(name for name in OPERATIONS if "/templates/{id}" in name and ACCESS[name].policy == "own")


@pytest.mark.parametrize("operation", PUBLISHED)
@pytest.mark.parametrize("either_way", ["blocked", "blocker"])
def test_what_is_public_never_was_for_who_is_blocked(
    operation: str, either_way: str, people: dict[str, ApiClient], world: dict[str, str], athlete: User
) -> None:
    Template.objects.filter(pk=world["template"]).update(visibility="public")
    one = people["blocked"]
    if either_way == "blocker":
        Block.objects.update(blocker=one.user, blocked=athlete)
    before = rows_of_owner()
    assert send(people["stranger"], "GET /templates/{id}", world).status_code == 200
    assert send(one, "GET /templates", world).json()["results"] == []
    hidden = send(one, operation, world)
    assert (hidden.status_code, told(hidden)) == (404, told(send(one, operation, world, id=UNKNOWN)))
    assert rows_of_owner() == before


def told(answer: Any) -> dict[str, Any]:
    """What a refusal says, but for what names the request."""
    return {name: value for name, value in answer.json().items() if name not in ("instance", "request_id")}


def test_nested_ids_must_belong_together(people: dict[str, ApiClient], world: dict[str, str]) -> None:
    owner = people["owner"]
    other = owner.post("/api/v1/sessions", {}).json()["id"]
    assert owner.put(f"/api/v1/workouts/{other}/set/{world['set']}", {"reps": 1}).status_code == 404
    assert owner.delete(f"/api/v1/workouts/{other}/exercise/{world['entry']}").status_code == 404
    assert Workout.objects.get(pk=world["workout"]).total_reps == 5
