"""A coach looks on while a client trains, for as long as the client agrees."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Block, Coaching, User
from accounts.operations import coaches, staff
from fitai.common import events
from tests.cast import ApiClient, actor_of, client_of, let_see, make_person
from tests.workouts.conftest import stock_library
from tests.workouts.gym import BENCH, UNKNOWN, V1, Gym, Json, op
from tests.workouts.live import Connect, Socket
from workouts.consumers import WorkoutChannel
from workouts.models import Workout

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]

NOW = "2026-03-02T18:00:00Z"
COACHES = f"{V1}/users/coaches"


@pytest.fixture
def athlete(transactional_db: None) -> User:
    stock_library()
    return make_person("athlete")


@pytest.fixture
def coach(transactional_db: None) -> User:
    return make_person("coach", role=Role.COACH)


@pytest.fixture
def tablet(coach: User) -> ApiClient:
    """The coach's device."""
    return client_of(coach, "tablet")


@pytest.fixture
def coaching(athlete: User, coach: User) -> Coaching:
    return let_see(athlete, coach, "workouts", "metrics")


@pytest.fixture
def phone(athlete: User) -> ApiClient:
    return client_of(athlete, "phone")


@pytest.fixture
def workout(gym: Gym) -> str:
    return gym.train()


def gone(workout: str) -> Json:
    """What a subscription that may be no longer ends with: as if there had never been anything."""
    return {
        "type": "problem",
        "problem": "http://localhost:8000/problems/not-found",
        "status": 404,
        "code": "not_found",
        "title": "Not found",
        "detail": "Not found",
        "channel": f"workout:{workout}",
    }


# ── Over HTTP ────────────────────────────────────────────────────────────────────────────────────


def test_a_coach_reads_what_the_client_reads(gym: Gym, workout: str, tablet: ApiClient, coaching: Coaching) -> None:
    item = gym.log(workout, reps=5)
    paths = [f"workouts/{workout}", f"sessions/{workout}", f"workouts/{workout}/events", f"sets?session_id={workout}"]
    for path in paths:
        mine, theirs = gym.device.get(f"{V1}/{path}"), tablet.get(f"{V1}/{path}")
        assert (theirs.status_code, theirs.json(), theirs.get("ETag")) == (200, mine.json(), mine.get("ETag")), path
    tag = tablet.get(f"{V1}/workouts/{workout}")["ETag"]
    assert tablet.get(f"{V1}/workouts/{workout}", HTTP_IF_NONE_MATCH=tag).status_code == 304

    for own in ("workouts", "workouts/active", "sessions"):
        assert tablet.get(f"{V1}/{own}").json()["results"] == []
    bad = [
        tablet.patch(f"{V1}/workouts/{workout}", {"notes": 1}),
        tablet.post(f"{V1}/workouts/{workout}/restore", {"x": 1}),
        tablet.put(f"{V1}/workouts/{workout}/set/{item['id']}", {"reps": -1}),
        tablet.post(f"{V1}/workouts/{workout}/exercises/reorder", {"order": 1}),
    ]
    assert [answer.status_code for answer in bad] == [403] * 4  # who may comes before what is wrong with it
    copied = tablet.post(f"{V1}/workouts", {"from_workout_id": workout})
    assert copied.json()["errors"][0]["code"] == "not_found"
    gym.device.delete(f"{V1}/workouts/{workout}")
    assert [tablet.get(f"{V1}/{path}").status_code for path in paths] == [404] * 4
    assert tablet.post(f"{V1}/workouts/{workout}/restore").status_code == 404


def test_a_filter_tells_a_coach_nothing_of_a_clients_plan(gym: Gym, tablet: ApiClient, coaching: Coaching) -> None:
    tree = [{"days": [{"name": "Push", "exercises": [{"exercise_id": BENCH, "sets": [{"reps": 5}]}]}]}]
    plan = {"name": "One day", "goal": "strength", "level": "beginner", "weeks": tree}
    template = gym.device.post(f"{V1}/templates", plan).json()["id"]
    gym.new(template_id=template)
    assert gym.device.get(f"{V1}/workouts?template={template}").status_code == 200
    for asked in (template, UNKNOWN):
        assert tablet.get(f"{V1}/workouts?template={asked}").status_code == 404


