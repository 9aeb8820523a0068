"""Telling people what happened: the row, the list, the socket."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.channels.in_app import unread_notifications
from accounts.enums import NotificationKind
from accounts.models import Block, Delivery, JoinedHappening, Mute, Notification, Preferences, User
from accounts.operations.blocks import block_person, mute_person, unblock_person, unmute_person
from accounts.operations.notifications import mark_read, notify
from accounts.retention import purge_notifications
from accounts.texts import TEXTS, wording
from fitai.common.actors import Actor
from fitai.common.models import Event, Job
from tests.cast import client_of, codes, make_person

LIST = "/api/v1/users/notifications"
READ = "/api/v1/users/notifications/read"


def like(user: User, actor: User, key: str | None = None, **options: Any) -> None:
    options = {"group_key": "like:workout:1", **options}
    notify(user.pk, NotificationKind.LIKE, dedupe_key=key or f"like:{actor.pk}", actor_id=actor.pk, **options)


def news(user: User, key: str, **options: Any) -> Notification:
    notify(user.pk, NotificationKind.NEWS, dedupe_key=key, **options)
    return Notification.objects.get(user=user, dedupe_key=key)


def told(user: User) -> list[tuple[str, Any]]:
    events = Event.objects.filter(stream=f"user:{user.pk}").order_by("seq")
    return [(event.type, event.payload) for event in events]


def actor(user: User) -> Actor:
    return Actor(user_id=user.pk)


def test_the_same_happening_is_told_once(athlete: User, stranger: User) -> None:
    for _ in range(2):
        notify(athlete.pk, NotificationKind.FRIEND_REQUEST, dedupe_key="request:1", actor_id=stranger.pk)
    row = Notification.objects.get()
    assert (row.user_id, row.kind, row.actor_id, row.read_at) == (athlete.pk, "friend_request", stranger.pk, None)
    payload = {"id": str(row.pk), "kind": "friend_request", "count": 1, "unread": 1}
    assert told(athlete) == [("notification", payload)]


def test_the_list_says_it_in_the_persons_language(athlete: User, stranger: User) -> None:
    User.objects.filter(pk=athlete.pk).update(language="de")
    notify(athlete.pk, NotificationKind.FRIEND_REQUEST, dedupe_key="1", actor_id=stranger.pk)
    row = Notification.objects.get()
    response = client_of(athlete).get(LIST)
    assert (response.status_code, response.json()) == (
        200,
        {
            "results": [
                {
                    "id": str(row.pk),
                    "kind": "friend_request",
                    "title": "Sam Stranger möchte mit dir befreundet sein",
                    "body": "",
                    "count": 1,
                    "actors": [
                        {"id": str(stranger.pk), "username": "stranger", "display_name": "Sam Stranger", "avatar": None}
                    ],
                    "params": {},
                    "created_at": row.created_at.isoformat().replace("+00:00", "Z"),
                    "happened_at": row.happened_at.isoformat().replace("+00:00", "Z"),
                    "read_at": None,
                }
            ],
            "next": None,
            "previous": None,
            "unread": 1,
        },
    )


def test_newest_first_page_by_page_and_the_unread_alone(athlete: User, stranger: User) -> None:
    rows = [news(athlete, str(n), at=timezone.now() - timedelta(hours=9 - n)) for n in range(5)]
    news(stranger, "foreign")
    device = client_of(athlete)
    mark_read(actor(athlete), ids=[rows[3].pk])
    found, url = [], f"{LIST}?limit=2"
    while url:
        page = device.get(url).json()
        found += [entry["id"] for entry in page["results"]]
        assert page["unread"] == 4
        url = page["next"]
    assert found == [str(row.pk) for row in reversed(rows)]
    unread = device.get(f"{LIST}?unread=true").json()["results"]
    assert [entry["id"] for entry in unread] == [str(rows[n].pk) for n in (4, 2, 1, 0)]
    assert codes(device.get(f"{LIST}?unread=maybe")) == [("?unread", "invalid")]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    athlete: User, django_assert_num_queries: Any, count: int
) -> None:
    for n in range(count):
        like(athlete, make_person(f"fan{n}"), group_key=f"like:{n}")
    device = client_of(athlete)
    device.get(LIST)
    with django_assert_num_queries(3):  # page, people, unread
        assert len(device.get(LIST).json()["results"]) == count


# ── Several alike ────────────────────────────────────────────────────────────────────────────────


def test_what_is_alike_is_one_row_while_it_is_unread(athlete: User, django_assert_num_queries: Any) -> None:
    fans = [make_person(f"fan{n}") for n in range(4)]
    for fan in [*fans, fans[0]]:
        like(athlete, fan)
    (row,) = Notification.objects.all()
    assert (row.count, row.actor_id) == (4, fans[3].pk)
    assert row.actor_ids == [fans[n].pk for n in (3, 2, 1)]
    shown = client_of(athlete).get(LIST).json()
    assert [(entry["title"], entry["count"]) for entry in shown["results"]] == [
        ("fan3 and 3 more like what you did", 4)
    ]
    assert [payload["count"] for _, payload in told(athlete)] == [1, 2, 3, 4]
    assert [payload["unread"] for _, payload in told(athlete)] == [1, 1, 1, 1]

    mark_read(actor(athlete), everything=True)
    like(athlete, fans[2])  # told already, though what told of it is read
    assert Notification.objects.count() == 1
    like(athlete, make_person("late"))
    assert list(Notification.objects.order_by("created_at").values_list("count", flat=True)) == [4, 1]


def test_what_only_joins_is_not_delivered_again(athlete: User) -> None:
    Preferences.objects.filter(pk=athlete.pk).update(notifications={"like": {"email": True}})
    for n in range(3):
        like(athlete, make_person(f"fan{n}"))
    assert Delivery.objects.count() == Job.objects.filter(kind="accounts.deliver").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("alike", [True, False])
def test_happenings_at_once_are_all_told_and_each_once(alike: bool) -> None:
    """Eight people, each twice at the same moment."""
    athlete = make_person("athlete")
    fans = [make_person(f"fan{n}") for n in range(4)]
    start = threading.Barrier(8)

    def happen(fan: User) -> None:
        start.wait()
        like(athlete, fan, group_key="post" if alike else "")
        connection.close()

    threads = [threading.Thread(target=happen, args=(fan,)) for fan in fans * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = list(Notification.objects.values_list("count", flat=True))
    assert rows == ([4] if alike else [1, 1, 1, 1])
    assert JoinedHappening.objects.count() == (3 if alike else 0)
    assert [payload["unread"] for _, payload in told(athlete)] == ([1] * 4 if alike else [1, 2, 3, 4])


# ── Who is heard ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["blocked", "blocks", "muted", "deleted", "locked"])
def test_who_is_not_heard_is_in_no_list(athlete: User, stranger: User, how: str) -> None:
    notify(athlete.pk, NotificationKind.FRIEND_REQUEST, dedupe_key="1", actor_id=stranger.pk)
    row = Notification.objects.get()
    if how == "blocked":
        Block.objects.create(blocker=athlete, blocked=stranger)
    elif how == "blocks":
        Block.objects.create(blocker=stranger, blocked=athlete)
    elif how == "muted":
        Mute.objects.create(user=athlete, muted=stranger)
    elif how == "deleted":
        User.objects.filter(pk=stranger.pk).update(deleted_at=timezone.now())
    else:
        User.objects.filter(pk=stranger.pk).update(is_active=False)
    device = client_of(athlete)
    assert device.get(LIST).json() == {"results": [], "next": None, "previous": None, "unread": 0}
    assert codes(device.post(READ, {"ids": [str(row.pk)]})) == [("/ids/0", "not_found")]
    before = told(athlete)
    notify(athlete.pk, NotificationKind.FRIEND_REQUEST, dedupe_key="2", actor_id=stranger.pk)
    assert told(athlete) == before


def test_of_several_those_who_are_heard_are_named(athlete: User, stranger: User, coach: User) -> None:
    like(athlete, coach)
    like(athlete, stranger)
    Mute.objects.create(user=athlete, muted=stranger)
    (entry,) = client_of(athlete).get(LIST).json()["results"]
    assert [card["username"] for card in entry["actors"]] == ["coach"]
    assert "Sam Stranger" not in str(entry)


def test_what_is_switched_off_in_the_app_is_neither_listed_nor_told(athlete: User) -> None:
    Preferences.objects.filter(pk=athlete.pk).update(notifications={"news": {"in_app": False}})
    news(athlete, "1")
    assert client_of(athlete).get(LIST).json()["results"] == []
    assert told(athlete) == []


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────


def test_some_are_read_and_reading_twice_is_once(athlete: User) -> None:
    rows = [news(athlete, str(n)) for n in range(3)]
    device = client_of(athlete)
    for _ in range(2):
        response = device.post(READ, {"ids": [str(rows[0].pk), str(rows[2].pk)]})
        assert (response.status_code, response.json()) == (200, {"unread": 1})
    assert [row.read_at is None for row in Notification.objects.order_by("dedupe_key")] == [False, True, False]
    event = {"ids": [str(rows[0].pk), str(rows[2].pk)], "before": None, "unread": 1}
    (last,) = [payload for type, payload in told(athlete) if type == "notifications_read"]
    assert {**last, "ids": sorted(last["ids"])} == event


def test_all_are_read_up_to_what_was_seen(athlete: User, stranger: User) -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for hours in range(3):
        news(athlete, str(hours), at=moment + timedelta(hours=hours))
    foreign = news(stranger, "foreign", at=moment)
    device = client_of(athlete)
    assert device.post(READ, {"all": True, "before": "2026-03-01T13:00:00Z"}).json() == {"unread": 1}
    assert told(athlete)[-1] == (
        "notifications_read",
        {"ids": None, "before": "2026-03-01T13:00:00+00:00", "unread": 1},
    )
    assert device.post(READ, {"all": True}).json() == {"unread": 0}
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_a_foreign_id_and_one_that_never_was_are_refused_alike_and_nothing_is_read(
    athlete: User, stranger: User
) -> None:
    own, foreign = news(athlete, "own"), news(stranger, "foreign")
    device = client_of(athlete)
    for other in (str(foreign.pk), str(uuid4())):
        assert codes(device.post(READ, {"ids": [str(own.pk), other]})) == [("/ids/1", "not_found")]
    assert Notification.objects.filter(read_at=None).count() == 2


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/ids", "required")]),
        ({"ids": []}, [("/ids", "min_length")]),
        ({"ids": ["x"]}, [("/ids/0", "invalid")]),
        ({"all": False}, [("/all", "invalid")]),
        ({"all": True, "ids": [str(uuid4())]}, [("/ids", "required")]),
        ({"ids": [str(uuid4())], "before": "2026-03-01T13:00:00Z"}, [("/before", "invalid")]),
        ({"everything": True}, [("/everything", "unknown_field"), ("/ids", "required")]),
    ],
)
def test_what_cannot_be_meant_is_refused(athlete: User, body: Any, expected: list[tuple[str, str]]) -> None:
    assert codes(client_of(athlete).post(READ, body)) == expected


def test_an_old_snapshot_and_the_events_give_the_new_one(athlete: User, stranger: User) -> None:
    unread = unread_notifications(actor(athlete))
    rows = [news(athlete, str(n)) for n in range(4)]
    like(athlete, stranger)
    mark_read(actor(athlete), ids=[rows[0].pk])
    like(athlete, make_person("fan"))
    mark_read(actor(athlete), everything=True)
    news(athlete, "last")
    for _, payload in told(athlete):
        unread = payload["unread"]
    assert unread == unread_notifications(actor(athlete)) == 1


@pytest.mark.parametrize("verb", ["mute", "block", "be blocked"])
def test_so_they_do_where_somebody_is_not_heard_any_more_and_again(athlete: User, stranger: User, verb: str) -> None:
    for person, other in ((athlete, stranger), (stranger, athlete)):
        news(person, "1")
        like(person, other)
    like(athlete, stranger, key="2", group_key="2")
    one, other = (stranger, athlete) if verb == "be blocked" else (athlete, stranger)
    do, undo = (mute_person, unmute_person) if verb == "mute" else (block_person, unblock_person)
    for act, numbers in ((do, [1, 2 if verb == "mute" else 1]), (undo, [3, 2])):
        for person in (athlete, stranger):
            Event.objects.filter(stream=f"user:{person.pk}").delete()
        act(actor(one), other.pk)
        assert [unread_notifications(actor(person)) for person in (athlete, stranger)] == numbers
        changed = [athlete] if verb == "mute" else [athlete, stranger]
        for person, number in zip((athlete, stranger), numbers, strict=True):
            event = ("notifications_read", {"ids": [], "before": None, "unread": number})
            assert told(person) == ([event] if person in changed else [])
            own = Event.objects.filter(stream=f"user:{person.pk}").exclude(actor_id=person.pk)
            assert not own.exists()
    Event.objects.all().delete()
    for act in (do, undo):
        mark_read(actor(athlete), everything=True)
        mark_read(actor(stranger), everything=True)
        Event.objects.all().delete()
        act(actor(one), other.pk)
        assert told(athlete) == told(stranger) == []


def test_the_old_go_with_all_that_belongs_to_them(athlete: User, stranger: User) -> None:
    old = timezone.now() - timedelta(days=91)
    like(athlete, stranger, at=old)
    like(athlete, make_person("fan"), at=old)
    news(athlete, "new")
    assert purge_notifications(timezone.now() - timedelta(days=90)) == 2  # the row and what joined it
    assert Notification.objects.get().dedupe_key == "new"
    assert not JoinedHappening.objects.exists()


# ── Words ────────────────────────────────────────────────────────────────────────────────────────


def test_every_kind_says_something_in_every_language() -> None:
    for language, texts in TEXTS.items():
        assert set(texts) == set(TEXTS["en"]), language
        assert set(NotificationKind.values) <= set(texts), language
        for key, text in texts.items():
            kind, _, what = key.partition(":")
            for count in (1, 3):
                title, body = wording(kind, language, name="Ada", count=count, params={"what": what})
                assert title, key
                assert "{" not in title + body, key
                assert (text.many != "" and count > 1) or "Ada" in title or "{name}" not in text.title


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada\r\nBcc: all@example.org", "Ada Bcc: all@example.org"),
        ("<b>Ada</b>", "<b>Ada</b>"),
        ("{count} {0.__class__}", "{count} {0.__class__}"),
        ("\u202eadA\u2028x", "adA x"),
        ("", "Somebody"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_name_is_text(name: str, shown: str) -> None:
    assert wording("friend_request", "en", name=name) == (f"{shown} wants to be your friend", "")


def test_a_param_takes_no_name_away_and_words_stand_in_for_what_is_missing() -> None:
    assert wording("friend_request", "en", name="Ada", params={"name": "Eve", "x": ["{"]})[0].startswith("Ada ")
    assert wording("news", "xx", params={"what": "unknown"}) == ("News from FitAI", "")
