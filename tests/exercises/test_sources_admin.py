"""Sources in the admin: admins say where from, moderators ask for a reading and see what came of it."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from exercises.models import Source, SourceEntry
from exercises.operations.sources import import_source
from fitai.common.models import Job
from tests.cast import make_person
from tests.exercises.conftest import MakeExercise

SOURCES, ENTRIES = "/admin/exercises/source", "/admin/exercises/sourceentry"
FORM = {
    "name": "wger",
    "kind": "wger",
    "address": "https://wger.de/api/v2/exerciseinfo/",
    "every_hours": 24,
    "enabled": "on",
}


@pytest.fixture
def boss(db: None) -> Client:
    client = Client()
    client.force_login(make_person("boss", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def desk(moderator: User) -> Client:
    client = Client()
    client.force_login(moderator)
    return client


@pytest.fixture
def source(make_exercise: MakeExercise, tmp_path: Any) -> Source:
    make_exercise("Squat")
    file = tmp_path / "others.json"
    file.write_text(
        '[{"id": "1", "name": "Squat", "primaryMuscles": ["quadriceps"], "equipment": "barbell"},'
        ' {"id": "2", "name": "<b>Press</b>", "primaryMuscles": ["chest"], "equipment": "other"}]'
    )
    source = Source.objects.create(name="Others", kind="free_exercise_db", address=str(file), license="CC0")
    import_source(source)
    return source


def test_admins_say_where_from(boss: Client) -> None:
    assert boss.post(f"{SOURCES}/add/", {**FORM, "address": "ftp://example.org"}).status_code == 200
    assert boss.post(f"{SOURCES}/add/", {**FORM, "every_hours": 721}).status_code == 200
    assert not Source.objects.exists()
    assert boss.post(f"{SOURCES}/add/", FORM).status_code == 302
    assert list(Source.objects.values_list("name", "every_hours", "last_outcome")) == [("wger", 24, "")]
    assert b"Never read" in boss.get(f"{SOURCES}/").content


def test_moderators_look_and_ask_for_a_reading(desk: Client, source: Source) -> None:
    assert desk.get(f"{SOURCES}/add/").status_code == 403
    assert desk.post(f"{SOURCES}/{source.pk}/change/", FORM).status_code == 403
    page = desk.get(f"{SOURCES}/{source.pk}/change/")
    assert b"In the library already: 1, new draft: 1." in page.content
    asked = desk.get(f"{SOURCES}/{source.pk}/import/")
    assert b"Read these sources now?" in asked.content
    assert not Job.objects.exists()
    desk.post(f"{SOURCES}/{source.pk}/import/", {"confirmed": "yes"})
    assert list(Job.objects.values_list("kind", "payload")) == [("exercises.import", {"source_id": str(source.pk)})]
    said = {"action": "import_now", "_selected_action": [source.pk], "confirmed": "yes"}
    assert b"asked for a moment ago" in desk.post(f"{SOURCES}/", said, follow=True).content
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["<b>Press</b>", "Squat"]),
        ("outcome__exact=drafted", ["<b>Press</b>"]),
        ("outcome__exact=matched", ["Squat"]),
        ("matched_by__exact=slug", ["Squat"]),
        ("q=squ", ["Squat"]),
    ],
)
def test_its_exercises_by_outcome(desk: Client, source: Source, query: str, names: list[str]) -> None:
    page = desk.get(f"{ENTRIES}/?{query}")
    assert [entry.name for entry in page.context["cl"].result_list] == names
    assert b"<b>Press" not in page.content


def test_an_exercise_of_a_source(desk: Client, source: Source) -> None:
    entry = SourceEntry.objects.get(name="<b>Press</b>")
    page = desk.get(f"{ENTRIES}/{entry.pk}/change/")
    assert b"equipment taken as a machine, it says: other" in page.content
    assert b"&lt;b&gt;Press&lt;/b&gt;</a> (awaiting review)" in page.content
    assert desk.post(f"{ENTRIES}/{entry.pk}/change/", {"name": "x"}).status_code == 403


def test_who_is_no_staff_sees_nothing(source: Source, athlete: User) -> None:
    client = Client()
    client.force_login(athlete)
    assert client.get(f"{SOURCES}/").status_code == client.get(f"{ENTRIES}/").status_code == 302