OVER: dict[str, Callable[[User, User], Any]] = {
    "there": lambda athlete, coach: None,
    "other areas": lambda athlete, coach: Coaching.objects.update(areas=["metrics", "form_videos"]),
    "ended": lambda athlete, coach: Coaching.objects.update(ended_at=timezone.now()),
    "role taken": lambda athlete, coach: User.objects.filter(pk=coach.pk).update(role=Role.USER),
    "client locked": lambda athlete, coach: User.objects.filter(pk=athlete.pk).update(is_active=False),
    "blocked": lambda athlete, coach: Block.objects.create(blocker=coach, blocked=athlete),
}


@pytest.mark.parametrize("why", list(OVER))
def test_what_is_asked_of_many_at_once_is_what_is_asked_of_one(
    workout: str, athlete: User, coach: User, coaching: Coaching, why: str
) -> None:
    actor, channel, stream = actor_of(coach), WorkoutChannel(), f"workout:{workout}"
    visit = (coach.pk, athlete.pk, stream)
    OVER[why](athlete, coach)
    seen = channel.followed(actor, workout) is not None
    assert seen == (why == "there")
    assert Workout.objects.visible_to(actor).exists() == seen
    others = {(athlete.pk, coach.pk, stream), (coach.pk, actor.user_id, stream)}
    assert channel.allowed({visit, *others}) == ({visit} if seen else set())


# ── On open sockets ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def watching(open_socket: Connect, tablet: ApiClient, coaching: Coaching, gym: Gym, workout: str) -> Socket:
    """The coach's socket, which follows the client's workout."""
    socket = open_socket(tablet)
    snapshot = socket.follow(f"workout:{workout}")
    assert (snapshot["seq"], snapshot["data"]) == (2, gym.see(workout))
    return socket


def test_a_coach_follows_a_client_live_and_changes_nothing(watching: Socket, gym: Gym, workout: str) -> None:
    for reps in (5, 4, 3):
        gym.log(workout, reps=reps)
    heard = [watching.hear() for _ in range(3)]
    assert [(message["type"], message["seq"]) for message in heard] == [("event", seq) for seq in (3, 4, 5)]
    assert [message["event"] for message in heard] == gym.events(workout)[2:]
    one = watching.ask("op", workout_id=workout, sent_at=NOW, op=op("workout.pause", NOW))
    many = watching.ask("ops", workout_id=workout, sent_at=NOW, ops=[op("workout.pause", NOW)])
    assert [(answer["type"], answer["status"]) for answer in (one, many)] == [("problem", 403)] * 2
    assert gym.see(workout)["seq"] == 5
    assert watching.hears_nothing()


def by_client(coaching: Coaching, gym: Gym, tablet: ApiClient) -> None:
    assert gym.device.delete(f"{COACHES}/{coaching.pk}").status_code == 204


def by_coach(coaching: Coaching, gym: Gym, tablet: ApiClient) -> None:
    assert tablet.delete(f"{COACHES}/{coaching.pk}").status_code == 204


def by_narrowing(coaching: Coaching, gym: Gym, tablet: ApiClient) -> None:
    assert gym.device.put(f"{COACHES}/{coaching.pk}", {"areas": ["metrics"]}).status_code == 200


def by_block(coaching: Coaching, gym: Gym, tablet: ApiClient) -> None:
    coaches.end_coachings_between(actor_of(gym.device.user), tablet.user.pk)  # type: ignore[arg-type, union-attr]


def by_role(coaching: Coaching, gym: Gym, tablet: ApiClient) -> None:
    staff.change_role(admin(), coaching.coach_id, role=Role.USER)


def by_lock(coaching: Coaching, gym: Gym, tablet: ApiClient) -> None:
    staff.lock_account(admin(), coaching.client_id)


def by_staff(coaching: Coaching, gym: Gym, tablet: ApiClient) -> None:
    coaches.end_any_coaching(admin(), coaching.pk)


