"""Templates over HTTP: shapes, statuses, tags, keys, pages and the number of statements."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.models import User
from exercises.models import Exercise, Translation
from templates_app.models import Enrolment, Template, TemplateVersion
from templates_app.operations.templates import create_template
from tests.cast import ApiClient, actor_of, client_of, codes, make_person
from tests.exercises.conftest import MakeExercise
from tests.templates_app.plans import Json, day, entry, kept_rule, kept_set, template, working
from tests.workouts.gym import counted

URL = "/api/v1/templates"


@pytest.fixture
def phone(athlete: User) -> ApiClient:
    """The athlete's, whose session the server knows already."""
    phone = client_of(athlete)
    assert phone.get(URL).status_code == 200
    return phone


@pytest.fixture
def other(stranger: User) -> ApiClient:
    return client_of(stranger)


@pytest.fixture
def body(bench: Exercise, row: Exercise) -> Json:
    return template([day("Push", entry(bench, working(), substitutes=[str(row.pk)])), day("Pull", entry(row))])


def make(phone: ApiClient, body: Json, **values: Any) -> Json:
    answer = phone.post(URL, {**body, **values})
    assert answer.status_code == 201, answer.content
    made: Json = answer.json()
    return made


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["name"] for one in answer.json()["results"]]


class TestOne:
    def test_in_full(self, phone: ApiClient, athlete: User, body: Json, bench: Exercise, row: Exercise) -> None:
        body |= {"id": str(uuid4()), "description": "Two days", "tags": ["PPL"], "visibility": "public"}
        answer = phone.post(URL, body)
        assert (answer.status_code, answer.headers["Location"]) == (201, f"{URL}/{body['id']}")
        made = answer.json()
        push, pull = made["weeks"][0]["days"]
        assert made == {
            "id": body["id"],
            "name": "Push and pull",
            "description": "Two days",
            "goal": "strength",
            "level": "beginner",
            "version": 1,
            "visibility": "public",
            "tags": ["ppl"],
            "source": "written",
            "origin_id": None,
            "author": {"id": str(athlete.pk), "username": "athlete", "name": "Ada Athlete"},
            "week_count": 1,
            "days_per_week": 2,
            "minutes": 5,
            "set_count": 2,
            "equipment": ["barbell", "bench"],
            "muscles": ["chest", "lats", "upper_back"],
            "created_at": made["created_at"],
            "updated_at": made["created_at"],
            "weeks": [
                {
                    "number": 1,
                    "days": [
                        {
                            "id": push["id"],
                            "name": "Push",
                            "exercises": [
                                {
                                    "id": push["exercises"][0]["id"],
                                    "exercise_id": str(bench.pk),
                                    "superset": None,
                                    "substitutes": [str(row.pk)],
                                    "progression": kept_rule(),
                                    "sets": [kept_set(reps=8, load={"type": "absolute", "value": "60", "unit": "kg"})],
                                }
                            ],
                        },
                        pull,
                    ],
                }
            ],
            "exercises": [
                {
                    "id": str(row.pk),
                    "name": "Barbell Row",
                    "tracking": "weight_reps",
                    "primary_muscles": ["lats", "upper_back"],
                    "equipment": ["barbell"],
                    "status": "approved",
                },
                {
                    "id": str(bench.pk),
                    "name": "Bench Press",
                    "tracking": "weight_reps",
                    "primary_muscles": ["chest"],
                    "equipment": ["barbell", "bench"],
                    "status": "approved",
                },
            ],
            "generation": None,
        }
        assert phone.get(f"{URL}/{body['id']}").json() == made
        assert phone.put(f"{URL}/{body['id']}", {"weeks": made["weeks"]}).json() == made

    def test_faults_are_pointed_at(self, phone: ApiClient, body: Json) -> None:
        body["weeks"][0]["days"][1]["exercises"][0]["sets"][0]["reps"] = 0
        assert codes(phone.post(URL, body)) == [("/weeks/0/days/1/exercises/0/sets/0/reps", "min_value")]
        assert codes(phone.post(URL, [1])) == [("", "invalid")]
        assert not Template.objects.exists()

    def test_a_plan_that_is_too_long_names_a_hundred_faults(self, phone: ApiClient, body: Json) -> None:
        body["weeks"][0]["days"][0]["exercises"][0]["sets"] = [{"reps": 0}] * 50
        body["weeks"] *= 4
        assert len(codes(phone.post(URL, body))) == 100

    def test_names_come_in_the_callers_language(self, phone: ApiClient, body: Json, bench: Exercise) -> None:
        id = make(phone, body)["id"]
        Translation.objects.create(exercise=bench, language="de", name="Bankdrücken")
        english, german = (
            phone.get(f"{URL}/{id}", HTTP_ACCEPT_LANGUAGE=language) for language in ("en", "de-CH, en;q=0.5")
        )
        assert [one["name"] for one in german.json()["exercises"]] == ["Barbell Row", "Bankdrücken"]
        assert german.headers["Content-Language"] == "de"
        assert {"Authorization", "Accept-Language"} <= set(german.headers["Vary"].split(", "))
        assert english.headers["ETag"] != german.headers["ETag"]

    @pytest.mark.parametrize("gone", [{"status": "archived"}, {"deleted_at": "2026-01-01T00:00:00Z"}])
    def test_an_exercise_that_is_gone_still_has_its_name(
        self, phone: ApiClient, body: Json, bench: Exercise, gone: Json
    ) -> None:
        id = make(phone, body)["id"]
        Exercise.objects.filter(pk=bench.pk).update(**gone)
        shown = {one["name"]: one["status"] for one in phone.get(f"{URL}/{id}").json()["exercises"]}
        assert shown == {"Barbell Row": "approved", "Bench Press": "archived"}

    def test_a_foreign_exercise_of_an_old_version_has_none(
        self, phone: ApiClient, other: ApiClient, athlete: User, body: Json, make_exercise: MakeExercise
    ) -> None:
        own = make_exercise("My Own Press", owner=athlete)
        id = make(phone, template([day("A", entry(own))]))["id"]
        phone.put(f"{URL}/{id}", {"weeks": body["weeks"], "visibility": "public"})
        assert [one["name"] for one in phone.get(f"{URL}/{id}/versions/1").json()["exercises"]] == ["My Own Press"]
        seen = other.get(f"{URL}/{id}/versions/1")
        assert (seen.status_code, seen.json()["exercises"]) == (200, [])
        assert "My Own" not in other.get(f"{URL}/{id}/diff").content.decode()

    def test_what_the_planner_said_is_for_its_owner(
        self, phone: ApiClient, other: ApiClient, athlete: User, body: Json
    ) -> None:
        said: Json = {
            "explanation": [{"code": "knee", "text": "No squats", "pointer": None, "figures": {}}],
            "trade_offs": [],
        }
        one = create_template(actor_of(athlete), {**body, "visibility": "public"}, source="generated", generation=said)
        for path in (f"{URL}/{one.pk}", f"{URL}/{one.pk}/versions/1"):
            assert phone.get(path).json()["generation"] == said
            assert other.get(path).json()["generation"] is None


