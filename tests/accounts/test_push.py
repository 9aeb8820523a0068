"""Push messages, against a push service that really decrypts."""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.channels import push
from accounts.enums import NotificationKind, Role
from accounts.models import Block, Delivery, Mute, Notification, Preferences, PushDevice, User
from accounts.operations import push_devices
from accounts.operations.notifications import mark_read, notify
from accounts.operations.push_devices import subscribe
from accounts.operations.sessions import end_all_sessions
from fitai.common import jobs
from fitai.common.actors import Actor
from fitai.common.models import Job
from tests.accounts.push_service import Browser, PushService, claims_of, proves_who_sends
from tests.cast import ApiClient, client_of, codes, committed, make_person, run_jobs

DEVICES = "/api/v1/users/push-devices"


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    service = PushService()
    settings.OUTBOUND_ALLOWED = [service.host]
    yield service
    service.stop()


@pytest.fixture
def at_once() -> Any:
    """Does a thing for each item at the same moment."""

    def run(act: Any, items: Any) -> None:
        items = list(items)
        start = Barrier(len(items))

        def one(item: Any) -> None:
            start.wait()
            act(item)
            connection.close()

        threads = [Thread(target=one, args=(item,)) for item in items]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return run


@pytest.fixture
def phone(athlete: User) -> ApiClient:
    return client_of(athlete)


@pytest.fixture
def browser(service: PushService, phone: ApiClient) -> Browser:
    browser = service.browser()
    assert phone.post(DEVICES, {**browser.subscription, "name": "Phone"}).status_code == 201
    return browser


def tell(user: User, kind: NotificationKind = NotificationKind.GOAL, **options: Any) -> Notification:
    key = str(uuid4())
    notify(user.pk, kind, dedupe_key=key, **options)
    return Notification.objects.get(user=user, dedupe_key=key)


def job() -> Job:
    return Job.objects.get(kind="accounts.push")


def outcomes() -> list[str]:
    return list(Delivery.objects.order_by("created_at").values_list("outcome", flat=True))


# ── Sending ──────────────────────────────────────────────────────────────────────────────────────


def test_the_device_reads_it_and_nobody_on_the_way(
    athlete: User, stranger: User, service: PushService, browser: Browser
) -> None:
    User.objects.filter(pk=athlete.pk).update(language="es")
    row = tell(athlete, NotificationKind.COMMENT, actor_id=stranger.pk, params={"x": 1})
    assert service.taken == []  # nothing is sent in a request
    run_jobs()
    ((path, headers, body),) = service.taken
    assert path == "/phone"
    assert browser.read(body) == {
        "id": str(row.pk),
        "kind": "comment",
        "title": "Sam Stranger ha comentado",
        "body": "",
        "count": 1,
        "params": {"x": 1},
        "at": row.happened_at.isoformat().replace("+00:00", "Z"),
    }
    assert b"Stranger" not in body
    assert proves_who_sends(headers["Authorization"])
    claims = claims_of(headers["Authorization"])
    assert (claims["aud"], claims["sub"]) == (f"http://{service.host}", "mailto:no-reply@fitai.localhost")
    assert time.time() < claims["exp"] <= time.time() + 86_400
    assert (headers["Content-Encoding"], headers["Urgency"]) == ("aes128gcm", "normal")
    assert 86_000 < int(headers["TTL"]) <= 86_400
    assert len(headers["Topic"]) <= 32
    assert (job().status, outcomes()) == ("succeeded", ["sent"])
    assert PushDevice.objects.get().last_sent_at is not None


def test_each_device_gets_it_once_though_the_bell_rings_again(
    athlete: User, service: PushService, browser: Browser
) -> None:
    client_of(athlete, "tablet").post(DEVICES, service.browser("tablet").subscription)
    row = tell(athlete)
    run_jobs()
    keys = Job.objects.filter(kind="accounts.push").values_list("dedupe_key", flat=True)
    assert set(keys) == {f"push:{row.pk}:{device.pk}" for device in PushDevice.objects.all()}
    Job.objects.filter(kind="accounts.push").update(status="queued", finished_at=None)
    run_jobs()
    assert sorted(path for path, _, _ in service.taken) == ["/phone", "/tablet"]


