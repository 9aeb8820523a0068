"""A coach calls something out to a client who trains: all who follow the workout hear it, and nothing else changes."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Block, Coaching, User
from accounts.operations.coaches import end_coaching
from fitai.common import throttling
from fitai.common.actors import Actor
from fitai.common.models import Event
from fitai.common.problems import NotFound
from tests.cast import ApiClient, actor_of, client_of, let_see
from tests.common.servers import in_threads
from tests.workouts.follower import Follower, seen
from tests.workouts.gym import BENCH, UNKNOWN, V1, Gym, Json, op, stored
from tests.workouts.live import Connect, Socket
from workouts.models import Workout
from workouts.operations.cues import send_cue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]

NOW = "2026-03-02T18:00:00Z"


@pytest.fixture
def tablet(coach: User) -> ApiClient:
    """The coach's device."""
    return client_of(coach, "tablet")


@pytest.fixture
def coaching(athlete: User, coach: User) -> Coaching:
    return let_see(athlete, coach, "workouts")


@pytest.fixture
def workout(gym: Gym) -> str:
    return gym.train()


@pytest.fixture
def calling(open_socket: Connect, tablet: ApiClient, coaching: Coaching) -> Socket:
    """The coach's socket."""
    return open_socket(tablet)


def test_all_who_follow_hear_it_and_the_workout_stays_as_it_is(
    calling: Socket, open_socket: Connect, gym: Gym, watch: ApiClient, tablet: ApiClient, workout: str
) -> None:
    gym.log(workout, reps=5)
    row, before, tag = Workout.objects.get(), gym.see(workout), gym.device.get(f"{V1}/workouts/{workout}")["ETag"]
    follower, devices = Follower(), [open_socket(device) for device in (gym.device, watch, tablet)]
    for socket in devices:
        follower.hear(socket.follow(f"workout:{workout}"))

    answer = calling.ask("cue", workout_id=workout, text="Elbows in!")

    assert answer == {"type": "ack", "op_id": answer["op_id"], "status": "applied", "seq": 4}
    event = {
        "seq": 4,
        "op_id": answer["op_id"],
        "type": "cue",
        "at": gym.events(workout)[-1]["at"],
        "device_id": str(tablet.session_row.pk),
        "actor_id": str(tablet.user.pk),
        "payload": {"text": "Elbows in!"},
    }
    for socket in devices:
        assert socket.hear() == {"type": "event", "channel": f"workout:{workout}", "seq": 4, "event": event}
    assert gym.events(workout)[-1] == event
    assert gym.see(workout) == {**before, "seq": 4}
    assert gym.device.get(f"{V1}/workouts/{workout}")["ETag"] != tag
    follower.hear({"type": "event", "channel": f"workout:{workout}", "seq": 4, "event": event})
    assert follower.shown == seen(gym.see(workout))
    assert Workout.objects.get().touched_at == row.touched_at  # it is not the client who does something

    late = op("set.add", "2026-03-02T17:00:00Z", exercise_id=BENCH, reps=1)
    assert gym.send(workout, late, sent_at=NOW)["seq"] == 5  # all is folded anew, and the number stays
    assert [event["seq"] for event in gym.events(workout)] == [1, 2, 3, 4, 5]


def test_its_id_is_nobody_elses(calling: Socket, gym: Gym, workout: str) -> None:
    told = calling.ask("cue", workout_id=workout, text="Elbows in!")
    answer = gym.send(workout, op("workout.pause", NOW, told["op_id"]), sent_at=NOW)
    assert [result["status"] for result in answer["results"]] == ["rejected"]
    assert answer["results"][0]["problem"]["code"] == "op_id_reused"


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({}, ("/text", "invalid")),
        ({"text": None}, ("/text", "invalid")),
        ({"text": 5}, ("/text", "invalid")),
        ({"text": ["go"]}, ("/text", "invalid")),
        ({"text": ""}, ("/text", "blank")),
        ({"text": " \n\u2003"}, ("/text", "blank")),
        ({"text": "x" * 501}, ("/text", "max_length")),
        ({"text": "go", "loud": True}, ("/loud", "unknown_field")),
        ({"workout_id": 7, "text": "go"}, ("/workout_id", "invalid")),
    ],
)
def test_what_is_no_cue_is_refused_and_not_stored(
    calling: Socket, workout: str, members: Json, fault: tuple[str, str]
) -> None:
    before = stored()
    answer = calling.ask("cue", **{"workout_id": workout, **members})
    assert (answer["status"], [(e["pointer"], e["code"]) for e in answer["errors"]]) == (422, [fault])
    assert stored() == before


