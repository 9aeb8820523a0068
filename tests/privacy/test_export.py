"""The file of an export, and the job that makes it."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from django.core.management import call_command

from accounts.models import Block, DataExport, Notification, Profile, SecurityEvent, User
from accounts.operations.privacy import request_export
from fitai.common import jobs
from fitai.common.actors import Actor
from fitai.common.media import storage
from fitai.common.models import Job
from fitai.privacy import export
from fitai.privacy import jobs as privacy_jobs
from fitai.privacy.files import holds_files
from fitai.privacy.removal import remove_person
from fitai.privacy.tables import personal
from tests.cast import client_of
from tests.common.test_retention import HOUR, edge, purge
from tests.privacy.planting import Garden
from workouts.models import Workout


def written(person: User) -> ZipFile:
    file = io.BytesIO()
    export.write_export(person.pk, person.username, file, lambda progress, stage: None)
    return ZipFile(file)


def asked(person: User) -> UUID:
    return request_export(Actor(user_id=person.pk))


def files(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_is_a_formula(start: str, athlete: User) -> None:
    text = f"{start}HYPERLINK(1)"
    Profile.objects.filter(user=athlete).update(bio=text, latitude="-33.87", longitude="-70.65", city="- none")
    archive = written(athlete)
    (row,) = csv.DictReader(io.StringIO(archive.read("csv/profiles.csv").decode(), newline=""))
    assert (row["bio"], row["city"]) == (f"'{text}", "'- none")
    assert (row["latitude"], row["birth_date"], row["goals"]) == ("-33.87", "", "[]")  # numbers stay numbers
    (told,) = json.loads(archive.read("json/profiles.json"))
    assert (told["bio"], told["latitude"], told["birth_date"], told["goals"]) == (text, "-33.87", None, [])


def test_values_are_written_as_the_api_writes_them(athlete: User) -> None:
    client = client_of(athlete)
    workout = client.post("/api/v1/workouts", {}).json()
    Workout.objects.update(body_weight="80.500", body_weight_unit="kg")
    archive = written(athlete)
    (row,) = json.loads(archive.read("json/workouts.json"))
    names = ("id", "name", "status", "started_at")
    assert {name: row[name] for name in names} == {name: workout[name] for name in names}
    assert (row["body_weight"], row["created_at"][-1]) == ("80.5", "Z")
    (cells,) = csv.DictReader(io.StringIO(archive.read("csv/workouts.csv").decode()))
    assert (cells["body_weight"], cells["created_at"], cells["active"]) == ("80.5", row["created_at"], "false")
    assert export.cell(Decimal("2.50")) == "2.5"


def test_it_says_what_is_what(athlete: User) -> None:
    archive = written(athlete)
    assert f"keeps about {athlete.username}" in archive.read("README.txt").decode()
    index = json.loads(archive.read("index.json"))
    told = {entry["name"]: entry for entry in index["tables"]}
    assert told["people"]["rows"] == 1
    assert told["people"]["left_out"] == ["password"]
    assert told["people"]["meaning"] == "Somebody with an account."
    assert told["profiles"]["columns"]["time_zone"] == "IANA name; what a day means to this person"
    assert told["workouts"]["rows"] == 0
    assert "json/workouts.json" not in archive.namelist()
    assert index["left_out"]["idempotency keys"] == "copies of answers, kept for a day"


def test_secrets_inside_of_documents_are_covered(athlete: User) -> None:
    SecurityEvent.record("logged_in", user_id=athlete.pk, token="abc", nested={"secret": "def", "way": "door"})
    (row,) = json.loads(written(athlete).read("json/security_events.json"))
    assert row["detail"] == {"token": "•••", "nested": {"secret": "•••", "way": "door"}}


def test_who_was_blocked_does_not_learn_of_it(athlete: User, stranger: User) -> None:
    Block.objects.create(blocker=stranger, blocked=athlete)
    assert "json/blocks.json" not in written(athlete).namelist()
    assert len(json.loads(written(stranger).read("json/blocks.json"))) == 1


def test_pages_meet_without_a_gap(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PAGE", 2)
    for number in range(5):
        Notification.objects.create(user=athlete, kind="news", params={"number": number}, dedupe_key=str(number))
    rows = json.loads(written(athlete).read("json/notifications.json"))
    assert sorted(row["params"]["number"] for row in rows) == [0, 1, 2, 3, 4]


def test_it_costs_one_statement_a_page(
    athlete: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    shown = [table for table in personal() if table.shown_to]
    statements = len(shown) + len([table for table in shown if holds_files(table.model)])
    for number in range(3):
        Notification.objects.create(user=athlete, kind="news", dedupe_key=str(number))
        with django_assert_num_queries(statements):
            written(athlete)
    monkeypatch.setattr(export, "PAGE", 2)
    with django_assert_num_queries(statements + 1):
        written(athlete)


def test_a_file_that_is_gone_is_named(garden: Garden) -> None:
    analysis: Any = next(row for model, row in garden.rows.items() if model.__name__ == "FormAnalysis")
    storage.delete(analysis.chart)
    archive = written(garden.person)
    assert json.loads(archive.read("index.json"))["missing_files"] == [
        f"media/form_analyses/{analysis.pk}/chart.svg",
    ]
    assert archive.read(f"media/form_analyses/{analysis.pk}/annotated.mp4") == b"zqhersmark .mp4"


def test_a_worker_that_was_killed_leaves_one_file(athlete: User, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It died after it had stored the file, and before anybody knew of it."""
    id = asked(athlete)
    with monkeypatch.context() as patch:
        patch.setattr(jobs.Claim, "writing", killed)
        patch.setattr(storage, "delete_folder", lambda folder: True)
        with pytest.raises(SystemExit):
            jobs.run(id)
    assert len(files(home)) == 1
    Job.objects.update(lease_until="2020-01-01T00:00Z")
    jobs.run(id)
    row = DataExport.objects.get()
    assert files(home) == [f"media/{row.file}"]
    assert Notification.objects.count() == 1
    assert privacy_jobs.make_export(jobs.Claim(Job.objects.get(pk=id))) == {"href": f"/api/v1/users/export/{id}"}
    assert Notification.objects.count() == 1