class TestTags:
    def test_unchanged_is_304_until_something_shown_changes(
        self, phone: ApiClient, body: Json, bench: Exercise
    ) -> None:
        id = make(phone, body)["id"]
        for path in (f"{URL}/{id}", f"{URL}/{id}/versions/1"):
            tag = phone.get(path).headers["ETag"]
            same = phone.get(path, HTTP_IF_NONE_MATCH=tag)
            assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
            Exercise.objects.filter(pk=bench.pk).update(name=f"Press {path[-1]}")
            assert phone.get(path, HTTP_IF_NONE_MATCH=tag).status_code == 200
        tag = phone.get(f"{URL}/{id}").headers["ETag"]
        phone.patch(f"{URL}/{id}", {"visibility": "public"})
        assert phone.get(f"{URL}/{id}", HTTP_IF_NONE_MATCH=tag).status_code == 200

    def test_an_author_of_another_name_is_shown(
        self, phone: ApiClient, other: ApiClient, athlete: User, body: Json
    ) -> None:
        id = make(phone, body, visibility="public")["id"]
        for change, shown in (
            ({"display_name": "Ada L."}, {"username": "athlete", "name": "Ada L."}),
            ({"username": "ada"}, {"username": "ada", "name": "Ada L."}),
        ):
            tag = other.get(f"{URL}/{id}").headers["ETag"]
            assert other.get(f"{URL}/{id}", HTTP_IF_NONE_MATCH=tag).status_code == 304
            User.objects.filter(pk=athlete.pk).update(**change)
            renamed = other.get(f"{URL}/{id}", HTTP_IF_NONE_MATCH=tag)
            assert (renamed.status_code, renamed.json()["author"]) == (200, {"id": str(athlete.pk), **shown})
            assert phone.patch(f"{URL}/{id}", {"tags": []}, HTTP_IF_MATCH=tag).status_code == 200  # no other plan

    def test_a_save_of_what_one_has_not_seen_is_412(self, phone: ApiClient, body: Json, bench: Exercise) -> None:
        answer = phone.post(URL, body)
        path, old = f"{URL}/{answer.json()['id']}", answer.headers["ETag"]
        Exercise.objects.filter(pk=bench.pk).update(name="Press")  # another name is no other plan
        saved = phone.patch(path, {"name": "Two"}, HTTP_IF_MATCH=old)
        assert (saved.status_code, saved.json()["version"]) == (200, 2)
        assert saved.headers["ETag"] == phone.get(path).headers["ETag"] != old
        for act in (
            lambda: phone.patch(path, {"name": "Three"}, HTTP_IF_MATCH=old),
            lambda: phone.put(path, {"name": "Three"}, HTTP_IF_MATCH=f'"x", {old}'),
            lambda: phone.delete(path, HTTP_IF_MATCH=old),
            lambda: phone.post(f"{path}/revert/1", HTTP_IF_MATCH=old),
        ):
            refused = act()
            assert (refused.status_code, refused.headers["ETag"]) == (412, saved.headers["ETag"])
        assert phone.get(path).json()["version"] == 2
        assert phone.patch(path, {"name": "Three"}, HTTP_IF_MATCH="*").status_code == 200
        assert phone.patch(path, {"name": "Four"}).json()["version"] == 4