def test_the_end_of_a_rest_wakes_the_device_now_or_never(athlete: User, service: PushService, browser: Browser) -> None:
    Preferences.objects.filter(pk=athlete.pk).update(quiet_from="00:00", quiet_until="23:59")
    over = timezone.now() - timedelta(seconds=10)
    tell(athlete, NotificationKind.REST_OVER, at=over)
    tell(athlete, NotificationKind.REST_OVER, at=over)
    run_jobs()
    first, second = (headers for _, headers, _ in service.taken)
    assert (first["Urgency"], first["Topic"]) == ("high", second["Topic"])  # the second takes the place of the first
    assert 40 < int(first["TTL"]) <= 50
    tell(athlete, NotificationKind.REST_OVER, at=timezone.now() - timedelta(seconds=60))
    run_jobs()
    assert (len(service.taken), outcomes()) == (2, ["sent", "sent", "too_late"])
    assert client_of(athlete).get("/api/v1/users/notifications").json()["results"] == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(athlete: User, service: PushService, browser: Browser, status: int) -> None:
    service.status = status
    tell(athlete)
    run_jobs()
    assert (job().status, outcomes(), PushDevice.objects.count()) == ("succeeded", ["gone"], 0)
    tell(athlete)
    assert Job.objects.filter(kind="accounts.push").count() == 1


@pytest.mark.parametrize("status", [400, 401, 403, 413, 302])
def test_what_the_service_never_takes_is_given_up_with_the_reason(
    athlete: User, service: PushService, browser: Browser, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    service.status = status
    tell(athlete)
    run_jobs()
    error = {"code": "push_refused", "detail": f"The push service answered {status}."}
    assert (job().status, job().error, outcomes()) == ("failed", error, ["refused"])
    assert "push.refused" in caplog.text
    assert browser.endpoint not in caplog.text + job().last_error
    assert PushDevice.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "headers", "least", "most"),
    [
        (429, {"Retry-After": "120"}, 119, 121),
        (503, {"Retry-After": "120"}, 119, 121),
        (500, {}, 0, 5),
        (429, {}, 0, 5),
    ],
)
def test_what_the_service_takes_later_comes_again(
    athlete: User,
    service: PushService,
    browser: Browser,
    status: int,
    headers: dict[str, str],
    least: int,
    most: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    service.status, service.headers = status, headers
    tell(athlete)
    run_jobs()
    waiting = job()
    assert (waiting.status, waiting.attempts, outcomes()) == ("queued", 1, [""])
    assert least <= (waiting.not_before - timezone.now()).total_seconds() <= most
    assert browser.endpoint not in caplog.text + waiting.last_error
    service.status = 201
    Job.objects.update(not_before=timezone.now())
    run_jobs()
    assert (job().status, outcomes(), len(service.taken)) == ("succeeded", ["sent"], 2)


def test_a_service_that_hangs_keeps_a_worker_for_seconds(
    athlete: User, service: PushService, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "DEADLINE_SECONDS", 0.2)
    service.hangs = True
    tell(athlete)
    began = time.monotonic()
    run_jobs()
    assert time.monotonic() - began < 5
    assert (job().status, outcomes(), job().last_error) == (
        "queued",
        [""],
        "Unreachable('This address does not answer.')",
    )


# ── To whom it goes when its time has come ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "how", ["read", "switched off", "deleted", "locked", "blocked", "muted", "logged out", "other key", "unsubscribed"]
)
def test_what_changed_meanwhile_counts(
    athlete: User, stranger: User, service: PushService, browser: Browser, phone: ApiClient, settings: Any, how: str
) -> None:
    row = tell(athlete, NotificationKind.FRIEND_REQUEST, actor_id=stranger.pk)
    Delivery.objects.filter(channel="email").delete()
    if how == "read":
        mark_read(Actor(user_id=athlete.pk), ids=[row.pk])
    elif how == "switched off":
        phone.patch("/api/v1/users/preferences", {"notifications": {"friend_request": {"push": False}}})
    elif how == "deleted":
        User.objects.filter(pk=athlete.pk).update(deleted_at=timezone.now())
    elif how == "locked":
        User.objects.filter(pk=athlete.pk).update(is_active=False)
    elif how == "blocked":
        Block.objects.create(blocker=stranger, blocked=athlete)
    elif how == "muted":
        Mute.objects.create(user=athlete, muted=stranger)
    elif how == "logged out":
        end_all_sessions(athlete.pk)
    elif how == "other key":
        settings.VAPID_PRIVATE_KEY = ""
    else:
        phone.delete(f"{DEVICES}/{PushDevice.objects.get().pk}")
    run_jobs()
    gone = how in ("logged out", "other key", "unsubscribed")
    assert (service.taken, outcomes()) == ([], ["gone" if gone else "unwanted"])
    assert set(Job.objects.filter(kind="accounts.push").values_list("status", flat=True)) == {"succeeded"}


