"""Every operation of the schema, as each member of the cast, against the one table."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.socialaccount.models import SocialAccount
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.client import MULTIPART_CONTENT
from drf_spectacular.generators import SchemaGenerator

from accounts.enums import NotificationKind, Role
from accounts.models import Block, Notification, User
from accounts.operations import mfa
from accounts.operations.coaches import end_coaching
from accounts.operations.friends import accept_request, request_friendship
from accounts.operations.notifications import notify
from exercises.models import Exercise
from fitai.common import jobs
from fitai.common.actors import Actor
from fitai.common.models import Job
from fitai.common.scopes import Scope
from templates_app.models import Template
from tests.access.table import ACCESS, CAST, PICTURE, PLAN, POLICIES, PRESS, SUBSCRIPTION, WEIGHED
from tests.cast import PASSWORD, ApiClient, actor_of, client_of, key_of, let_see, make_person
from workouts.models import Workout

OPERATIONS = sorted(ACCESS)
UNKNOWN = "01890000-0000-7000-8000-0000000fffff"
OWNED = (
    "workouts_workout",
    "workouts_set",
    "workouts_workoutexercise",
    "workouts_share",
    "workouts_group",
    "workouts_groupmember",
    "common_event",
    "common_job",
    "analysis_formanalysis",
    "exercises_exercise",
    "exercises_proposal",
    "exercises_media",
    "templates_app_template",
    "templates_app_templateversion",
    "templates_app_enrolment",
    "accounts_user",
    "accounts_profile",
    "accounts_preferences",
    "account_emailaddress",
    "accounts_session",
    "accounts_coaching",
    "socialaccount_socialaccount",
    "accounts_apikey",
    "accounts_pendingfactor",
    "mfa_authenticator",
    "accounts_metric",
    "accounts_friendship",
    "accounts_block",
    "accounts_mute",
    "accounts_dataexport",
    "accounts_notification",
    "accounts_delivery",
    "accounts_pushdevice",
    "exercises_rating",
    "exercises_use",
    "exercises_trained",
)
WITH_FACTOR = ("DELETE /auth/mfa/totp", "POST /auth/mfa/recovery-codes", "POST /auth/mfa/verify")
"""What is about a second factor that is on; elsewhere the owner has none, and logs in with the password alone."""


@jobs.handles("tests.visible", visible=True)
def visible_job(claim: jobs.Claim) -> None:
    """A job that its owner may follow."""


@pytest.fixture(scope="module")
def operations() -> dict[str, Any]:
    """Everything in the schema, by METHOD and path relative to /api/v1."""
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    return {
        f"{method.upper()} {path.removeprefix('/api/v1')}": operation
        for path, item in paths.items()
        for method, operation in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    }


@pytest.fixture(scope="module")
def scopes(operations: dict[str, Any]) -> dict[str, str]:
    """What a key needs for each operation that it may be made for, as the schema tells it."""
    return {name: operation["x-scope"] for name, operation in operations.items() if "x-scope" in operation}


def test_every_operation_has_its_row(operations: dict[str, Any]) -> None:
    assert set(operations) == set(ACCESS)


@pytest.fixture
def people(athlete: User, stranger: User, coach: User, moderator: User, anonymous: ApiClient) -> dict[str, ApiClient]:
    admin = make_person("admin", role=Role.ADMIN, is_staff=True, is_superuser=True)
    blocked = make_person("blocked")
    Block.objects.create(blocker=athlete, blocked=blocked)
    ex_coach = make_person("ex-coach", role=Role.COACH)
    let_see(athlete, coach)
    end_coaching(actor_of(athlete), let_see(athlete, ex_coach).pk)
    friend = make_person("friend")
    request_friendship(actor_of(friend), athlete.pk)
    accept_request(actor_of(athlete), friend.pk)
    clients = {
        "owner": client_of(athlete),
        "stranger": client_of(stranger),
        "blocked": client_of(blocked),
        "friend": client_of(friend),
        "coach": client_of(coach),
        "ex_coach": client_of(ex_coach),
        "moderator": client_of(moderator),
        "admin": client_of(admin),
    }
    return {"anonymous": anonymous, **clients}


@pytest.fixture
def world(
    people: dict[str, ApiClient],
    athlete: User,
    exercise: Exercise,
    settings: Any,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> dict[str, str]:
    """One row of each kind, the owner's."""
    settings.MEDIA_ROOT = tmp_path
    owner = people["owner"]
    workout = owner.post("/api/v1/sessions", {"name": "Push"}).json()["id"]
    logged = owner.post(f"/api/v1/workouts/{workout}/sets", {"exercise_id": str(exercise.pk), "reps": 5}).json()
    second = client_of(athlete, "watch")
    SocialAccount.objects.create(user=athlete, provider="google", uid="1001")
    key_of(athlete, "workouts:read")
    address = athlete.emailaddress_set.get()
    job = Job.objects.get(pk=jobs.enqueue("tests.visible", {}, dedupe_key="visible", user_id=athlete.pk))
    plan = json.loads(json.dumps(PLAN).replace("{exercise}", str(exercise.pk)))
    template = owner.post("/api/v1/templates", plan).json()["id"]
    owner.post(f"/api/v1/templates/{template}/start", {})
    free_coach, another = (make_person(name, role=Role.COACH) for name in ("free-coach", "another-coach"))
    another_friend, foe = make_person("another-friend"), make_person("foe")
    client_of(another_friend).post("/api/v1/users/friends/request", {"user_id": str(athlete.pk)})
    owner.put(f"/api/v1/users/friends/{another_friend.pk}", {"action": "accept"})
    owner.post("/api/v1/users/blocks", {"user_id": str(foe.pk)})
    phone = {**SUBSCRIPTION, "endpoint": "https://push.example.com/one"}
    push_device = owner.post("/api/v1/users/push-devices", phone).json()["id"]
    notify(athlete.pk, NotificationKind.NEWS, dedupe_key="news")
    film = {"exercise_id": str(exercise.pk), "video": SimpleUploadedFile("film", b"another film")}
    picture = {"file": SimpleUploadedFile("picture", PICTURE)}
    return {
        "workout": workout,
        "owner": str(athlete.pk),
        "another_friend": str(another_friend.pk),
        "foe": str(foe.pk),
        "group": owner.post("/api/v1/workouts/groups", {"name": "Sunday"}).json()["id"],
        "shared": shared_workout(owner),
        "entry": logged["workout_exercise_id"],
        "set": logged["id"],
        "exercise": str(exercise.pk),
        "draft": owner.post("/api/v1/exercises", PRESS).json()["id"],
        "proposal": owner.patch(f"/api/v1/exercises/{exercise.pk}", {"difficulty": "advanced"}).json()["id"],
        "slug": exercise.slug,
        "job": str(job.pk),
        "template": template,
        "plan": owner.post("/api/v1/templates/ai-generate", {}).json()["job_id"],
        "form": owner.post("/api/v1/form-analyses", film, MULTIPART_CONTENT).json()["job_id"],
        "media": owner.post(f"/api/v1/exercises/{exercise.pk}/media", picture, MULTIPART_CONTENT).json()["media_id"],
        "metric": owner.post("/api/v1/users/metrics", WEIGHED).json()["id"],
        "export": owner.post("/api/v1/users/export").json()["job_id"],
        "device": str(second.session_row.pk),
        "push_device": push_device,
        "notification": str(Notification.objects.get(user=athlete, kind="news").pk),
        "refresh": second.tokens.refresh,
        "verification": EmailConfirmationHMAC(address).key,
        "free_coach": str(free_coach.pk),
        "coaching": str(let_see(athlete, another).pk),
        "reset": f"{user_pk_to_url_str(athlete)}-{default_token_generator.make_token(athlete)}",
        "key": str(athlete.api_keys.get().pk),
        **factor_of(athlete, on=asked_of(request) in WITH_FACTOR),
    }