class TestWrites:
    def test_a_key_has_one_effect(self, phone: ApiClient, body: Json) -> None:
        first, second = (phone.post(URL, body, HTTP_IDEMPOTENCY_KEY="k") for _ in range(2))
        assert second.headers["Idempotent-Replayed"] == "true"
        assert (second.status_code, second.content) == (201, first.content)
        assert phone.post(URL, {**body, "name": "x"}, HTTP_IDEMPOTENCY_KEY="k").status_code == 422
        assert Template.objects.count() == 1

    def test_so_has_a_key_of_every_verb(self, phone: ApiClient, body: Json) -> None:
        made = make(phone, body)
        path = f"{URL}/{made['id']}"
        phone.patch(path, {"name": "Two"})
        for number, (verb, values, status) in enumerate(
            (("start", {"round": 2}, 201), ("revert/1", {}, 200), ("restore", {}, 200))
        ):
            if verb == "restore":
                phone.delete(path)
            first = phone.post(f"{path}/{verb}", values, HTTP_IDEMPOTENCY_KEY=f"k{number}")
            assert first.status_code == status, first.content
            if verb == "start":  # what happened since is not undone by a repeat
                phone.delete(f"{path}/start")
            if verb == "revert/1":
                phone.patch(path, {"name": "Three"})
            if verb == "restore":
                phone.delete(path)
            second = phone.post(f"{path}/{verb}", values, HTTP_IDEMPOTENCY_KEY=f"k{number}")
            assert (second.headers["Idempotent-Replayed"], second.content) == ("true", first.content)
        assert not Enrolment.objects.filter(status="active").exists()
        assert Template.objects.get().deleted_at is not None
        assert list(TemplateVersion.objects.order_by("number").values_list("name", flat=True)) == [
            "Push and pull",
            "Two",
            "Push and pull",
            "Three",
        ]

    def test_the_same_id_and_body_answers_as_before(self, phone: ApiClient, other: ApiClient, body: Json) -> None:
        body["id"] = str(uuid4())
        first, second = phone.post(URL, body), phone.post(URL, body)
        assert (second.status_code, second.json()) == (201, first.json())
        for refused in (phone.post(URL, {**body, "name": "x"}), other.post(URL, body)):
            assert refused.status_code == 409
            assert refused.json()["type"].endswith("/id-taken")
            assert "name" not in refused.json()

    def test_a_stranger_reads_what_is_public_and_saves_nothing(
        self, phone: ApiClient, other: ApiClient, body: Json
    ) -> None:
        id = make(phone, body, visibility="public")["id"]
        assert other.get(f"{URL}/{id}").status_code == 200
        for refused in (
            other.patch(f"{URL}/{id}", {"nonsense": 1}),
            other.delete(f"{URL}/{id}"),
            other.post(f"{URL}/{id}/revert/1"),
        ):
            assert refused.status_code == 403

    def test_whose_it_is_comes_before_what_is_wrong(self, phone: ApiClient, other: ApiClient, body: Json) -> None:
        id = make(phone, body)["id"]
        for act in (
            lambda who: who.patch(f"{URL}/{id}", {"nonsense": 1}),
            lambda who: who.post(f"{URL}/{id}/start", {"nonsense": 1}),
            lambda who: who.post(f"{URL}/{id}/restore", {"nonsense": 1}),
            lambda who: who.post(f"{URL}/{id}/revert/1", {"nonsense": 1}),
        ):
            assert [act(phone).status_code, act(other).status_code] == [422, 404]

    def test_an_unproven_address_publishes_nothing(self, body: Json) -> None:
        new = client_of(make_person("new", verified=False))
        refused = new.post(URL, {**body, "visibility": "public"})
        assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (403, "email-unverified")

    def test_deleted_and_back(self, phone: ApiClient, body: Json) -> None:
        id = make(phone, body)["id"]
        assert phone.delete(f"{URL}/{id}").status_code == 204
        assert [phone.get(f"{URL}/{id}{rest}").status_code for rest in ("", "/versions", "/versions/1", "/diff")] == (
            [404] * 4
        )
        assert names(phone.get(URL)) == []
        restored = phone.post(f"{URL}/{id}/restore")
        assert (restored.status_code, restored.json()["id"], restored.json()["version"]) == (200, id, 1)
        assert names(phone.get(URL)) == ["Push and pull"]