def admin() -> Any:
    return actor_of(make_person("admin", role=Role.ADMIN, is_staff=True, is_superuser=True))


@pytest.mark.parametrize("end", [by_client, by_coach, by_narrowing, by_block, by_role, by_lock, by_staff])
def test_what_is_over_ends_within_a_second(
    watching: Socket, gym: Gym, workout: str, coaching: Coaching, tablet: ApiClient, end: Callable[..., None]
) -> None:
    gym.log(workout, reps=5)
    assert watching.hear()["seq"] == 3

    end(coaching, gym, tablet)

    assert watching.hear(seconds=1.0) == gone(workout)
    if end is not by_lock:
        gym.log(workout, reps=4)
    for after_seq in (None, 0, 3):
        assert watching.ask("subscribe", channel=f"workout:{workout}", after_seq=after_seq) == gone(workout)
    assert watching.hears_nothing()


def test_what_else_changes_leaves_it_as_it_is(
    watching: Socket, gym: Gym, workout: str, coaching: Coaching, tablet: ApiClient
) -> None:
    watching.say("subscribe", channel="user:me", after_seq=0)
    second = let_see(make_person("ben"), tablet.user)  # type: ignore[arg-type]
    assert tablet.delete(f"{COACHES}/{second.pk}").status_code == 204
    assert gym.device.put(f"{COACHES}/{coaching.pk}", {"areas": ["workouts"]}).status_code == 200
    assert watching.hear()["event"]["payload"]["kind"] == "coach"  # the change of areas
    gym.log(workout, reps=5)
    assert watching.hear()["seq"] == 3
    assert watching.hears_nothing()


def test_who_becomes_a_coach_needs_no_new_socket(open_socket: Connect, gym: Gym, workout: str, athlete: User) -> None:
    ben = make_person("ben")
    socket = open_socket(client_of(ben))
    let_see(athlete, ben)
    assert socket.ask("subscribe", channel=f"workout:{workout}") == gone(workout)
    staff.change_role(admin(), ben.pk, role=Role.COACH)
    assert socket.follow(f"workout:{workout}")["seq"] == 2


def test_the_end_is_noticed_although_valkey_forgot_to_say(
    watching: Socket, gym: Gym, workout: str, coaching: Coaching, tablet: ApiClient, no_hints: Callable[[], None]
) -> None:
    no_hints()
    by_client(coaching, gym, tablet)
    assert watching.hear() == gone(workout)  # a tick of five seconds


@contextmanager
def unsaid(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Changes of access ring no bell; events still do."""
    with monkeypatch.context() as patched:
        for operations in (coaches, staff):
            patched.setattr(operations, "announce_access_changed", lambda user_id: None)
        yield


def test_no_event_that_came_after_the_end_is_sent_whatever_is_heard_first(
    watching: Socket, gym: Gym, workout: str, coaching: Coaching, tablet: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bell of the end may be slower than that of the next set."""
    with unsaid(monkeypatch):
        by_client(coaching, gym, tablet)
        gym.log(workout, reps=5)
    assert watching.hear(seconds=1.0) == gone(workout)
    events.announce_access_changed(coaching.coach_id)
    assert watching.hears_nothing()


def test_what_is_read_while_the_consent_ends_is_not_sent(
    open_socket: Connect,
    tablet: ApiClient,
    coaching: Coaching,
    gym: Gym,
    workout: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The snapshot is asked for, then the client ends it and logs a set, then the snapshot is read."""
    asked, over = threading.Event(), threading.Event()
    read = WorkoutChannel.snapshot

    def slowly(self: WorkoutChannel, actor: Any, stream: str) -> Any:
        seen = read(self, actor, stream)
        asked.set()
        assert over.wait(10)
        return seen

    monkeypatch.setattr(WorkoutChannel, "snapshot", slowly)
    socket = open_socket(tablet)
    socket.say("subscribe", channel=f"workout:{workout}")
    assert asked.wait(10)
    by_client(coaching, gym, tablet)
    over.set()
    assert socket.hear() == gone(workout)
    assert socket.hears_nothing()
