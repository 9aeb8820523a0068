"""The doors of an exercise's life."""

import threading
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from exercises.models import Decision, Exercise, Proposal, SearchDocument, Translation, Variation
from fitai.common.ids import uuid7
from tests.cast import ApiClient, client_of, codes, key_of, make_person
from tests.exercises.conftest import MakeExercise

URL = "/api/v1/exercises"
PRESS = {"name": "Floor Press", "primary_muscles": ["chest"], "equipment": ["dumbbell"], "kind": "strength"}
ExerciseEvent = apps.get_model("exercises", "ExerciseEvent")


@pytest.fixture
def phone(athlete: Any) -> ApiClient:
    return client_of(athlete)


@pytest.fixture
def other(stranger: Any) -> ApiClient:
    return client_of(stranger)


@pytest.fixture
def desk(moderator: Any) -> ApiClient:
    return client_of(moderator)


def made(phone: ApiClient, **values: Any) -> dict[str, Any]:
    answer = phone.post(URL, {**PRESS, **values})
    assert answer.status_code == 201, answer.content
    shown: dict[str, Any] = answer.json()
    return shown


def rows() -> list[Any]:
    """All that the library keeps, as text."""
    found = []
    with connection.cursor() as cursor:
        for name in ("exercise", "translation", "variation", "proposal", "decision", "submission", "exerciseevent"):
            cursor.execute(f"SELECT to_jsonb(t)::text FROM exercises_{name} t ORDER BY 1")  # noqa: S608
            found.append(cursor.fetchall())
    return found


# ── Making ───────────────────────────────────────────────────────────────────────────────────────


def test_what_is_needed_is_enough(phone: ApiClient) -> None:
    answer = phone.post(URL, PRESS)
    shown = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, f"{URL}/{shown['id']}")
    assert shown == {
        **PRESS,
        "id": shown["id"],
        "slug": "floor-press",
        "aliases": [],
        "instructions": [],
        "mistakes": [],
        "secondary_muscles": [],
        "pattern": None,
        "mechanic": None,
        "force": None,
        "difficulty": "beginner",
        "tracking": "weight_reps",
        "unilateral": False,
        "per_hand": False,
        "bodyweight_share": "0",
        "met": None,
        "variations": [],
        "contraindications": [],
        "media": [],
        "form_profile": None,
        "status": "draft",
        "merged_into": None,
        "version": 1,
        "rating": None,
        "rating_count": 0,
    }
    assert phone.get(answer["Location"])["ETag"] == answer["ETag"]


def test_everything_that_a_person_may_say(make_exercise: MakeExercise, phone: ApiClient) -> None:
    bench = make_exercise("Bench Press", pattern="horizontal_push", form_profile="bench_press")
    said = {
        "aliases": ["Ground Press"],
        "instructions": ["Lie down.", "Press."],
        "mistakes": ["Bouncing."],
        "secondary_muscles": ["triceps"],
        "pattern": "horizontal_push",
        "mechanic": "compound",
        "force": "push",
        "difficulty": "intermediate",
        "tracking": "weight_reps",
        "unilateral": True,
        "per_hand": True,
        "bodyweight_share": "0.25",
        "met": 3.5,
        "contraindications": ["wrist"],
        "variations": [{"id": str(bench.pk), "relation": "equipment"}],
    }
    shown = made(phone, **said, language="en")
    assert {name: shown[name] for name in said} == said | {"met": "3.5"}
    assert (shown["form_profile"], shown["version"]) == ("bench_press", 1)


@pytest.mark.parametrize("missing", ["name", "primary_muscles", "equipment", "kind"])
def test_each_of_the_four_is_needed(phone: ApiClient, missing: str) -> None:
    answer = phone.post(URL, {name: value for name, value in PRESS.items() if name != missing})
    assert codes(answer) == [(f"/{missing}", "required")]


NOT_OURS = {
    "owner": "019ccd9e-a76d-76f2-8e94-87df73fc5433",
    "status": "approved",
    "slug": "mine",
    "rating": "5",
    "rating_count": 9,
    "version": 7,
    "form_profile": "squat",
    "media": [],
    "catalogue_digest": "x",
    "merged_into": None,
    "attribution": {},
    "deleted_at": None,
}