def shared_workout(owner: ApiClient) -> str:
    """A workout that is shared with everyone, which the privacy of workouts leaves to nobody."""
    workout: str = owner.post("/api/v1/sessions", {}).json()["id"]
    owner.patch("/api/v1/users/preferences", {"privacy": {"workouts": "nobody"}})
    owner.post(f"/api/v1/workouts/{workout}/share", {"audience": "everyone"})
    return workout


def asked_of(request: pytest.FixtureRequest) -> str | None:
    """The operation that a test is about, if it is about one."""
    called = getattr(request.node, "callspec", None)
    return None if called is None else called.params.get("operation")


def factor_of(user: User, *, on: bool) -> dict[str, str]:
    """A second factor that waits to be confirmed, or one that is on and with which somebody is logging in."""
    actor = Actor(user.pk)
    secret, _ = mfa.begin_totp(actor)
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    if not on:
        return {"code": code}
    recovery = mfa.confirm_totp(actor, code=code)[0]
    answer = ApiClient().post("/api/v1/auth/login", {"login": user.username, "password": PASSWORD})
    return {"recovery": recovery, "mfa_token": answer.json()["mfa_token"]}


KINDS = {
    "/jobs/": "job",
    "/templates/ai-jobs/": "plan",
    "/auth/api-keys/": "key",
    "/auth/devices/": "device",
    "/users/coaches/": "coaching",
    "/users/export/": "export",
    "/users/metrics/": "metric",
    "/users/push-devices/": "push_device",
    "/users/": "owner",
    "/exercises/proposals/": "proposal",
    "/exercises/": "exercise",
    "/form-analyses/": "form",
    "/templates/": "template",
    "/workouts/groups/": "group",
    "/workouts/{id}/share": "shared",
}
"""What the id in a path names, by what the path begins with; elsewhere a workout."""