class TestVersions:
    def test_newest_first_without_trees(self, phone: ApiClient, body: Json) -> None:
        made = make(phone, body)
        phone.patch(f"{URL}/{made['id']}", {"name": "Two"})
        phone.post(f"{URL}/{made['id']}/revert/1")
        answer = phone.get(f"{URL}/{made['id']}/versions?limit=2")
        line = {"template_id": made["id"], "goal": "strength", "level": "beginner", "tags": []}
        found = answer.json()["results"]
        assert [{**one, "created_at": ""} for one in found] == [
            {**line, "number": 3, "name": "Push and pull", "note": "Back to version 1", "created_at": ""},
            {**line, "number": 2, "name": "Two", "note": "", "created_at": ""},
        ]
        rest = phone.get(answer.json()["next"].removeprefix("http://testserver"))
        assert [one["number"] for one in rest.json()["results"]] == [1]

    def test_one_of_them_in_full(self, phone: ApiClient, body: Json) -> None:
        made = make(phone, body)
        phone.patch(f"{URL}/{made['id']}", {"name": "Two"})
        old = phone.get(f"{URL}/{made['id']}/versions/1").json()
        shared = ("name", "description", "goal", "level", "tags", "weeks", "exercises", "generation")
        assert old == {
            "template_id": made["id"],
            "number": 1,
            "note": "",
            "created_at": made["created_at"],
            **{name: made[name] for name in shared},
        }
        for missing in ("3", "0", "99999999999"):
            assert phone.get(f"{URL}/{made['id']}/versions/{missing}").status_code == 404
            assert phone.post(f"{URL}/{made['id']}/revert/{missing}").status_code == 404

    def test_their_difference(self, phone: ApiClient, body: Json) -> None:
        made = make(phone, body)
        days = made["weeks"][0]["days"]
        days[0]["exercises"][0]["sets"][0]["reps"] = 10
        phone.put(f"{URL}/{made['id']}", {"weeks": made["weeks"]})
        phone.patch(f"{URL}/{made['id']}", {"name": "Two"})
        reps = {
            "pointer": "/weeks/0/days/0/exercises/0/sets/0/reps",
            "what": "changed",
            "node": "set",
            "from": 8,
            "to": 10,
            "text": "Week 1, Push, Bench Press: set 1 reps 8 → 10",
        }
        name = {
            "pointer": "/name",
            "what": "changed",
            "node": "template",
            "from": "Push and pull",
            "to": "Two",
            "text": "Name Push and pull → Two",
        }
        path = f"{URL}/{made['id']}/diff"
        assert phone.get(path).json() == {"from": 2, "to": 3, "changes": [name]}
        assert phone.get(f"{path}?from=1&to=3").json() == {"from": 1, "to": 3, "changes": [name, reps]}
        assert phone.get(f"{path}?to=2").json() == {"from": 1, "to": 2, "changes": [reps]}
        assert phone.get(f"{path}?from=3&to=3").json() == {"from": 3, "to": 3, "changes": []}
        back = phone.get(f"{path}?from=2&to=1").json()["changes"][0]
        assert (back["from"], back["to"]) == (10, 8)
        assert phone.get(f"{path}?from=4").status_code == 404
        assert codes(phone.get(f"{path}?from=0&to=x")) == [("?from", "min_value"), ("?to", "invalid")]


