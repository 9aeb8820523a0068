"""Showing a workout to others: who reads it, in which form, and for how long."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Block, Mute, Preferences, User
from accounts.operations import friends
from fitai.common import jobs, reactions
from fitai.common.models import Event, Job
from tests.cast import ApiClient, actor_of, client_of, codes, make_person
from tests.workouts.gym import BENCH, PULL_UP, UNKNOWN, V1, Gym, Json, counted, ok, stored
from tests.workouts.together import befriend
from workouts.events import WorkoutShared, WorkoutUnshared
from workouts.jobs import purge_deleted
from workouts.models import Share, Workout

SHARED = f"{V1}/workouts/shared"
POSTED = ("tests.posted", "tests.withdrawn")
"""Jobs of an app that follows what is shared."""
TABLES = ("workouts_share", "workouts_workout", "common_event")


@jobs.handles(POSTED[0])
@jobs.handles(POSTED[1])
def follow(claim: jobs.Claim) -> None:
    """Never run here."""


@pytest.fixture
def friend(athlete: User) -> ApiClient:
    person = make_person("friend")
    befriend(athlete, person)
    return client_of(person)


@pytest.fixture
def anybody(db: None) -> ApiClient:
    return client_of(make_person("anybody"))


@pytest.fixture
def workout(gym: Gym) -> str:
    return gym.train(name="Push")


def share(gym: Gym, workout: str, audience: str = "friends", **body: str) -> Json:
    return ok(gym.device.post(f"{V1}/workouts/{workout}/share", {"audience": audience, **body}))


def listed(device: ApiClient) -> list[str]:
    return [item["workout"]["id"] for item in ok(device.get(SHARED))["results"]]


def reads(device: ApiClient, workout: str) -> bool:
    """Whether somebody reads a workout, at its address and in the list alike."""
    status = device.get(f"{V1}/workouts/{workout}").status_code
    assert (status == 200) == (workout in listed(device))
    assert status in (200, 404)
    return status == 200


def test_sharing_and_taking_it_back(gym: Gym, workout: str, friend: ApiClient, anybody: ApiClient) -> None:
    address = f"{V1}/workouts/{workout}/share"
    assert gym.device.get(address).status_code == 404
    shared = share(gym, workout, note="Three plates")
    assert shared == {
        "workout_id": workout,
        "audience": "friends",
        "note": "Three plates",
        "shared_at": shared["shared_at"],
        "seen_by": "friends",
    }
    answer = gym.device.get(address)
    assert ok(answer) == shared
    assert gym.device.get(address, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    assert [reads(device, workout) for device in (friend, anybody)] == [True, False]
    assert listed(gym.device) == []

    before = stored(*TABLES)
    assert share(gym, workout, note="Three plates") == shared
    assert stored("workouts_share", "common_event") == [before[0], before[2]]
    changed = share(gym, workout, "everyone")
    assert (changed["shared_at"], changed["note"], changed["seen_by"]) == (shared["shared_at"], None, "friends")
    for _ in range(2):
        assert gym.device.delete(address).status_code == 204
        assert [reads(device, workout) for device in (friend, anybody)] == [False, False]
    assert gym.device.get(address).status_code == 404

    told = Event.objects.filter(user=gym.device.user, type="workout_shared").order_by("seq")
    assert [event.payload["audience"] for event in told] == ["friends", "everyone", None]
    assert told[0].payload == {
        "workout_id": workout,
        "audience": "friends",
        "note": "Three plates",
        "shared_at": told[0].payload["shared_at"],
    }


def test_what_friends_read(gym: Gym, workout: str, friend: ApiClient) -> None:
    gym.device.patch(f"{V1}/workouts/{workout}", {"notes": "knee hurts", "body_weight": "81.5"})
    gym.log(workout, PULL_UP, reps=5, notes="easy")
    gym.log(workout, BENCH, reps=5, weight="225", weight_unit="lb")
    gym.log(workout, BENCH, kind="warmup", reps=9, weight="20", weight_unit="kg")
    gym.drop(workout, gym.log(workout, BENCH, reps=9, weight="20", weight_unit="kg")["id"])
    gym.do(workout, "complete")
    shared = share(gym, workout, note="Look")
    theirs = ok(friend.get(f"{V1}/workouts/{workout}"))
    mine = gym.see(workout)
    assert (theirs["notes"], theirs["body_weight"], theirs["totals"]["volume_kg"]) == (None, None, "510.29")
    assert ok(friend.get(SHARED)) == {
        "results": [
            {
                "user": {
                    "id": str(gym.device.user.pk),
                    "username": "athlete",
                    "display_name": "Ada Athlete",
                    "avatar": None,
                    "relation": "friend",
                },
                "audience": "friends",
                "note": "Look",
                "shared_at": shared["shared_at"],
                "workout": {
                    **{name: mine[name] for name in ("id", "name", "status", "started_at", "ended_at")},
                    "active_seconds": mine["active_seconds"],
                    "totals": theirs["totals"],
                    "muscles": ["lats", "chest"],
                },
            }
        ],
        "next": None,
        "previous": None,
    }


AUDIENCES = {
    # (audience, privacy of workouts): who reads it, and what its owner is told
    ("friends", "everyone"): ([True, False], "friends"),
    ("friends", "friends"): ([True, False], "friends"),
    ("friends", "nobody"): ([False, False], "nobody"),
    ("everyone", "everyone"): ([True, True], "everyone"),
    ("everyone", "friends"): ([True, False], "friends"),
    ("everyone", "nobody"): ([False, False], "nobody"),
}


def test_privacy_narrows_an_audience_at_any_time(gym: Gym, workout: str, friend: ApiClient, anybody: ApiClient) -> None:
    got = {}
    for audience, privacy in AUDIENCES:
        ok(gym.device.patch(f"{V1}/users/preferences", {"privacy": {"workouts": privacy}}))
        told = share(gym, workout, audience)["seen_by"]
        got[audience, privacy] = ([reads(device, workout) for device in (friend, anybody)], told)
    assert got == AUDIENCES


ENDS: dict[str, Callable[[User, User], object]] = {
    "friendship": lambda owner, reader: friends.end_friendship(actor_of(reader), owner.pk),
    "block": lambda owner, reader: Block.objects.create(blocker=owner, blocked=reader),
    "being blocked": lambda owner, reader: Block.objects.create(blocker=reader, blocked=owner),
    "locked": lambda owner, reader: User.objects.filter(pk=owner.pk).update(is_active=False),
    "leaving": lambda owner, reader: User.objects.filter(pk=owner.pk).update(deleted_at=timezone.now()),
    "privacy": lambda owner, reader: Preferences.objects.filter(pk=owner.pk).update(privacy_workouts="nobody"),
}


@pytest.mark.parametrize("end", list(ENDS))
def test_what_ends_it(gym: Gym, workout: str, friend: ApiClient, end: str) -> None:
    share(gym, workout)
    assert reads(friend, workout)
    ENDS[end](gym.device.user, friend.user)  # type: ignore[arg-type]
    assert not reads(friend, workout)
    assert friend.get(f"{V1}/workouts/{workout}/events").status_code == 404
    assert friend.post(f"{V1}/workouts/{workout}/share", {"audience": "friends"}).status_code == 404


def test_blocks_end_what_everyone_reads(gym: Gym, workout: str, anybody: ApiClient) -> None:
    Preferences.objects.filter(pk=gym.device.user.pk).update(privacy_workouts="everyone")
    share(gym, workout, "everyone")
    assert reads(anybody, workout)
    Block.objects.create(blocker=anybody.user, blocked=gym.device.user)
    assert not reads(anybody, workout)


def test_who_is_muted_is_read_and_not_listed(gym: Gym, workout: str, friend: ApiClient) -> None:
    share(gym, workout)
    Mute.objects.create(user=friend.user, muted=gym.device.user)
    assert listed(friend) == []
    assert friend.get(f"{V1}/workouts/{workout}").status_code == 200


def test_a_deleted_workout_comes_back_as_it_was_shared(gym: Gym, workout: str, friend: ApiClient) -> None:
    share(gym, workout)
    gym.device.delete(f"{V1}/workouts/{workout}")
    assert not reads(friend, workout)
    answers = [
        getattr(gym.device, verb)(f"{V1}/workouts/{workout}/share", {"audience": "friends"})
        for verb in ("post", "delete")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    gym.do(workout, "restore")
    assert reads(friend, workout)
    gym.device.delete(f"{V1}/workouts/{workout}")
    assert purge_deleted(timezone.now() + timedelta(seconds=1)) > 0
    assert Share.objects.count() == 0


def test_it_takes_a_proven_address_and_a_workout_of_ones_own(gym: Gym, workout: str, friend: ApiClient) -> None:
    before = stored(*TABLES)
    newcomer = Gym(client_of(make_person("newcomer", verified=False)))
    mine = newcomer.new()["id"]
    refused = newcomer.device.post(f"{V1}/workouts/{mine}/share", {"audience": 1})
    assert (refused.status_code, refused.json()["code"]) == (403, "email_unverified")
    Workout.objects.filter(pk=mine).delete()
    Event.objects.filter(user=newcomer.device.user).delete()
    for id in (workout, UNKNOWN):
        assert friend.post(f"{V1}/workouts/{id}/share", {"audience": 1}).status_code == 404
    refused = gym.device.post(f"{V1}/workouts/{workout}/share", {"audience": "nobody", "note": "x" * 1001, "at": 1})
    assert codes(refused) == [("/at", "unknown_field"), ("/audience", "invalid_choice"), ("/note", "max_length")]
    assert stored(*TABLES) == before
    with pytest.raises(IntegrityError), transaction.atomic():
        Share.objects.create(user=friend.user, workout_id=workout, audience="me")


def test_others_apps_hear_of_it(gym: Gym, workout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table = {WorkoutShared: POSTED[:1], WorkoutUnshared: POSTED[1:]}
    monkeypatch.setattr(reactions, "import_string", lambda name: table)
    share(gym, workout)
    share(gym, workout)
    share(gym, workout, "everyone")
    gym.device.delete(f"{V1}/workouts/{workout}/share")
    gym.device.delete(f"{V1}/workouts/{workout}/share")
    made = Job.objects.filter(kind__in=POSTED).order_by("created_at", "pk")
    said = [(job.kind, job.payload.get("audience"), job.payload["workout_id"]) for job in made]
    assert said == [
        ("tests.posted", "friends", workout),
        ("tests.posted", "everyone", workout),
        ("tests.withdrawn", None, workout),
    ]


def test_pages_of_what_others_share(gym: Gym, friend: ApiClient, anybody: ApiClient) -> None:
    """Those of a friend and of somebody else, one after the other in the order they were shared."""
    other = Gym(anybody)
    Preferences.objects.filter(pk=anybody.user.pk).update(privacy_workouts="everyone")
    assert listed(friend) == []
    costs, shown = [], []
    for count in (1, 3):
        for number in range(count):
            owner, audience = ((gym, "friends"), (other, "everyone"))[number % 2]
            workout = owner.train()
            share(owner, workout, audience)
            shown.insert(0, workout)
        with counted() as statements:
            assert listed(friend) == shown
        costs.append(len(statements))
    assert costs == [2, 2]  # the page, what they are to one
    share(other, other.train(), "friends")  # who is no friend of theirs
    first = ok(friend.get(f"{SHARED}?limit=3"))
    second = ok(friend.get(first["next"]))
    both = [item["workout"]["id"] for item in first["results"] + second["results"]]
    assert (both, second["next"]) == (shown, None)
    assert ok(friend.get(second["previous"]))["results"] == first["results"]