OF_DRAFT = [
    name
    for name, row in ACCESS.items()
    if name.split()[1].startswith("/exercises/{id}") and row.policy == "own" and "{media_id}" not in name
]
"""What is about an exercise of one's own, which nobody else sees."""


def path_of(operation: str, world: dict[str, str], **instead: str) -> str:
    template = operation.split()[1]
    kind = (
        "draft"
        if operation in OF_DRAFT
        else next((kind for part, kind in KINDS.items() if template.startswith(part)), "workout")
    )
    reference = "set" if "/set/" in template else "entry"
    values = {
        "id": world[kind],
        "user_id": world["foe" if "/blocks/" in template else "another_friend"],
        "reference": world[reference],
        "media_id": world["media"],
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
        sender = getattr(client.user, "username", "").encode()
        sent = {
            name: SimpleUploadedFile(name, content.replace(b"{sender}", sender)) for name, content in row.files.items()
        }
        return method(path_of(operation, world, **instead), {**json.loads(text), **sent}, MULTIPART_CONTENT)
    path = path_of(operation, world, **instead) + row.query.format(**world)
    return method(path) if row.body is None else method(path, json.loads(text))


def rows_of_owner() -> list[Any]:
    with connection.cursor() as cursor:
        found = []
        for table in OWNED:
            row = "(to_jsonb(t) - 'last_login')" if table == "accounts_user" else "to_jsonb(t)"
            cursor.execute(f"SELECT {row}::text FROM {table} t ORDER BY 1")  # noqa: S608
            found.append(cursor.fetchall())
        return found


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_person_gets_what_the_table_says(
    operation: str, people: dict[str, ApiClient], world: dict[str, str], athlete: User, scopes: dict[str, str]
) -> None:
    row = ACCESS[operation]
    people["key"] = key_of(athlete, *(scope for scope in Scope if scope != scopes.get(operation)))
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


def test_a_coach_whose_client_ended_it_is_a_stranger() -> None:
    assert [name for name in OPERATIONS if ACCESS[name].status("ex_coach") != ACCESS[name].status("stranger")] == []


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if ACCESS[name].policy == "public"])
def test_public_operations_need_no_account(operation: str, people: dict[str, ApiClient], world: dict[str, str]) -> None:
    assert send(people["anonymous"], operation, world).status_code == ACCESS[operation].success


HIDDEN = [name for name in OPERATIONS if POLICIES[ACCESS[name].policy]["stranger"] == 404 and "{id}" in name]