@pytest.mark.parametrize("member", NOT_OURS)
def test_nobody_writes_what_is_not_theirs_to_say(phone: ApiClient, member: str) -> None:
    mine = made(phone)
    before = rows()
    for answer in (
        phone.post(URL, {**PRESS, "name": "Another", member: NOT_OURS[member]}),
        phone.patch(f"{URL}/{mine['id']}", {"name": "Another", member: NOT_OURS[member]}),
    ):
        assert codes(answer) == [(f"/{member}", "unknown_field")]
    assert rows() == before


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"name": " "}, [("/name", "blank")]),
        ({"name": "!!!"}, [("/name", "invalid")]),
        ({"name": "x" * 81}, [("/name", "max_length")]),
        ({"primary_muscles": []}, [("/primary_muscles", "min_length")]),
        ({"primary_muscles": ["pecs"]}, [("/primary_muscles/0", "invalid_choice")]),
        ({"bodyweight_share": "1.3"}, [("/bodyweight_share", "max_value")]),
        ({"met": 0}, [("/met", "min_value")]),
        ({"kind": None}, [("/kind", "null")]),
        ({"language": "fr"}, [("/language", "invalid_choice")]),
        ({"variations": [{"id": str(uuid7()), "relation": "easier"}]}, [("/variations/0/id", "not_found")]),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(phone: ApiClient, said: Any, refused: Any) -> None:
    mine = made(phone)
    before = rows()
    assert codes(phone.post(URL, {**PRESS, **said})) == refused
    assert codes(phone.patch(f"{URL}/{mine['id']}", said)) == refused
    assert rows() == before


def test_a_variation_that_is_somebody_elses_own_is_as_one_that_never_was(phone: ApiClient, other: ApiClient) -> None:
    theirs = made(other)
    answer = phone.post(URL, {**PRESS, "variations": [{"id": theirs["id"], "relation": "easier"}]})
    assert codes(answer) == [("/variations/0/id", "not_found")]


def test_an_id_that_was_chosen(phone: ApiClient, other: ApiClient) -> None:
    body = {**PRESS, "id": str(uuid7()), "bodyweight_share": "0.60", "met": "3.50"[:3]}
    first = phone.post(URL, body)
    again = phone.post(URL, body)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    for client, changed in ((phone, {**body, "name": "Another"}), (other, body)):
        answer = client.post(URL, changed)
        assert (answer.status_code, answer.json()["code"]) == (409, "id_taken")
    assert Exercise.objects.count() == 1
    phone.delete(f"{URL}/{body['id']}")
    assert phone.post(URL, body).json()["code"] == "id_taken"


def test_slugs_are_made_of_names_and_unique(make_exercise: MakeExercise, phone: ApiClient, other: ApiClient) -> None:
    make_exercise("Floor Press")
    assert made(phone, confirm_duplicate=True)["slug"] == "floor-press-2"
    assert made(phone, confirm_duplicate=True)["slug"] == "floor-press-3"
    assert made(other, confirm_duplicate=True)["slug"] == "floor-press-2"  # what others have, nobody learns
    assert made(phone, name="胸を張る")["slug"] == "exercise"
    assert made(phone, name="Kreuzheben für Anfänger")["slug"] == "kreuzheben-fur-anfanger"
    assert len(made(phone, name="Very long " * 8)["slug"]) <= 80


def test_a_near_name_is_refused_with_what_is_there(make_exercise: MakeExercise, phone: ApiClient) -> None:
    bench = make_exercise("Barbell Bench Press", aliases=["Flat Bench"])
    answer = phone.post(URL, {**PRESS, "name": "Bench Press Barbel"})
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate")
    (candidate,) = answer.json()["candidates"]
    assert candidate.pop("similarity") > 0.9
    assert candidate == {"id": str(bench.pk), "slug": "barbell-bench-press", "name": "Barbell Bench Press"}
    assert phone.post(URL, {**PRESS, "name": "bench, flat"}).json()["candidates"][0]["similarity"] == 1
    assert Exercise.objects.count() == 1
    shown = made(phone, name="Bench Press Barbel", confirm_duplicate=True)
    renamed = phone.patch(f"{URL}/{made(phone, name='Something Else')['id']}", {"name": "Barbell Bench Press"})
    assert [one["id"] for one in renamed.json()["candidates"]] == [str(bench.pk), shown["id"]]


