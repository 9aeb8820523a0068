from typing import Any
from uuid import UUID

import pytest

from exercises.models import Exercise, Translation, Variation
from tests.cast import ApiClient, client_of
from tests.exercises.conftest import MakeExercise

URL = "/api/v1/exercises"
NAMES = ("Bench Press", "Bench Dip", "Bench Row")


@pytest.fixture
def phone(athlete: Any) -> ApiClient:
    """The athlete's, whose session the server knows already."""
    phone = client_of(athlete)
    assert phone.get(f"{URL}/filters").status_code == 200
    return phone


PUBLIC = "http://localhost:8000/media/public/"
SHOWN = {
    **{"id": "0190a000-0000-7000-8000-00000000000f", "kind": "image", "alt": "A board", "file": "exercises/a-8x6.webp"},
    **{"poster": None, "width": 8, "height": 6, "seconds": None},
    "sizes": [{"file": "exercises/a-8x6.webp", "width": 8, "height": 6}],
}


def slugs(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["slug"] for one in answer.json()["results"]]


def test_an_exercise_in_full(make_exercise: MakeExercise, phone: ApiClient) -> None:
    easier = make_exercise("Knee Push Up")
    exercise = make_exercise(
        "Push Up",
        aliases=["Press-Up"],
        instructions=["Lower.", "Push."],
        mistakes=["Sagging."],
        primary_muscles=["chest"],
        secondary_muscles=["triceps"],
        equipment=["bodyweight"],
        kind="bodyweight",
        pattern="horizontal_push",
        mechanic="compound",
        force="push",
        tracking="reps",
        bodyweight_share="0.64",
        met="3.8",
        contraindications=["wrist"],
        media=[SHOWN],
        form_profile="push_up",
        rating="4.50",
        rating_count=2,
    )
    Variation.objects.create(exercise=exercise, other=easier, relation="easier")
    answer = phone.get(f"{URL}/{exercise.pk}")
    assert answer.json() == {
        "id": str(exercise.pk),
        "slug": "push-up",
        "name": "Push Up",
        "aliases": ["Press-Up"],
        "instructions": ["Lower.", "Push."],
        "mistakes": ["Sagging."],
        "primary_muscles": ["chest"],
        "secondary_muscles": ["triceps"],
        "equipment": ["bodyweight"],
        "kind": "bodyweight",
        "pattern": "horizontal_push",
        "mechanic": "compound",
        "force": "push",
        "difficulty": "beginner",
        "tracking": "reps",
        "unilateral": False,
        "per_hand": False,
        "bodyweight_share": "0.64",
        "met": "3.8",
        "variations": [{"id": str(easier.pk), "relation": "easier"}],
        "contraindications": ["wrist"],
        "media": [
            {
                **{name: SHOWN[name] for name in ("id", "kind", "alt", "width", "height", "seconds")},
                "url": f"{PUBLIC}exercises/a-8x6.webp",
                "poster_url": None,
                "sizes": [{"url": f"{PUBLIC}exercises/a-8x6.webp", "width": 8, "height": 6}],
            }
        ],
        "form_profile": "push_up",
        "status": "approved",
        "merged_into": None,
        "version": 2,
        "rating": "4.5",
        "rating_count": 2,
    }
    assert phone.get(f"{URL}/by-slug/push-up").json() == answer.json()
    assert phone.get(URL).json()["results"][1] == answer.json()
    found = phone.post(f"{URL}/search", {"query": "push up"}).json()["results"][0]
    highlights = found.pop("highlights")
    assert found == answer.json()
    assert highlights == [{"field": "name", "text": "Push Up", "ranges": [[0, 4], [5, 7]]}]


def test_what_nobody_has_said_of_an_exercise_is_null(make_exercise: MakeExercise, phone: ApiClient) -> None:
    shown = phone.get(f"{URL}/{make_exercise('Squat').pk}").json()
    unsaid = ("pattern", "mechanic", "force", "met", "form_profile", "rating")
    assert {name: shown[name] for name in unsaid} == dict.fromkeys(unsaid)