@pytest.mark.parametrize("operation", HIDDEN)
def test_a_foreign_row_looks_like_one_that_never_was(
    operation: str, people: dict[str, ApiClient], world: dict[str, str]
) -> None:
    for person in ("stranger", "blocked", "friend", "ex_coach"):
        foreign = send(people[person], operation, world)
        unknown = send(people[person], operation, world, id=UNKNOWN, user_id=UNKNOWN)
        assert (foreign.status_code, told(foreign)) == (404, told(unknown))


PUBLISHED = sorted(name for name in OPERATIONS if "/templates/{id}" in name and ACCESS[name].policy == "own")


@pytest.mark.parametrize("operation", PUBLISHED)
@pytest.mark.parametrize("either_way", ["blocked", "blocker"])
def test_what_is_public_never_was_for_who_is_blocked(
    operation: str, either_way: str, people: dict[str, ApiClient], world: dict[str, str], athlete: User
) -> None:
    Template.objects.filter(pk=world["template"]).update(visibility="public")
    one = people["blocked"]
    if either_way == "blocker":
        Block.objects.filter(blocked=one.user).update(blocker=one.user, blocked=athlete)
    before = rows_of_owner()
    assert send(people["stranger"], "GET /templates/{id}", world).status_code == 200
    assert send(one, "GET /templates", world).json()["results"] == []
    hidden = send(one, operation, world)
    assert (hidden.status_code, told(hidden)) == (404, told(send(one, operation, world, id=UNKNOWN)))
    assert rows_of_owner() == before


def test_a_key_with_exactly_the_scope_does_what_its_owner_may(
    people: dict[str, ApiClient], world: dict[str, str], athlete: User, scopes: dict[str, str]
) -> None:
    """Each operation by itself, and all of it taken back before the next."""
    keys = {scope: key_of(athlete, scope) for scope in set(scopes.values())}
    got = {}
    for operation, scope in scopes.items():
        with contextlib.suppress(TakenBack), transaction.atomic():
            if operation == "POST /workouts/{id}/restore":
                people["owner"].delete(f"/api/v1/workouts/{world['workout']}")
            got[operation] = send(keys[scope], operation, world).status_code
            raise TakenBack
    assert got == {operation: ACCESS[operation].status("owner") for operation in scopes}
    assert len(got) > 50


class TakenBack(Exception):
    """Ends a transaction that leaves nothing."""


def test_what_is_no_area_is_closed_to_every_key(scopes: dict[str, str]) -> None:
    """So what a later route may be used for is decided when it is written, and not forgotten."""
    closed = {name.split()[1] for name in OPERATIONS if name not in scopes and ACCESS[name].policy != "public"}
    assert closed == {
        "/jobs/{id}",
        "/jobs/{id}/cancel",
        "/auth/devices",
        "/auth/devices/{id}",
        "/auth/ws-ticket",
        "/auth/email",
        "/auth/change-password",
        "/auth/google/link",
        "/auth/api-keys",
        "/auth/api-keys/{id}",
        "/auth/mfa/totp",
        "/auth/mfa/totp/confirm",
        "/auth/mfa/recovery-codes",
        "/users/account",
        "/users/export",
        "/users/export/{id}",
        "/users/coaches",
        "/users/coaches/{id}",
        "/users/clients",
        "/users/push-devices",
        "/users/push-devices/{id}",
    }


def told(answer: Any) -> dict[str, Any]:
    """What a refusal says, but for what names the request."""
    return {name: value for name, value in answer.json().items() if name not in ("instance", "request_id")}


def test_nested_ids_must_belong_together(people: dict[str, ApiClient], world: dict[str, str]) -> None:
    owner = people["owner"]
    other = owner.post("/api/v1/sessions", {}).json()["id"]
    assert owner.put(f"/api/v1/workouts/{other}/set/{world['set']}", {"reps": 1}).status_code == 404
    assert owner.delete(f"/api/v1/workouts/{other}/exercise/{world['entry']}").status_code == 404
    assert Workout.objects.get(pk=world["workout"]).total_reps == 5