def test_quiet_hours_hold_it_back_until_they_end(athlete: User, service: PushService, browser: Browser) -> None:
    Preferences.objects.filter(pk=athlete.pk).update(quiet_from="22:00", quiet_until="07:00")
    with time_machine.travel("2026-01-10 23:00:00+00:00", tick=False) as clock:
        tell(athlete)
        run_jobs()
        held = job()
        assert (held.status, held.attempts, held.not_before) == ("queued", 0, datetime(2026, 1, 11, 7, tzinfo=UTC))
        assert service.taken == []
        clock.move_to("2026-01-11 07:00:00+00:00")
        run_jobs()
    assert (len(service.taken), outcomes()) == (1, ["sent"])


# ── Devices ──────────────────────────────────────────────────────────────────────────────────────


def test_a_device_is_shown_without_what_it_takes_to_send_to_it(
    athlete: User, phone: ApiClient, browser: Browser, service: PushService, django_assert_num_queries: Any
) -> None:
    row = PushDevice.objects.get()
    shape = {
        "id": str(row.pk),
        "name": "Phone",
        "service": "127.0.0.1",
        "current": True,
        "created_at": row.created_at.isoformat().replace("+00:00", "Z"),
        "last_sent_at": None,
    }
    with django_assert_num_queries(1):
        page = phone.get(DEVICES).json()
    assert {**page, "public_key": None} == {"results": [shape], "next": None, "previous": None, "public_key": None}
    assert len(page["public_key"]) == 87
    for name in ("tablet", "watch"):
        subscribe(Actor(user_id=athlete.pk), values=kept(service.browser(name), name))
    with django_assert_num_queries(1):
        assert [entry["name"] for entry in phone.get(DEVICES).json()["results"]] == ["watch", "tablet", "Phone"]


def kept(browser: Browser, name: str = "") -> dict[str, str]:
    return {"name": name, "endpoint": browser.endpoint, **browser.subscription["keys"]}


def test_subscribing_again_renews_and_another_person_takes_it_over(
    athlete: User, stranger: User, phone: ApiClient, browser: Browser
) -> None:
    first = PushDevice.objects.get()
    again = phone.post(DEVICES, {**browser.subscription, "name": "Renamed"})
    assert (again.status_code, again.json()["id"], again.json()["name"]) == (201, str(first.pk), "Renamed")
    assert again.headers["Location"] == f"{DEVICES}/{first.pk}"
    client_of(stranger).post(DEVICES, browser.subscription)
    row = PushDevice.objects.get()
    assert (row.user_id, row.pk != first.pk) == (stranger.pk, True)


