"""What is delivered over which channel, when, and together with what."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail

from accounts.channels.base import Channel, Message, Recipient
from accounts.enums import NotificationKind, Outcome
from accounts.models import Delivery, Notification, Preferences, User
from accounts.operations.deliveries import deliver
from accounts.operations.notifications import mark_read, notify
from fitai.common import api
from fitai.common.actors import Actor
from fitai.common.jobs import PermanentFailure
from fitai.common.models import Job
from tests.cast import client_of, make_person, run_jobs

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def ask(user: User, name: str) -> None:
    """Somebody wants to be a friend."""
    notify(user.pk, NotificationKind.FRIEND_REQUEST, dedupe_key=name, actor_id=make_person(name).pk)


def mailed() -> list[str]:
    return [str(message.subject) for message in mail.outbox]


def outcomes() -> list[str]:
    return list(Delivery.objects.order_by("created_at", "pk").values_list("outcome", flat=True))


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


# ── Mail ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_is_mailed_at_once_and_the_rest_of_the_hour_in_one(athlete: User, clock: Any) -> None:
    ask(athlete, "ann")
    run_jobs()
    assert mailed() == ["ann wants to be your friend"]
    for name in ("bob", "cleo", "dora"):
        clock.shift(60)
        ask(athlete, name)
        run_jobs()
    assert len(mail.outbox) == 1
    clock.move_to(NOON + HOUR)
    run_jobs()
    assert mailed() == ["ann wants to be your friend", "3 things happened on FitAI"]
    digest = str(mail.outbox[1].body)
    assert [name for name in ("ann", "bob", "cleo", "dora") if f"{name} wants" in digest] == ["bob", "cleo", "dora"]
    assert outcomes() == ["sent"] * 4
    clock.move_to(NOON + 3 * HOUR)
    run_jobs()
    assert (len(mail.outbox), set(Job.objects.values_list("status", flat=True))) == (2, {"succeeded"})


def test_what_was_read_or_switched_off_meanwhile_is_not_mailed(athlete: User, clock: Any) -> None:
    for name in ("ann", "bob", "cleo"):
        ask(athlete, name)
        run_jobs()
    mark_read(Actor(user_id=athlete.pk), ids=[Notification.objects.get(dedupe_key="bob").pk])
    clock.move_to(NOON + HOUR)
    run_jobs()
    assert mailed() == ["ann wants to be your friend", "cleo wants to be your friend"]
    assert outcomes() == ["sent", "unwanted", "sent"]


def test_quiet_hours_hold_mail_back_and_it_comes_as_one(athlete: User, clock: Any) -> None:
    Preferences.objects.filter(pk=athlete.pk).update(quiet_from="11:00", quiet_until="14:00")
    for name in ("ann", "bob"):
        ask(athlete, name)
        run_jobs()
    assert (mail.outbox, outcomes()) == ([], ["", ""])
    clock.move_to(NOON + 2 * HOUR)
    run_jobs()
    assert (mailed(), outcomes()) == (["2 things happened on FitAI"], ["sent", "sent"])


def test_only_a_proven_address_is_written_to(athlete: User) -> None:
    EmailAddress.objects.filter(user=athlete).update(verified=False)
    ask(athlete, "ann")
    run_jobs()
    assert (mail.outbox, outcomes()) == ([], ["gone"])


@pytest.mark.parametrize(
    ("language", "subject", "greeting"),
    [
        ("en", "{} wants to be your friend", "Hello athlete,"),
        ("de", "{} möchte mit dir befreundet sein", "Hallo athlete,"),
        ("es", "{} quiere ser tu amigo o amiga", "Hola, athlete:"),
    ],
)
def test_names_are_text_in_every_language(athlete: User, language: str, subject: str, greeting: str) -> None:
    User.objects.filter(pk=athlete.pk).update(language=language)
    friend = make_person("ann", display_name="Ann\r\nBcc: all@example.org\r\n\r\n<a href=x>")
    notify(athlete.pk, NotificationKind.FRIEND_REQUEST, dedupe_key="1", actor_id=friend.pk)
    run_jobs()
    (message,) = mail.outbox
    assert message.subject == subject.format("Ann Bcc: all@example.org <a href=x>")
    assert (message.to, message.bcc, str(message.body).splitlines()[0]) == (["athlete@example.org"], [], greeting)
    ((html, _),) = message.alternatives  # type: ignore[attr-defined]
    assert "Bcc: all@example.org &lt;a href=x&gt;" in html
    assert f'<html lang="{language}">' in html


def test_a_mail_that_nobody_takes_ends_all_it_carries(
    athlete: User, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise PermanentFailure("mail_refused", "No mail server takes it: SMTPRecipientsRefused 550.")

    ask(athlete, "ann"), ask(athlete, "bob")
    monkeypatch.setattr("accounts.channels.email.send_mail", refuse)
    run_jobs()
    assert outcomes() == ["refused", "refused"]


def test_who_is_being_sent_to_is_not_sent_to_by_another(athlete: User, clock: Any) -> None:
    ask(athlete, "ann")
    Delivery.objects.update(held_until=NOON + timedelta(seconds=90))
    ask(athlete, "bob")
    run_jobs()
    assert (mail.outbox, outcomes()) == ([], ["", ""])
    clock.shift(91)
    run_jobs()
    assert mailed() == ["2 things happened on FitAI"]


# ── A channel of one's own ───────────────────────────────────────────────────────────────────────


class Pager(Channel):
    """All that it takes to add a channel."""

    said: ClassVar[list[tuple[str, str]]] = []

    def deliver(self, messages: Sequence[Message], recipient: Recipient, target: str) -> Outcome:
        self.said.extend((recipient.username, message.title) for message in messages)
        return Outcome.SENT


@pytest.fixture
def pager(settings: Any) -> type[Pager]:
    settings.NOTIFICATION_CHANNELS = {**settings.NOTIFICATION_CHANNELS, "pager": f"{__name__}.Pager"}
    api._reader.cache_clear()
    Pager.said.clear()
    yield Pager
    api._reader.cache_clear()


def test_a_channel_is_a_class_and_a_line(athlete: User, pager: type[Pager]) -> None:
    device = client_of(athlete)
    before = device.get("/api/v1/users/preferences").json()["notifications"]
    assert {kind: columns["pager"] for kind, columns in before.items()} == dict.fromkeys(NotificationKind.values, False)
    notify(athlete.pk, NotificationKind.NEWS, dedupe_key="before")
    changed = device.patch("/api/v1/users/preferences", {"notifications": {"news": {"pager": True}}})
    assert changed.json()["notifications"]["news"] == {"in_app": True, "email": False, "push": False, "pager": True}
    notify(athlete.pk, NotificationKind.NEWS, dedupe_key="after")
    run_jobs()
    assert pager.said == [("athlete", "News from FitAI")]
    assert Job.objects.get().dedupe_key == f"pager:{Notification.objects.get(dedupe_key='after').pk}"


def test_what_waits_for_a_channel_that_was_taken_out_ends(athlete: User, pager: type[Pager], settings: Any) -> None:
    Preferences.objects.update(notifications={"news": {"pager": True}})
    notify(athlete.pk, NotificationKind.NEWS, dedupe_key="1")
    settings.NOTIFICATION_CHANNELS = {"in_app": settings.NOTIFICATION_CHANNELS["in_app"]}
    run_jobs()
    assert (pager.said, outcomes()) == ([], ["unwanted"])
    assert deliver(Delivery.objects.get().pk) == Outcome.UNWANTED
