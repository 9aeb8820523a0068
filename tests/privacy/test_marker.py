"""A mark is planted in every table with rows of people, in files and in Valkey: an export finds it in each, and a
removal leaves it nowhere."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from accounts import session_cache
from accounts.errors import InvalidCredentials
from accounts.mails import request_notice_mail
from accounts.models import Notification, SecurityEvent, User
from accounts.operations.sessions import Device, check_password
from fitai.common import jobs
from fitai.common.events import publish_to_user
from fitai.common.live.seats import take_seat
from fitai.common.models import Job
from fitai.privacy import removal
from fitai.privacy.tables import personal, tables
from tests.cast import ApiClient, client_of, committed
from tests.privacy.conftest import HERS, HIS, remove_deleted
from tests.privacy.planting import Garden, everything, keys_with, tables_of_database, tables_with
from workouts.models import Workout


def export_of(person: User) -> tuple[dict[str, Any], ZipFile]:
    """What the route answers once the job is done, and the file behind its link."""
    client = client_of(person)
    asked = client.post("/api/v1/users/export")
    jobs.run(asked.json()["job_id"])
    answer = client.get(asked.headers["Location"]).json()
    file = ApiClient().get(answer["url"])
    return answer, ZipFile(io.BytesIO(b"".join(file.streaming_content)))


def test_every_table_of_the_database_is_known(db: None) -> None:
    known = {model._meta.db_table for model in tables()}
    assert set(tables_of_database()) - known == {"django_migrations"}


def test_an_export_finds_every_mark_of_its_person_and_none_of_another(garden: Garden, his: Garden) -> None:
    answer, archive = export_of(garden.person)
    assert (answer["status"], answer["error"], answer["progress"]) == ("succeeded", None, 1)
    assert archive.testzip() is None
    given = {table.name: table for table in personal() if table.shown_to}
    for name, table in given.items():
        rows = json.loads(archive.read(f"json/{name}.json"))
        row = garden.rows[table.model]
        key = table.model._meta.pk.attname
        mine = [one for one in rows if str(one[key]) == str(row.pk)]
        assert len(mine) == 1, name
        marks = [column for column in table.columns if HERS in str(getattr(row, column.attname))]
        assert [column.name for column in marks if HERS not in json.dumps(mine[0][column.attname])] == [], name
        assert len(archive.read(f"csv/{name}.csv").decode().splitlines()) > len(rows), name
    media = {name: archive.read(name) for name in archive.namelist() if name.startswith("media/")}
    assert len(media) == 6
    assert all(content.startswith(HERS.encode()) for content in media.values())
    everything_in_it = b"".join(archive.read(name) for name in archive.namelist())
    foreign = [HIS, str(his.person.pk), his.person.username, his.person.email, garden.person.password]
    assert [trace for trace in foreign if trace.encode() in everything_in_it] == []
    index = json.loads(archive.read("index.json"))
    assert {entry["name"] for entry in index["tables"]} == set(given)
    assert set(index["left_out"]) == {table.title for table in personal()} - {table.title for table in given.values()}


def away(user_id: UUID) -> None:
    raise OSError("Valkey is away")


def test_a_removal_leaves_no_mark_anywhere_and_everything_of_others(
    garden: Garden, his: Garden, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = garden.person
    by_staff = {"user": his.person, "content_type": ContentType.objects.get_for_model(Workout), "action_flag": CHANGE}
    LogEntry.objects.create(object_id=str(garden.rows[Workout].pk), object_repr=HERS, **by_staff)
    second = f"second-{HERS}@example.org"
    EmailAddress.objects.create(user=person, email=second)
    for email in (person.email, second):
        Job.objects.create(
            kind="accounts.verification_mail",
            dedupe_key=f"mail {email == second}",
            payload={"email": email},
            not_before=timezone.now(),
            finished_at=timezone.now(),
        )
    request_notice_mail("email_changed", person.pk, to=f"former-{HERS}@example.org")
    with monkeypatch.context() as patch:
        patch.setattr(session_cache, "write_facts", away)
        with committed():
            session_cache.refresh_facts(person.pk)
    assert Job.objects.filter(kind="accounts.refresh_facts").count() == 1
    Client().force_login(person)
    client_of(person).get("/api/v1/users/profile")
    with pytest.raises(InvalidCredentials):
        check_password(login=person.username, password="wrong", device=Device("192.0.2.1"))
    take_seat(f"user:{person.pk}", "socket", 10)
    before = {table: [row for row in rows if HIS in row] for table, rows in everything().items()}
    assert len([table for table in before.values() if table]) > 20
    assert len(keys_with(garden.traces)) >= 4
    User.objects.filter(pk=person.pk).update(deleted_at=timezone.now() - timedelta(days=31))

    remove_deleted()

    assert tables_with(garden.traces) == {}
    assert keys_with(garden.traces) == []
    files = [path for path in home.rglob("*") if path.is_file()]
    assert [path for path in files if any(trace.encode() in path.read_bytes() for trace in garden.traces)] == []
    assert len([path for path in files if HIS.encode() in path.read_bytes()]) == 7
    after = {table: [row for row in rows if HIS in row] for table, rows in everything().items()}
    assert after == before


def test_rows_of_others_lose_the_name(
    garden: Garden, stranger: User, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what names the person changes in them; a notification that told of them alone goes."""
    alone = {"user": stranger, "kind": "like", "actor": garden.person, "actor_ids": [garden.person.pk]}
    for number in range(3):
        Notification.objects.create(**alone, dedupe_key=f"alone {number}")
    Notification.objects.create(**{**alone, "actor_ids": [garden.person.pk, moderator.pk]}, dedupe_key="both", count=2)
    told = {"id": stranger.pk, "kind": "like", "count": 1, "unread": 1}
    publish_to_user(stranger.pk, "notification", told, actor_id=garden.person.pk)
    Notification.objects.create(user=stranger, kind="like", actor=garden.person, dedupe_key="like")
    SecurityEvent.record("locked", user_id=stranger.pk, by=str(garden.person.pk), why="tests")
    SecurityEvent.record("consent_given", user_id=stranger.pk, by=str(stranger.pk), coach=str(garden.person.pk))
    hers = str(garden.person.pk)
    before = {table: [row for row in rows if str(stranger.pk) in row] for table, rows in everything().items()}
    User.objects.filter(pk=garden.person.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    monkeypatch.setattr(removal, "BATCH", 2)
    remove_deleted()
    after = {table: sorted(row for row in rows if str(stranger.pk) in row) for table, rows in everything().items()}
    kept = {table: [row for row in rows if '"alone ' not in row] for table, rows in before.items()}
    assert sum(hers in row for rows in kept.values() for row in rows) == 5
    assert after == {table: sorted(without(row, hers) for row in rows) for table, rows in kept.items()}
    assert Notification.objects.get(dedupe_key="both").actor_ids == [moderator.pk]


def without(row: str, hers: str) -> str:
    """A row that names somebody no more: nor in a list, where others stay."""
    return row.replace(f'["{hers}", ', "[").replace(f'"{hers}"', "null")