def killed(*args: Any) -> None:
    raise SystemExit


@pytest.mark.parametrize("end", ["cancelled", "removed"])
def test_what_is_stopped_on_its_way_leaves_no_file(
    end: str, athlete: User, home: Path, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    id = asked(athlete)
    real = export.write_export

    def stopped(*args: Any) -> None:
        real(*args)
        if end == "cancelled":
            jobs.cancel(Job.objects.get(pk=id))
        else:
            remove_person(athlete.pk)

    monkeypatch.setattr(privacy_jobs, "write_export", stopped)
    with django_capture_on_commit_callbacks(execute=True):
        jobs.run(id)
    assert [name for name in files(home) if name != "deletions.jsonl"] == []
    assert list(Job.objects.filter(pk=id).values_list("status", flat=True)) == (
        ["cancelled"] if end == "cancelled" else []
    )


def test_exports_go_with_their_files(athlete: User, home: Path) -> None:
    old, young = asked(athlete), asked(athlete)
    for id in (old, young):
        jobs.run(id)
    DataExport.objects.filter(pk=old).update(created_at=edge("exports") - HOUR)
    DataExport.objects.filter(pk=young).update(created_at=edge("exports") + HOUR)
    assert purge()["exports"] == 1
    assert files(home) == [f"media/{DataExport.objects.get(pk=young).file}"]
    assert client_of(athlete).get(f"/api/v1/users/export/{old}").status_code == 404


def test_the_command_writes_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("personal_data")
    assert "| people | yes, without `password` | removed |" in capsys.readouterr().out