class TestStart:
    def test_beginning_and_beginning_again(self, phone: ApiClient, body: Json, bench: Exercise) -> None:
        made = make(phone, body)
        path, pull = f"{URL}/{made['id']}/start", made["weeks"][0]["days"][1]["id"]
        maxes = {str(bench.pk): {"value": 100.50, "unit": "kg"}}
        answer = phone.post(path, {"started_on": "2026-03-02", "training_maxes": maxes, "day_id": pull.upper()})
        assert (answer.status_code, answer.headers["Location"]) == (201, f"{URL}/{made['id']}/next")
        found = answer.json()
        expected = {
            "id": str(Enrolment.objects.get().pk),
            "template_id": made["id"],
            "version": 1,
            "status": "active",
            "started_on": "2026-03-02",
            "position": {"week": 1, "day_id": pull, "round": 1, "since": found["created_at"]},
            "training_maxes": {
                str(bench.pk): {"value": "100.5", "unit": "kg", "source": "given", "given_at": found["created_at"]}
            },
            "created_at": found["created_at"],
            "ended_at": None,
        }
        assert found == expected
        again = phone.post(path, {})
        assert (again.status_code, again.json()) == (200, expected)
        nulls = phone.post(path, dict.fromkeys(["started_on", "version", "week", "day_id", "round"]))
        assert nulls.json() == expected
        moved = phone.post(path, {"training_maxes": {str(bench.pk).upper(): None}, "round": 2}).json()
        assert (moved["training_maxes"], moved["position"]["round"]) == ({}, 2)
        assert phone.delete(path).status_code == 204
        assert phone.delete(path).status_code == 404
        assert phone.post(path).status_code == 201

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ([], ("", "invalid")),
            ({"started_on": "2026-02-30"}, ("/started_on", "invalid")),
            ({"started_on": "1969-12-31"}, ("/started_on", "min_value")),
            ({"week": 0}, ("/week", "min_value")),
            ({"week": 2}, ("/week", "max_value")),
            ({"status": "left"}, ("/status", "unknown_field")),
            ({"training_maxes": []}, ("/training_maxes", "invalid")),
            ({"training_maxes": None}, ("/training_maxes", "invalid")),
            ({"training_maxes": {"bench/press": None}}, ("/training_maxes/bench~1press", "invalid")),
            ({"training_maxes": {str(UUID(int=n)): None for n in range(201)}}, ("/training_maxes", "max_items")),
            ({"training_maxes": {"{id}": {"value": 0, "unit": "kg"}}}, ("/training_maxes/{id}/value", "min_value")),
            ({"training_maxes": {"{id}": {"value": 1501, "unit": "kg"}}}, ("/training_maxes/{id}/value", "max_value")),
            ({"training_maxes": {"{id}": {"value": 5}}}, ("/training_maxes/{id}/unit", "required")),
            ({"training_maxes": {"{id}": {"value": 5, "unit": "kg"}}}, ("/training_maxes/{id}", "not_found")),
        ],
    )
    def test_what_is_refused(self, phone: ApiClient, body: Json, values: Any, expected: tuple[str, str]) -> None:
        id, path = str(uuid4()), f"{URL}/{make(phone, body)['id']}/start"
        if isinstance(values, dict) and "{id}" in (maxes := values.get("training_maxes") or {}):
            values = {"training_maxes": {id: maxes["{id}"]}}
        assert codes(phone.post(path, values)) == [(expected[0].format(id=id), expected[1])]
        assert not Enrolment.objects.exists()

    def test_a_stranger_starts_what_is_public_and_keeps_it(
        self, phone: ApiClient, other: ApiClient, body: Json
    ) -> None:
        id = make(phone, body, visibility="public")["id"]
        assert other.post(f"{URL}/{id}/start").status_code == 201
        phone.patch(f"{URL}/{id}", {"name": "Two", "visibility": "private"})
        assert [other.get(f"{URL}/{id}{rest}").status_code for rest in ("", "/versions/1", "/versions/2")] == [
            404, 200, 404,
        ]  # fmt: skip
        assert codes(other.post(f"{URL}/{id}/start", {"week": 9})) == [("/week", "max_value")]
        assert other.post(f"{URL}/{id}/start", {"week": 1}).status_code == 200