def test_the_id_may_be_chosen(athlete: User, stranger: User, phone: ApiClient, service: PushService) -> None:
    body = {"id": str(uuid4()), **service.browser().subscription}
    answers = [phone.post(DEVICES, body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["id"] == body["id"]
    for device in (phone, client_of(stranger)):
        refused = device.post(DEVICES, {**service.browser("other").subscription, "id": body["id"]})
        assert (refused.status_code, refused.json()["code"]) == (409, "id_taken")
    assert PushDevice.objects.get().endpoint == body["endpoint"]


def test_a_repeat_under_the_same_key_has_one_effect(phone: ApiClient, service: PushService) -> None:
    body = service.browser().subscription
    first, second = (phone.post(DEVICES, body, HTTP_IDEMPOTENCY_KEY="once") for _ in range(2))
    assert (first.content, second.headers["Idempotent-Replayed"]) == (second.content, "true")


def test_the_oldest_device_makes_room(athlete: User, phone: ApiClient, service: PushService, settings: Any) -> None:
    settings.PUSH_DEVICES_PER_USER = 3
    for n in range(5):
        phone.post(DEVICES, {**service.browser(str(n)).subscription, "name": str(n)})
    assert [entry["name"] for entry in phone.get(DEVICES).json()["results"]] == ["4", "3", "2"]


@pytest.mark.django_db(transaction=True)
def test_devices_that_come_at_once_stay_within_the_limit(
    service: PushService, settings: Any, at_once: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PUSH_DEVICES_PER_USER = 1
    athlete = make_person("athlete")
    together, make_room = Barrier(2), push_devices._make_room

    def make_room_and_wait(user_id: Any) -> None:
        make_room(user_id)
        with suppress(BrokenBarrierError):
            together.wait(0.3)  # for the other, which is kept out meanwhile

    monkeypatch.setattr(push_devices, "_make_room", make_room_and_wait)
    at_once(lambda n: subscribe(Actor(user_id=athlete.pk), values=kept(service.browser(str(n)))), range(2))
    assert PushDevice.objects.filter(user=athlete).count() == 1


def test_a_device_that_is_unsubscribed_gets_nothing_more(
    athlete: User, stranger: User, phone: ApiClient, browser: Browser
) -> None:
    path = f"{DEVICES}/{PushDevice.objects.get().pk}"
    assert client_of(stranger).delete(path).status_code == 404
    assert (phone.delete(path).status_code, phone.delete(path).status_code) == (204, 404)
    tell(athlete)
    assert not Job.objects.filter(kind="accounts.push").exists()


def test_after_the_log_out_it_is_gone_from_the_list(athlete: User, phone: ApiClient, browser: Browser) -> None:
    phone.post("/api/v1/auth/logout", {"refresh": phone.tokens.refresh})
    assert client_of(athlete).get(DEVICES).json()["results"] == []


def test_a_server_without_a_key_says_so(phone: ApiClient, service: PushService, settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    refused = phone.post(DEVICES, service.browser().subscription)
    assert (refused.status_code, refused.json()["code"]) == (409, "push_unavailable")
    assert phone.get(DEVICES).json()["public_key"] is None


@pytest.mark.parametrize(
    ("endpoint", "code"),
    [
        *(("http://push.example.com/x", "invalid"), ("ftp://push.example.com/x", "invalid"), ("push", "invalid")),
        *(("https://push.example.com:8443/x", "invalid"), ("https://a:b@push.example.com/x", "invalid")),
        *(("https://push.example.com/x#y", "invalid"), ("https://push.example.com/ x", "invalid")),
        *(("https://127.0.0.1/x", "not_public"), ("https://2130706433/x", "not_public")),
        *(
            ("https://0x7f.0.0.1/x", "not_public"),
            ("https://[::1]/x", "not_public"),
            ("https://localhost/x", "not_public"),
        ),
        *(
            ("https://db.internal/x", "not_public"),
            ("https://10.0.0.7/x", "not_public"),
            ("https://push/x", "not_public"),
        ),
        ("https://push.example.com/" + "x" * 1000, "max_length"),
    ],
)
def test_an_endpoint_is_on_the_open_internet(phone: ApiClient, service: PushService, endpoint: str, code: str) -> None:
    assert ("/endpoint", code) in codes(phone.post(DEVICES, {**service.browser().subscription, "endpoint": endpoint}))
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("p256dh", "AAAA"),
        ("p256dh", "BA" * 43),
        ("p256dh", "!!"),
        ("auth", "AAAA"),
        ("auth", "BTBZMqHH6r4Tts7J_aSIgg+/"),
    ],
)
def test_keys_are_keys(phone: ApiClient, service: PushService, name: str, value: str) -> None:
    body = service.browser().subscription
    body["keys"][name] = value
    assert codes(phone.post(DEVICES, body)) == [(f"/keys/{name}", "invalid")]


def test_no_page_of_the_admin_shows_what_it_takes_to_send(athlete: User, browser: Browser) -> None:
    tell(athlete)
    boss = client_of(make_person("boss", role=Role.ADMIN, is_staff=True, is_superuser=True))
    boss.force_login(boss.user)
    page = boss.get(reverse("admin:accounts_user_change", args=[athlete.pk])).content.decode()
    assert "push devices" in page.lower()
    row = PushDevice.objects.get()
    assert [secret for secret in (row.endpoint, row.p256dh, row.auth) if secret in page] == []


def test_nothing_is_rung_for_before_it_is_committed(athlete: User, browser: Browser) -> None:
    with committed():
        tell(athlete)
    assert [queue for _, queue in jobs.due(timezone.now() + timedelta(minutes=1))] == ["push"]