def test_private_exercises_are_shown_to_their_owner_only(
    make_exercise: MakeExercise, phone: ApiClient, athlete: Any, stranger: Any
) -> None:
    own = make_exercise("Zercher Carry", owner=athlete, equipment=["trap_bar"], primary_muscles=["neck"])
    addresses = [URL, f"{URL}?q=zercher", f"{URL}/muscle/neck", f"{URL}/equipment/trap_bar"]
    theirs = client_of(stranger)
    for address in addresses:
        assert (slugs(phone.get(address)), slugs(theirs.get(address))) == (["zercher-carry"], [])
    for address in (f"{URL}/{own.pk}", f"{URL}/by-slug/zercher-carry"):
        assert (phone.get(address).status_code, theirs.get(address).status_code) == (200, 404)
    search = {"query": "zercher"}
    assert slugs(phone.post(f"{URL}/search", search)) == ["zercher-carry"]
    assert theirs.post(f"{URL}/search", search).json()["facets"]["muscles"] == []


def test_a_slug_means_the_librarys_exercise_before_ones_own(
    make_exercise: MakeExercise, phone: ApiClient, athlete: Any
) -> None:
    make_exercise("Squat", owner=athlete)
    shared = make_exercise("Squat")
    assert phone.get(f"{URL}/by-slug/squat").json()["id"] == str(shared.pk)


def test_without_a_token_nothing_is_shown(make_exercise: MakeExercise, anonymous: ApiClient) -> None:
    squat = make_exercise("Squat")
    paths = ["", "/filters", f"/{squat.pk}", "/by-slug/squat", "/muscle/chest", "/equipment/barbell"]
    assert {anonymous.get(URL + path).status_code for path in paths} == {401}
    assert anonymous.post(f"{URL}/search").status_code == 401


@pytest.mark.parametrize("path", ["/01890000-0000-7000-8000-0000000000ff", "/by-slug/nothing"])
def test_an_unknown_exercise_is_404(phone: ApiClient, path: str) -> None:
    assert phone.get(URL + path).status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("muscle=chest", ["bench-press"]),
        ("equipment=bench", ["bench-press"]),
        ("kind=cardio", ["running"]),
        ("difficulty=beginner", ["bench-press", "running"]),
        ("pattern=squat", ["squat"]),
        ("tracking=distance_time", ["running"]),
        ("q=benches", ["bench-press"]),
        ("q=pecs", ["bench-press"]),
        ("q=!", []),
        ("muscle=quads&difficulty=advanced", ["squat"]),
        ("", ["bench-press", "running", "squat"]),
    ],
)
def test_filters_of_the_list(make_exercise: MakeExercise, phone: ApiClient, query: str, expected: list[str]) -> None:
    make_exercise("Bench Press", equipment=["barbell", "bench"])
    make_exercise("Squat", primary_muscles=["quads"], difficulty="advanced", pattern="squat")
    make_exercise("Running", primary_muscles=["quads"], kind="cardio", tracking="distance_time")
    assert slugs(phone.get(f"{URL}?{query}")) == expected


@pytest.mark.parametrize(
    ("query", "pointer"), [("muscle=heart", "?muscle"), ("colour=red", "?colour"), ("limit=0", "?limit")]
)
def test_a_filter_that_cannot_be_is_422(phone: ApiClient, query: str, pointer: str) -> None:
    answer = phone.get(f"{URL}?{query}")
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, [pointer])


def test_pages_forth_and_back(make_exercise: MakeExercise, phone: ApiClient) -> None:
    for name in "ABCDE":
        make_exercise(f"Curl {name}")
    first = phone.get(f"{URL}?limit=2&kind=strength")
    second = phone.get(first.json()["next"])
    make_exercise("Curl Bb")
    third = phone.get(second.json()["next"])
    assert [slugs(page) for page in (first, second, third)] == [["curl-a", "curl-b"], ["curl-c", "curl-d"], ["curl-e"]]
    assert (first.json()["previous"], third.json()["next"]) == (None, None)
    assert slugs(phone.get(third.json()["previous"])) == ["curl-c", "curl-d"]
    assert phone.get(f"{URL}?cursor=nonsense").status_code == 404