def test_what_others_keep_to_themselves_is_no_candidate(phone: ApiClient, other: ApiClient) -> None:
    made(other)
    assert made(phone)["slug"] == "floor-press"


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_under_one_key_make_one(phone: ApiClient) -> None:
    start, answers = threading.Barrier(20), []

    def post() -> None:
        try:
            start.wait()
            answers.append(ApiClient.post(client_like(phone), URL, PRESS, HTTP_IDEMPOTENCY_KEY="one"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {201, 409}
    made_ids = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert made_ids == {str(Exercise.objects.get().pk)}


@pytest.mark.django_db(transaction=True)
def test_the_same_name_twice_at_once_is_a_duplicate(phone: ApiClient) -> None:
    start, answers = threading.Barrier(4), []

    def post() -> None:
        try:
            start.wait()
            answers.append(client_like(phone).post(URL, PRESS).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 409, 409, 409]


def client_like(phone: ApiClient) -> ApiClient:
    """The same device, for another thread."""
    return ApiClient(phone.user, phone.session_row)


# ── Variations ───────────────────────────────────────────────────────────────────────────────────


def links() -> list[tuple[str, str, str]]:
    found = Variation.objects.order_by("exercise__slug", "other__slug")
    return list(found.values_list("exercise__slug", "other__slug", "relation"))


def test_own_variations_point_both_ways(phone: ApiClient) -> None:
    knee, full = made(phone, name="Knee Thing"), made(phone, name="Full Thing")
    phone.patch(f"{URL}/{full['id']}", {"variations": [{"id": knee["id"], "relation": "easier"}]})
    assert links() == [("full-thing", "knee-thing", "easier"), ("knee-thing", "full-thing", "harder")]
    assert phone.get(f"{URL}/{knee['id']}").json()["variations"] == [{"id": full["id"], "relation": "harder"}]
    phone.patch(f"{URL}/{knee['id']}", {"variations": [{"id": full["id"], "relation": "unilateral"}]})
    assert links() == [("full-thing", "knee-thing", "unilateral"), ("knee-thing", "full-thing", "unilateral")]
    phone.patch(f"{URL}/{knee['id']}", {"variations": []})
    assert links() == []


def test_the_library_does_not_point_to_drafts(make_exercise: MakeExercise, phone: ApiClient, desk: ApiClient) -> None:
    bench = make_exercise("Bench Press")
    mine = made(phone, variations=[{"id": str(bench.pk), "relation": "equipment"}])
    assert links() == [("floor-press", "bench-press", "equipment")]
    bench.refresh_from_db()
    assert bench.version == 1
    answer = desk.patch(f"{URL}/{bench.pk}", {"variations": [{"id": mine["id"], "relation": "easier"}]})
    assert codes(answer) == [("/variations/0/id", "not_found")]


# ── Editing ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["patch", "put"])
def test_ones_own_is_edited_at_once(phone: ApiClient, method: str) -> None:
    mine = made(phone, aliases=["A"], pattern="squat")
    answer = getattr(phone, method)(f"{URL}/{mine['id']}", {"aliases": ["B", "C"], "pattern": None})
    assert answer.status_code == 200
    assert answer.json() == {**mine, "aliases": ["B", "C"], "pattern": None, "version": 2}
    assert answer["ETag"] == phone.get(f"{URL}/{mine['id']}")["ETag"]
    assert getattr(phone, method)(f"{URL}/{mine['id']}", {"aliases": ["B", "C"]}).json()["version"] == 2


def test_if_match_guards_every_change(phone: ApiClient) -> None:
    mine = made(phone)
    address = f"{URL}/{mine['id']}"
    old = phone.get(address)["ETag"]
    assert phone.patch(address, {"name": "Better"}, HTTP_IF_MATCH=old).status_code == 200
    before = rows()
    assert [
        phone.patch(address, {"name": "Worse"}, HTTP_IF_MATCH=old).status_code,
        phone.post(f"{address}/submit", HTTP_IF_MATCH=old).status_code,
        phone.post(f"{address}/revert/1", HTTP_IF_MATCH=old).status_code,
        phone.post(f"{address}/restore", HTTP_IF_MATCH=old).status_code,
        phone.delete(address, HTTP_IF_MATCH=old).status_code,
    ] == [412] * 5
    assert rows() == before
    german = phone.get(address, HTTP_ACCEPT_LANGUAGE="de")["ETag"]
    assert phone.patch(address, {"name": "Good"}, HTTP_IF_MATCH=german).status_code == 200


def test_texts_in_another_language_are_a_translation(phone: ApiClient) -> None:
    mine = made(phone, instructions=["Lie down."])
    address = f"{URL}/{mine['id']}"
    assert codes(phone.patch(address, {"language": "de", "aliases": ["X"]})) == [("/name", "required")]
    body = {"language": "de", "name": "Bankdrücken am Boden", "instructions": ["Hinlegen."], "kind": "bodyweight"}
    assert phone.patch(address, body).json() == {**mine, "version": 2, "kind": "bodyweight"}
    german = phone.get(address, HTTP_ACCEPT_LANGUAGE="de").json()
    assert (german["name"], german["instructions"]) == ("Bankdrücken am Boden", ["Hinlegen."])
    assert phone.patch(address, {"language": "de", "mistakes": ["Federn."]}).json()["version"] == 3
    assert Translation.objects.get().name == "Bankdrücken am Boden"


def test_a_variation_has_the_profile_of_its_pattern(make_exercise: MakeExercise, phone: ApiClient) -> None:
    squat = make_exercise("Squat", pattern="squat", form_profile="squat")
    jump = make_exercise("Jump", pattern="jump", form_profile="jumping_jack")
    mine = made(phone, pattern="squat")
    assert mine["form_profile"] is None
    both = [{"id": str(jump.pk), "relation": "harder"}, {"id": str(squat.pk), "relation": "easier"}]
    shown = phone.patch(f"{URL}/{mine['id']}", {"variations": both}).json()
    assert (shown["form_profile"], shown["version"]) == ("squat", 2)
    assert phone.patch(f"{URL}/{mine['id']}", {"pattern": "hinge"}).json()["form_profile"] is None


def test_an_edit_of_the_library_is_a_proposal(make_exercise: MakeExercise, phone: ApiClient, other: ApiClient) -> None:
    squat = make_exercise("Squat", aliases=["BB Squat"], instructions=["Sit down slowly.", "Stand up."])
    address = f"{URL}/{squat.pk}"
    seen = other.get(address).json()
    answer = phone.patch(address, {"instructions": ["Sit down slowly and deeply.", "Stand up."], "note": "How deep"})
    shown = answer.json()
    assert (answer.status_code, answer["Location"]) == (202, f"{URL}/proposals/{shown['id']}")
    assert phone.get(answer["Location"]).json() == shown
    assert (shown["status"], shown["version"], shown["base_version"], shown["note"]) == ("pending", 1, 1, "How deep")
    assert [(one["field"], one["before"], one["after"]) for one in shown["changes"]] == [
        (
            "instructions",
            ["Sit down slowly.", "Stand up."],
            ["Sit down slowly and deeply.", "Stand up."],
        )
    ]
    assert shown["changes"][0]["lines"][0]["pieces"][1] == {"op": "added", "text": " and deeply"}
    assert other.get(address).json() == seen
    assert other.get(answer["Location"]).status_code == 404
    assert Exercise.objects.get().version == 1


def test_what_is_proposed_while_it_waits_joins(make_exercise: MakeExercise, phone: ApiClient, other: ApiClient) -> None:
    squat = make_exercise("Squat", difficulty="beginner")
    address = f"{URL}/{squat.pk}"
    first = phone.patch(address, {"difficulty": "advanced"}).json()
    second = phone.patch(address, {"aliases": ["BB Squat"], "language": "en"}).json()
    assert (second["id"], second["version"]) == (first["id"], 2)
    assert [one["field"] for one in second["changes"]] == ["aliases", "difficulty"]
    assert other.patch(address, {"difficulty": "advanced"}).json()["id"] != first["id"]
    left = phone.patch(address, {"difficulty": "beginner"}).json()
    assert [one["field"] for one in left["changes"]] == ["aliases"]
    nothing = phone.patch(address, {"aliases": []})
    assert (nothing.status_code, nothing.json()["id"]) == (200, str(squat.pk))
    assert phone.get(f"{URL}/proposals/{first['id']}").json()["status"] == "withdrawn"


def test_proposals_are_listed_to_their_author_and_to_moderators(
    make_exercise: MakeExercise, phone: ApiClient, other: ApiClient, desk: ApiClient
) -> None:
    def statements(number: int) -> int:
        make_exercise(f"Squat {number}")
        phone.patch(f"{URL}/{Exercise.objects.get(slug=f'squat-{number}').pk}", {"difficulty": "advanced"})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(phone.get(f"{URL}/proposals").json()["results"]) == number
        return len(queries)

    assert [statements(number) for number in (1, 2, 3)] == [1, 1, 1]
    newest = phone.get(f"{URL}/proposals?limit=1").json()
    assert len(phone.get(newest["next"]).json()["results"]) == 1
    assert newest["results"][0]["exercise_name"] == "Squat 3"
    address = f"{URL}/proposals/{newest['results'][0]['id']}"
    assert [client.get(address).status_code for client in (phone, desk, other)] == [200, 200, 404]
    assert [client.delete(address).status_code for client in (other, desk, phone, phone)] == [404, 403, 204, 409]
    assert len(desk.get(f"{URL}/proposals?status=pending").json()["results"]) == 2
    assert len(desk.get(f"{URL}/proposals?status=withdrawn").json()["results"]) == 1
    assert other.get(f"{URL}/proposals").json()["results"] == []
    assert codes(phone.get(f"{URL}/proposals?status=odd")) == [("?status", "invalid_choice")]


def test_moderators_edit_at_once_and_it_is_written_down(make_exercise: MakeExercise, desk: ApiClient) -> None:
    squat = make_exercise("Squat")
    answer = desk.patch(f"{URL}/{squat.pk}", {"difficulty": "advanced", "note": "Not for beginners"})
    assert (answer.status_code, answer.json()["difficulty"], answer.json()["version"]) == (200, "advanced", 2)
    decision = Decision.objects.get()
    assert (decision.verdict, decision.reason, decision.version) == ("edited", "Not for beginners", 2)
    assert decision.moderator_id == desk.user.pk


# ── Submitting, deleting, restoring ──────────────────────────────────────────────────────────────


def test_submitting(phone: ApiClient, other: ApiClient, desk: ApiClient) -> None:
    mine = made(phone)
    address = f"{URL}/{mine['id']}"
    assert other.post(f"{address}/submit").status_code == 404
    shown = phone.post(f"{address}/submit").json()
    assert (shown["status"], shown["version"]) == ("pending", 2)
    again = phone.post(f"{address}/submit")
    assert (again.status_code, again.json()["code"], again.json()["state"]) == (409, "wrong_status", "pending")
    assert desk.get(address).json()["status"] == "pending"
    assert desk.post(f"{address}/submit").status_code == 403
    assert other.get(address).status_code == 404
    assert phone.patch(address, {"mistakes": ["Rushing it."]}).json()["status"] == "pending"


def test_only_the_verified_submit_and_propose(make_exercise: MakeExercise) -> None:
    new = client_of(make_person("new", verified=False))
    mine, squat = made(new), make_exercise("Squat")
    before = rows()
    for answer in (new.post(f"{URL}/{mine['id']}/submit"), new.patch(f"{URL}/{squat.pk}", {"kind": "nonsense"})):
        assert (answer.status_code, answer.json()["code"]) == (403, "email_unverified")
    assert rows() == before


def test_deleting_and_restoring_ones_own(phone: ApiClient, other: ApiClient) -> None:
    mine = made(phone)
    address = f"{URL}/{mine['id']}"
    assert other.delete(address).status_code == 404
    assert phone.delete(address).status_code == 204
    assert phone.delete(address).status_code == 404
    assert phone.get(f"{URL}?q=floor").json()["results"] == []
    assert phone.get(address).json()["status"] == "archived"
    assert phone.get(f"{URL}/by-slug/floor-press").status_code == 404
    assert other.get(address).status_code == 404
    for answer in (phone.patch(address, {"name": "New"}), phone.post(f"{address}/submit")):
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_status")
    assert other.post(f"{address}/restore").status_code == 404
    assert phone.post(f"{address}/restore").json() == {**mine, "version": 3}
    assert phone.post(f"{address}/restore").json()["version"] == 3


def test_what_is_in_the_library_only_moderators_archive(
    make_exercise: MakeExercise, athlete: Any, phone: ApiClient, other: ApiClient, desk: ApiClient
) -> None:
    mine = make_exercise("Floor Press", owner=athlete, status="approved")
    address = f"{URL}/{mine.pk}"
    assert [client.delete(address).status_code for client in (phone, other, desk, desk)] == [403, 403, 204, 204]
    assert [client.get(address).status_code for client in (phone, other, desk)] == [200, 200, 200]
    assert phone.get(address).json()["status"] == "archived"
    assert [client.post(f"{address}/restore").status_code for client in (phone, other)] == [403, 403]
    make_exercise("Another", slug="floor-press")
    shown = desk.post(f"{address}/restore").json()
    assert (shown["status"], shown["slug"]) == ("approved", "floor-press-2")
    assert list(Decision.objects.order_by("pk").values_list("verdict", flat=True)) == ["archived", "restored"]


def test_what_was_merged_does_not_come_back(make_exercise: MakeExercise, desk: ApiClient) -> None:
    stays, gone = make_exercise("Squat"), make_exercise("Squats", status="archived")
    Exercise.objects.filter(pk=gone.pk).update(merged_into=stays)
    answer = desk.post(f"{URL}/{gone.pk}/restore")
    assert (answer.status_code, answer.json()["merged_into"]) == (409, str(stays.pk))


# ── Who sees what ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", ["draft", "pending", "rejected"])
def test_nobody_else_meets_what_is_not_approved(
    phone: ApiClient, other: ApiClient, desk: ApiClient, status: str
) -> None:
    mine = made(phone)
    phone.patch(f"{URL}/{mine['id']}", {"language": "de", "name": "Bankdrücken am Boden"})
    Exercise.objects.update(status=status)
    address = f"{URL}/{mine['id']}"
    before = rows()
    never = other.get(f"{URL}/{uuid7()}").json()["title"]
    for answer in (
        other.get(address),
        other.get(f"{URL}/by-slug/floor-press"),
        other.get(f"{address}/history"),
        other.patch(address, {"name": "Mine"}),
        other.put(address, {"nonsense": 1}),
        other.delete(address),
        other.post(f"{address}/submit"),
        other.post(f"{address}/restore"),
        other.post(f"{address}/revert/1"),
    ):
        assert (answer.status_code, answer.json()["title"]) == (404, never)
    for answer in (
        other.get(URL),
        other.get(f"{URL}?q=floor"),
        other.get(f"{URL}/muscle/chest"),
        other.get(f"{URL}/equipment/dumbbell"),
        other.post(f"{URL}/search", {"query": "floor press"}),
        other.post(f"{URL}/search", {"query": "Bankdrücken"}, HTTP_ACCEPT_LANGUAGE="de"),
    ):
        assert (answer.status_code, answer.json()["results"]) == (200, [])
    assert rows() == before
    assert SearchDocument.objects.count() == 2  # its owner finds it
    assert phone.post(f"{URL}/search", {"query": "floor press"}).json()["count"] == 1
    assert desk.get(address).status_code == (404 if status == "draft" else 200)


def test_a_key_does_what_its_scope_says_and_no_more(athlete: Any, phone: ApiClient) -> None:
    mine = made(phone)
    reader, writer = key_of(athlete, "exercises:read"), key_of(athlete, "exercises:write")
    assert reader.get(f"{URL}/{mine['id']}/history").status_code == 200
    assert reader.patch(f"{URL}/{mine['id']}", {"name": "New"}).json()["scope"] == "exercises:write"
    assert writer.get(f"{URL}/{mine['id']}/history").json()["scope"] == "exercises:read"
    assert writer.patch(f"{URL}/{mine['id']}", {"name": "New"}).status_code == 200
    (event,) = ExerciseEvent.objects.filter(version=2)
    assert event.pgh_context.metadata == {"user": str(athlete.pk), "via": "key", "note": ""}


def test_a_moderators_key_moderates_nothing(make_exercise: MakeExercise, moderator: Any) -> None:
    squat = make_exercise("Squat")
    writer = key_of(moderator, "exercises:write")
    assert writer.patch(f"{URL}/{squat.pk}", {"difficulty": "advanced"}).status_code == 202
    assert writer.delete(f"{URL}/{squat.pk}").status_code == 403
    assert Proposal.objects.count() == 1
