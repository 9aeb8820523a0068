"""Taking one's data along, and leaving."""

import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.enums import NotificationKind, Role
from accounts.models import DataExport, Notification, SecurityEvent, Session, User
from fitai.common import jobs
from fitai.common.actors import Actor
from fitai.common.ids import uuid7
from fitai.common.models import Job
from tests.cast import PASSWORD, ApiClient, client_of, codes, make_person, run_jobs

ACCOUNT = "/api/v1/users/account"
EXPORT = "/api/v1/users/export"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def log_in(person: User, **more: Any) -> Any:
    return ApiClient().post("/api/v1/auth/login", {"login": person.username, "password": PASSWORD, **more})


def admin(name: str) -> User:
    return make_person(name, role=Role.ADMIN, is_staff=True, is_superuser=True)


# ── Leaving ──────────────────────────────────────────────────────────────────────────────────────


def test_a_deleted_account_is_gone_for_everyone_at_once(athlete: User, stranger: User) -> None:
    phone, watch = client_of(athlete), client_of(athlete, "watch")
    answer = phone.delete(ACCOUNT)
    assert (answer.status_code, answer.content) == (204, b"")
    athlete.refresh_from_db()
    assert athlete.deleted_at is not None
    assert [client.get("/api/v1/users/profile").status_code for client in (phone, watch)] == [401, 401]
    refresh = {"refresh": watch.tokens.refresh}
    assert ApiClient().post("/api/v1/auth/refresh", refresh).json()["code"] == "session_ended"
    assert not User.objects.visible_to(Actor(user_id=stranger.pk)).filter(pk=athlete.pk).exists()
    assert not Session.objects.live().filter(user=athlete).exists()
    event = SecurityEvent.objects.get(kind="deleted")
    assert (event.user_id, event.address, event.detail) == (athlete.pk, "127.0.0.1", {})
    refused = log_in(athlete)
    assert (refused.status_code, refused.json()["code"]) == (403, "account_deleted")


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "Your FitAI account is deleted"),
        ("de", "Dein FitAI-Konto ist gelöscht"),
        ("es", "Tu cuenta de FitAI está eliminada"),
    ],
)
def test_a_receipt_says_until_when_it_can_be_taken_back(athlete: User, language: str, subject: str) -> None:
    User.objects.filter(pk=athlete.pk).update(language=language)
    client_of(athlete).delete(ACCOUNT)
    run_jobs()
    (receipt,) = mail.outbox
    assert (receipt.to, receipt.subject) == (["athlete@example.org"], subject)
    assert f"{timezone.now() + timedelta(days=30):%Y-%m-%d}" in receipt.body
    run_jobs()
    assert len(mail.outbox) == 1


def test_a_deletion_that_was_taken_back_sends_no_receipt(athlete: User) -> None:
    client_of(athlete).delete(ACCOUNT)
    assert log_in(athlete, restore=True).status_code == 200
    run_jobs()
    assert mail.outbox == []


def test_restoring_brings_everything_back(athlete: User) -> None:
    client = client_of(athlete)
    workout = client.post("/api/v1/workouts", {"name": "Push"}).json()["id"]
    client.delete(ACCOUNT)
    entered = log_in(athlete, restore=True)
    assert entered.status_code == 200
    again = ApiClient(HTTP_AUTHORIZATION=f"Bearer {entered.json()['access']}")
    assert again.get(f"/api/v1/workouts/{workout}").status_code == 200
    assert client.get("/api/v1/users/profile").status_code == 401  # the old device stays out
    assert list(SecurityEvent.objects.order_by("created_at").values_list("kind", flat=True)) == [
        *("deleted", "restored", "logged_in"),
    ]


def test_nothing_is_taken_back_once_the_grace_is_over(athlete: User) -> None:
    """The purge may have removed half of it by then."""
    for age, status in ((timedelta(days=30, seconds=1), 403), (timedelta(days=29, hours=23), 200)):
        User.objects.filter(pk=athlete.pk).update(deleted_at=timezone.now() - age)
        assert log_in(athlete, restore=True).status_code == status
    athlete.refresh_from_db()
    assert athlete.deleted_at is None


def test_leaving_takes_a_recent_log_in_or_the_password(athlete: User) -> None:
    client = client_of(athlete)
    Session.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    refused = client.delete(ACCOUNT)
    assert (refused.status_code, refused.json()["code"]) == (403, "reauth_required")
    assert codes(client.delete(ACCOUNT, {"password": "wrong"})) == [("/password", "wrong")]
    assert codes(client.delete(ACCOUNT, {"reason": "bored"})) == [("/reason", "unknown_field")]
    athlete.refresh_from_db()
    assert (athlete.deleted_at, SecurityEvent.objects.count(), Job.objects.count()) == (None, 0, 0)
    assert client.delete(ACCOUNT, {"password": PASSWORD}).status_code == 204