def test_a_slug_that_looks_like_a_date_is_a_place_on_a_page_too(make_exercise: MakeExercise, phone: ApiClient) -> None:
    make_exercise("A", slug="2024-01-01")
    make_exercise("B", slug="2024-01-02")
    page = phone.get(phone.get(f"{URL}?limit=1").json()["next"])
    assert page.status_code == 200


def test_exercises_of_a_muscle_begin_with_those_aimed_at_it(make_exercise: MakeExercise, phone: ApiClient) -> None:
    make_exercise("Bench Press", secondary_muscles=["triceps"])
    make_exercise("Pushdown", primary_muscles=["triceps"])
    make_exercise("Squat", primary_muscles=["quads"])
    assert slugs(phone.get(f"{URL}/muscle/triceps")) == ["pushdown", "bench-press"]
    first = phone.get(f"{URL}/muscle/triceps?limit=1").json()
    assert slugs(phone.get(first["next"])) == ["bench-press"]


def test_exercises_with_equipment(make_exercise: MakeExercise, phone: ApiClient) -> None:
    make_exercise("Bench Press", equipment=["barbell", "bench"])
    make_exercise("Squat")
    assert slugs(phone.get(f"{URL}/equipment/bench")) == ["bench-press"]


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("muscle/chst", "chest"),
        ("muscle/Pecs", "chest"),
        ("muscle/front-delts", "front_delts"),
        ("equipment/dumbel", "dumbbell"),
        ("equipment/KB", "kettlebell"),
        ("equipment/%00", None),
    ],
)
def test_an_unknown_name_is_404_with_the_nearest_ones(phone: ApiClient, path: str, nearest: str | None) -> None:
    answer = phone.get(f"{URL}/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    said = answer.json()
    assert said["type"].endswith("/problems/unknown-name")
    assert len(said["nearest"]) == 3
    assert nearest is None or said["nearest"][0] == nearest


@pytest.mark.parametrize("count", [1, 3])
def test_statements(make_exercise: MakeExercise, phone: ApiClient, django_assert_num_queries: Any, count: int) -> None:
    for name in NAMES[:count]:
        exercise = make_exercise(name)
        Translation.objects.create(exercise=exercise, language="de", name=f"{name} auf Deutsch")
    with django_assert_num_queries(2):
        assert len(slugs(phone.get(URL, headers={"Accept-Language": "de"}))) == count
    with django_assert_num_queries(2):
        assert len(slugs(phone.get(f"{URL}?q=bench&muscle=chest"))) == count
    with django_assert_num_queries(2):
        assert len(slugs(phone.get(f"{URL}/muscle/chest"))) == count
    with django_assert_num_queries(2):
        assert len(slugs(phone.get(f"{URL}/equipment/barbell"))) == count
    with django_assert_num_queries(1):
        assert phone.get(f"{URL}/{exercise.pk}").status_code == 200
    with django_assert_num_queries(1):
        assert phone.get(f"{URL}/by-slug/{exercise.slug}").status_code == 200
    with django_assert_num_queries(2):
        assert phone.get(f"{URL}/filters").status_code == 200
    with django_assert_num_queries(2):
        assert len(slugs(phone.post(f"{URL}/search", {"query": "bench"}))) == count
    with django_assert_num_queries(2):
        assert len(slugs(phone.post(f"{URL}/search", {}))) == count
    with django_assert_num_queries(5):  # names, steps, spelling, names again
        assert len(slugs(phone.post(f"{URL}/search", {"query": "bnech"}))) == count


@pytest.mark.parametrize("path", ["", "?q=squat", "/muscle/chest", "/equipment/barbell", "/by-slug/squat", "/filters"])
def test_unchanged_is_304_and_changed_by_sql_is_not(make_exercise: MakeExercise, phone: ApiClient, path: str) -> None:
    make_exercise("Squat")
    first = phone.get(URL + path)
    again = phone.get(URL + path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    Exercise.objects.update(name="Back Squat", difficulty="advanced")
    changed = phone.get(URL + path, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed.json() == first.json()) == (200, False)


def test_the_tag_of_an_exercise_is_its_own(make_exercise: MakeExercise, phone: ApiClient) -> None:
    first = phone.get(f"{URL}/{make_exercise('Squat').pk}")
    make_exercise("Bench Press")
    again = phone.get(first.request["PATH_INFO"], headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("header", "language", "name"),
    [
        ("", "en", "Squat"),
        ("de-AT,en;q=0.5", "de", "Kniebeuge"),
        ("fr, de;q=0.8, en;q=0.9", "en", "Squat"),
        ("es", "es", "Squat"),
        ("*", "en", "Squat"),
        (";;;q=", "en", "Squat"),
    ],
)
def test_texts_in_the_language_that_is_accepted(
    make_exercise: MakeExercise, phone: ApiClient, header: str, language: str, name: str
) -> None:
    squat = make_exercise("Squat")
    Translation.objects.create(exercise=squat, language="de", name="Kniebeuge")
    for path in ("", f"/{squat.pk}"):
        answer = phone.get(URL + path, headers={"Accept-Language": header})
        shown = answer.json()["results"][0] if path == "" else answer.json()
        assert (answer["Content-Language"], shown["name"]) == (language, name)
        assert "Accept-Language" in answer["Vary"]


def test_languages_do_not_share_a_tag(make_exercise: MakeExercise, phone: ApiClient) -> None:
    make_exercise("Squat")
    tags = {phone.get(URL, headers={"Accept-Language": language})["ETag"] for language in ("en", "de")}
    assert len(tags) == 2


def test_a_search_answers_with_count_facets_and_a_cursor_of_the_same_search(
    make_exercise: MakeExercise, phone: ApiClient
) -> None:
    for name in NAMES:
        make_exercise(name)
    make_exercise("Squat")
    first = phone.post(f"{URL}/search", {"query": "bench", "limit": 2}).json()
    assert {name: first[name] for name in ("count", "facets")} == {
        "count": 3,
        "facets": {
            "muscles": [{"value": "chest", "count": 3}],
            "equipment": [{"value": "barbell", "count": 3}],
            "kind": [{"value": "strength", "count": 3}],
            "difficulty": [{"value": "beginner", "count": 3}],
        },
    }
    assert UUID(first["search_id"]).version == 7
    second = phone.post(f"{URL}/search", {"query": "bench", "limit": 2, "cursor": first["next_cursor"]}).json()
    assert second["search_id"] == first["search_id"]
    assert (len(second["results"]), second["next_cursor"], "count_at_least" in second) == (1, None, False)
    shown = [one["slug"] for page in (first, second) for one in page["results"]]
    assert sorted(shown) == ["bench-dip", "bench-press", "bench-row"]


def test_one_word_may_stand_for_a_list_of_one(make_exercise: MakeExercise, phone: ApiClient) -> None:
    make_exercise("Squat", kind="strength")
    make_exercise("Running", kind="cardio")
    assert slugs(phone.post(f"{URL}/search", {"kind": "cardio"})) == ["running"]
    assert slugs(phone.post(f"{URL}/search", {"kind": ["cardio", "strength"]})) == ["running", "squat"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"query": "x" * 201}, "/query"),
        ({"query": 5, "muscles": ["heart"]}, "/muscles/0"),
        ({"equipment": "anvil"}, "/equipment/0"),
        ({"exclude_ids": ["squat"]}, "/exclude_ids/0"),
        ({"limit": 101}, "/limit"),
        ({"sort": "luck"}, "/sort"),
        ({"cursor": "nonsense"}, "/cursor"),
        ({"cursor": "WzEsMl0"}, "/cursor"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_search_that_cannot_be_is_422(phone: ApiClient, body: dict[str, Any], pointer: str) -> None:
    answer = phone.post(f"{URL}/search", body)
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, [pointer])


def test_a_cursor_of_one_order_is_refused_or_followed_in_another(catalogue: None, phone: ApiClient) -> None:
    by_name = phone.post(f"{URL}/search", {"query": "press", "sort": "name", "limit": 1}).json()["next_cursor"]
    by_text = phone.post(f"{URL}/search", {"query": "press", "limit": 1}).json()["next_cursor"]
    assert phone.post(f"{URL}/search", {"query": "press", "cursor": by_name}).status_code == 422
    assert phone.post(f"{URL}/search", {"query": "press", "sort": "name", "cursor": by_text}).status_code == 200
    assert phone.post(f"{URL}/search", {"query": "", "cursor": by_text}).status_code == 200