@pytest.mark.parametrize("text", ["x" * 500, '<script>alert("1")</script>', "שמור על הגב 💪", "{{ 7*7 }} \\u0041 %s"])
def test_a_text_is_kept_and_told_as_it_is(calling: Socket, gym: Gym, workout: str, text: str) -> None:
    assert calling.ask("cue", workout_id=workout, text=text)["type"] == "ack"
    assert gym.events(workout)[-1]["payload"] == {"text": text}


def test_its_markup_is_text_in_the_admin(calling: Socket, workout: str, admin_client: Any) -> None:
    calling.ask("cue", workout_id=workout, text="<script>alert(1)</script>")
    page = admin_client.get(f"/admin/workouts/workout/{workout}/change/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


GONE: dict[str, Callable[[User, User, str], Any]] = {
    "other areas": lambda athlete, coach, workout: Coaching.objects.update(areas=["metrics"]),
    "not accepted": lambda athlete, coach, workout: Coaching.objects.update(accepted_at=None),
    "ended": lambda athlete, coach, workout: Coaching.objects.update(ended_at=timezone.now()),
    "blocked": lambda athlete, coach, workout: Block.objects.create(blocker=athlete, blocked=coach),
    "role taken": lambda athlete, coach, workout: User.objects.filter(pk=coach.pk).update(role=Role.USER),
    "deleted": lambda athlete, coach, workout: Workout.objects.update(deleted_at=timezone.now()),
}


@pytest.mark.parametrize("why", list(GONE))
def test_whoever_may_not_look_is_told_there_is_nothing(
    calling: Socket, athlete: User, coach: User, workout: str, why: str
) -> None:
    assert calling.ask("cue", workout_id=workout, text="go")["type"] == "ack"
    GONE[why](athlete, coach, workout)
    before = stored("workouts_workout", "common_event")
    told = [calling.ask("cue", workout_id=id, text=text) for id in (workout, UNKNOWN) for text in ("go", "")]
    assert [(answer["type"], answer["status"]) for answer in told] == [("problem", 404)] * 4
    assert told == [told[0]] * 4
    assert stored("workouts_workout", "common_event") == before


def test_its_owner_is_nobodys_coach_here(
    calling: Socket, open_socket: Connect, gym: Gym, workout: str, stranger: User
) -> None:
    answers = [open_socket(gym.device).ask("cue", workout_id=workout, text=text) for text in ("go", "")]
    assert [answer["status"] for answer in answers] == [403, 403]  # who may comes before what is wrong with it
    assert open_socket(client_of(stranger)).ask("cue", workout_id=workout, text="go")["status"] == 404
    assert gym.see(workout)["seq"] == 2


def test_a_coach_calls_thirty_times_a_minute(
    calling: Socket, workout: str, settings: Any, gym: Gym, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.LIMITS["cue"] == (30, 60)
    settings.LIMITS_FACTOR = 1.0
    monkeypatch.setitem(throttling.LIMITS, "cue", throttling.Limit(3, 3600))
    answers = [calling.ask("cue", workout_id=workout, text=f"{number}") for number in range(4)]
    assert [answer["type"] for answer in answers] == [*["ack"] * 3, "problem"]
    assert answers[-1]["status"] == 429
    assert gym.see(workout)["seq"] == 5
    assert calling.ask("ping") == {"type": "pong"}


def test_a_cue_that_waits_for_the_end_of_the_consent_is_not_heard(
    athlete: User, coach: User, coaching: Coaching, workout: str
) -> None:
    """The consent ends in a transaction that is not committed yet when the cue is sent."""
    actor, outcome = actor_of(coach), []

    def call() -> None:
        try:
            send_cue(actor, UUID(workout), text="go")
        except NotFound as refusal:
            outcome.append(refusal)
        finally:
            connection.close()

    calling = threading.Thread(target=call)
    with transaction.atomic():
        end_coaching(Actor(athlete.pk), coaching.pk)
        calling.start()
        calling.join(0.3)
        assert calling.is_alive()
    calling.join(5)
    assert len(outcome) == 1
    assert not Event.objects.filter(type="cue").exists()


def test_cues_and_sets_at_once_have_a_number_each(gym: Gym, coach: User, coaching: Coaching, workout: str) -> None:
    actor = actor_of(coach)

    def act(number: int) -> Any:
        if number % 2:
            return send_cue(actor, UUID(workout), text="go").seq
        return gym.log(workout, reps=5)["seq"]

    assert sorted(in_threads(8, act)) == [3, 4, 5, 6, 7, 8, 9, 10]
    assert gym.see(workout)["seq"] == 10