def test_the_last_admin_stays(db: None) -> None:
    one = admin("one")
    make_person("former", role=Role.ADMIN, is_staff=True, is_superuser=True, is_active=False)
    refused = client_of(one).delete(ACCOUNT)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
    admin("two")
    assert client_of(one).delete(ACCOUNT).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_of_two_admins_who_leave_at_once_one_stays() -> None:
    clients = [client_of(admin(name)) for name in ("one", "two")]
    barrier, got = threading.Barrier(2), []

    def leave(client: ApiClient) -> None:
        barrier.wait()
        got.append(client.delete(ACCOUNT).status_code)
        connection.close()

    threads = [threading.Thread(target=leave, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [204, 409]
    assert User.objects.filter(role=Role.ADMIN, deleted_at=None).count() == 1


def test_a_deleted_member_of_staff_is_out_of_the_admin(db: None) -> None:
    boss, _ = admin("boss"), admin("two")
    page = Client()
    page.force_login(boss)
    assert page.get("/admin/").status_code == 200
    client_of(boss).delete(ACCOUNT)
    assert page.get("/admin/").status_code == 302
    page.post("/admin/login/", {"username": "boss", "password": PASSWORD})
    assert page.get("/admin/").status_code == 302


# ── Taking one's data along ──────────────────────────────────────────────────────────────────────


def test_an_export_is_a_job_whose_file_only_its_owner_fetches(athlete: User, stranger: User) -> None:
    client = client_of(athlete)
    asked = client.post(EXPORT)
    id = asked.json()["job_id"]
    assert (asked.status_code, asked.json()) == (202, {"job_id": id, "status": "queued"})
    assert asked.headers["Location"] == f"{EXPORT}/{id}"
    waiting = client.get(f"{EXPORT}/{id}").json()
    assert (waiting["status"], waiting["size"], waiting["url"]) == ("queued", None, None)
    jobs.run(id)
    made = client.get(f"{EXPORT}/{id}").json()
    export = DataExport.objects.get()
    assert made == {
        "job_id": id,
        "status": "succeeded",
        "stage": "storing",
        "progress": 1,
        "error": None,
        "created_at": f"{export.created_at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "expires_at": f"{export.created_at + timedelta(days=7):%Y-%m-%dT%H:%M:%S.%fZ}",
        "size": export.size,
        "url": made["url"],
    }
    assert client.get(f"/api/v1/jobs/{id}").json()["result"] == {"href": f"{EXPORT}/{id}"}
    file = ApiClient().get(made["url"])
    content = b"".join(file.streaming_content)
    assert (file["Content-Type"], len(content), content[:2]) == ("application/zip", export.size, b"PK")
    assert client_of(stranger).get(f"{EXPORT}/{id}").status_code == 404
    User.objects.filter(pk=athlete.pk).update(deleted_at=timezone.now())
    assert ApiClient().get(made["url"]).status_code == 404
    told = Notification.objects.get()
    about = {"what": "made", "export_id": id, "days": 7}
    assert (told.user_id, told.kind, told.params) == (athlete.pk, NotificationKind.EXPORT, about)
    assert SecurityEvent.objects.get().kind == "export_requested"


def test_a_link_shows_its_file_and_no_other(athlete: User) -> None:
    client = client_of(athlete)
    id = client.post(EXPORT).json()["job_id"]
    jobs.run(id)
    url = client.get(f"{EXPORT}/{id}").json()["url"]
    assert ApiClient().get(url.replace("fitai-export.zip", "other.zip")).status_code == 404


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_who_is_told_of_an_export_learns_how_long_it_is_there(athlete: User, language: str, settings: Any) -> None:
    settings.RETENTION_DAYS = {**settings.RETENTION_DAYS, "exports": 11}
    User.objects.filter(pk=athlete.pk).update(language=language)
    client = client_of(athlete)
    jobs.run(client.post(EXPORT).json()["job_id"])
    (told,) = client.get("/api/v1/users/notifications").json()["results"]
    assert "11" in told["body"]


def test_who_has_this_version_gets_304_until_the_export_moves_on(
    athlete: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(athlete)
    id = client.post(EXPORT).json()["job_id"]
    waiting = client.get(f"{EXPORT}/{id}").headers["ETag"]
    assert client.get(f"{EXPORT}/{id}", HTTP_IF_NONE_MATCH=waiting).status_code == 304
    jobs.run(id)
    made = client.get(f"{EXPORT}/{id}", HTTP_IF_NONE_MATCH=waiting)
    assert made.status_code == 200
    later = time.time() + 60
    monkeypatch.setattr("fitai.common.media.links.time.time", lambda: later)
    again = client.get(f"{EXPORT}/{id}")
    assert again.json()["url"] != made.json()["url"]
    assert again.headers["ETag"] == made.headers["ETag"] != waiting


def test_a_link_leads_to_this_server_whatever_the_request_says(athlete: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.PUBLIC_URL = ["testserver", "evil.example"], "https://fitai.example"
    client = client_of(athlete)
    id = client.post(EXPORT).json()["job_id"]
    jobs.run(id)
    url = client.get(f"{EXPORT}/{id}", HTTP_HOST="evil.example").json()["url"]
    assert url.startswith("https://fitai.example/media/")


def test_an_export_without_a_verified_address(db: None) -> None:
    assert client_of(make_person("new", verified=False)).post(EXPORT).status_code == 202


def test_one_key_makes_one_export_and_costs_one(athlete: User, real_limits: None) -> None:
    client = client_of(athlete)
    answers = [client.post(EXPORT, HTTP_IDEMPOTENCY_KEY="same") for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert [client.post(EXPORT).status_code for _ in range(5)] == [202, 202, 202, 202, 429]
    assert DataExport.objects.count() == Job.objects.filter(kind="privacy.export").count() == 5


def test_a_body_has_no_members(athlete: User) -> None:
    assert codes(client_of(athlete).post(EXPORT, {"format": "xml"})) == [("/format", "unknown_field")]
    assert not DataExport.objects.exists()


def test_an_export_that_never_was(athlete: User) -> None:
    assert client_of(athlete).get(f"{EXPORT}/{uuid7()}").status_code == 404


def test_an_export_can_be_cancelled(athlete: User, settings: Any) -> None:
    client = client_of(athlete)
    id = client.post(EXPORT).json()["job_id"]
    assert client.post(f"/api/v1/jobs/{id}/cancel").json()["status"] == "cancelled"
    jobs.run(id)
    assert client.get(f"{EXPORT}/{id}").json()["url"] is None
    assert not Notification.objects.exists()