class TestStatements:
    @pytest.mark.parametrize("count", [1, 3])
    def test_a_list(self, phone: ApiClient, body: Json, django_assert_num_queries: Any, count: int) -> None:
        for _ in range(count):
            make(phone, body)
        with django_assert_num_queries(1):
            assert len(names(phone.get(URL))) == count
        with django_assert_num_queries(1):
            assert len(names(phone.get(f"{URL}?muscles=chest&q=push&equipment=barbell,bench"))) == count

    @pytest.mark.parametrize("count", [1, 3])
    def test_one_and_its_versions(
        self, phone: ApiClient, bench: Exercise, row: Exercise, django_assert_num_queries: Any, count: int
    ) -> None:
        plan = template(*[[day("A", *[entry(bench), entry(row)] * count)] * count] * count)
        id = make(phone, plan)["id"]
        for number in range(count):
            phone.patch(f"{URL}/{id}", {"name": f"Plan {number}"})
        tag = phone.get(f"{URL}/{id}").headers["ETag"]
        with django_assert_num_queries(3):  # template, exercises, catalogue version
            phone.get(f"{URL}/{id}")
        with django_assert_num_queries(2):  # its state, catalogue version
            assert phone.get(f"{URL}/{id}", HTTP_IF_NONE_MATCH=tag).status_code == 304
        with django_assert_num_queries(2):  # may one see it, versions
            assert len(phone.get(f"{URL}/{id}/versions").json()["results"]) == count + 1
        with django_assert_num_queries(3):
            phone.get(f"{URL}/{id}/versions/1")
        with django_assert_num_queries(2):  # versions, exercises
            phone.get(f"{URL}/{id}/diff?from=1&to=2")

    @pytest.mark.parametrize("count", [1, 3])
    def test_every_verb(self, phone: ApiClient, bench: Exercise, row: Exercise, count: int) -> None:
        plan = template(*[[day("A", *[entry(bench), entry(row)] * count)] * count] * count)
        path = f"{URL}/{make(phone, plan)['id']}"
        maxes = {str(one.pk): {"value": "100", "unit": "kg"} for one in (bench, row)[:count]}
        phone.patch(path, {"name": "Two"})
        acts: list[tuple[str, Callable[[], Any]]] = [
            ("begin", lambda: phone.post(f"{path}/start", {"training_maxes": maxes})),
            ("move", lambda: phone.post(f"{path}/start", {"training_maxes": dict.fromkeys(maxes)})),
            ("leave", lambda: phone.delete(f"{path}/start")),
            ("revert", lambda: phone.post(f"{path}/revert/1")),
            ("delete", lambda: phone.delete(path)),
            ("restore", lambda: phone.post(f"{path}/restore")),
        ]
        spent = {}
        for name, act in acts:
            with counted() as statements:
                assert act().status_code in (200, 201, 204)
            spent[name] = len(statements)
        assert spent == {"begin": 6, "move": 3, "leave": 2, "revert": 10, "delete": 3, "restore": 6}

    def test_versions_belong_to_their_template(self, phone: ApiClient, body: Json) -> None:
        first, second = make(phone, body), make(phone, body)
        phone.patch(f"{URL}/{first['id']}", {"name": "Two"})
        assert phone.get(f"{URL}/{second['id']}/versions/2").status_code == 404
        assert TemplateVersion.objects.count() == 3
