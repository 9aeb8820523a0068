"""Lists of workouts, and their events: shape, filters, pages and what they cost."""

from typing import Any

import pytest
import time_machine

from accounts.models import User
from tests.cast import client_of, codes
from tests.workouts.gym import BENCH, PULL_UP, SQUAT, UNKNOWN, V1, Gym, Json, counted, ok, op, stored

pytestmark = pytest.mark.django_db

SET = {"reps": 5, "weight": "100", "weight_unit": "kg"}


def results(gym: Gym, path: str) -> list[Json]:
    return list(ok(gym.device.get(f"{V1}{path}"))["results"])


def names(gym: Gym, query: str) -> list[str]:
    return [row["name"] for row in results(gym, f"/workouts?{query}")]


def test_a_line_of_the_history_sums_up_its_workout(gym: Gym) -> None:
    made = gym.whole("2026-03-02T18:00", {**SET, "kind": "warmup"}, SET, exercise=SQUAT, name="Legs")

    page = ok(gym.device.get(f"{V1}/workouts"))

    copied = ("id", "name", "status", "seq", "started_at", "ended_at", "active_seconds", "active_since")
    assert page == {
        "results": [
            {name: made[name] for name in copied}
            | {"template_id": None, "template_version": None, "totals": made["totals"]}
            | {"muscles": ["quads", "glutes"], "record_count": 5}
        ],
        "next": None,
        "previous": None,
    }
    assert made["totals"]["volume_kg"] == "500"


def test_stored_totals_follow_every_correction(gym: Gym) -> None:
    workout = gym.train()
    gym.log(workout, BENCH, **SET)
    second = gym.log(workout, PULL_UP, reps=8, distance="0.5", distance_unit="km", duration_seconds=30)
    for change in (
        lambda: ok(gym.device.patch(f"{V1}/workouts/{workout}", {"body_weight": 80, "body_weight_unit": "kg"})),
        lambda: gym.correct(workout, 0, weight="225", weight_unit="lb"),
        lambda: gym.correct(workout, second["id"], kind="warmup"),
        lambda: gym.correct(workout, second["id"], kind="working", reps=9),
        lambda: ok(gym.device.put(f"{V1}/workouts/{workout}/exercise/0", {"exercise_id": PULL_UP})),
        lambda: gym.drop(workout, 0),
        lambda: ok(gym.device.delete(f"{V1}/workouts/{workout}/exercise/1"), 204),
    ):
        change()
        (line,) = results(gym, "/workouts")
        whole = gym.see(workout)
        assert (line["totals"], line["seq"]) == (whole["totals"], whole["seq"])


def test_the_history_is_newest_first_by_when_it_was_trained(gym: Gym) -> None:
    for day in (5, 2, 9, 4):
        gym.whole(f"2026-03-0{day}T18:00", name=f"day {day}")
    assert names(gym, "") == ["day 9", "day 5", "day 4", "day 2"]


def test_the_history_is_filtered(gym: Gym, athlete: User) -> None:
    athlete.profile.time_zone = "America/New_York"
    athlete.profile.save()
    gym.whole("2026-03-02T04:30", SET, exercise=BENCH, name="Sunday night in New York")
    gym.whole("2026-03-02T05:30", SET, exercise=SQUAT, name="Monday morning in New York")
    planned = gym.new(name="planned", exercises=[{"exercise_id": BENCH}])["id"]
    running = gym.train(name="running")

    assert names(gym, "status=completed") == ["Monday morning in New York", "Sunday night in New York"]
    assert names(gym, "status=planned") == ["planned"]
    assert names(gym, "to=2026-03-02") == ["Sunday night in New York"]
    assert names(gym, "from=2026-03-02&to=2026-03-03") == ["Monday morning in New York"]
    assert names(gym, "from=2026-03-02T04:30:00Z&to=2026-03-02T05:30:00Z") == ["Sunday night in New York"]
    assert names(gym, f"exercise={SQUAT}") == ["Monday morning in New York"]
    assert names(gym, f"exercise={BENCH}&status=completed") == ["Sunday night in New York"]
    assert names(gym, f"exercise={PULL_UP}") == []
    assert [row["id"] for row in results(gym, "/workouts/active")] == [running]
    gym.do(planned, "start")
    assert [row["id"] for row in results(gym, "/workouts/active")] == [planned, running]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=done", [("?status", "invalid_choice")]),
        ("from=yesterday", [("?from", "invalid")]),
        ("to=2026-03-02T18:00:00", [("?to", "invalid")]),
        ("exercise=bench", [("?exercise", "invalid")]),
        ("user=1", [("?user", "unknown_parameter")]),
        ("ordering=name", [("?ordering", "unknown_parameter")]),
        ("limit=0", [("?limit", "invalid")]),
        ("limit=101", [("?limit", "invalid")]),
        ("limit=ten", [("?limit", "invalid")]),
    ],
)
def test_a_filter_that_means_nothing_is_refused(gym: Gym, query: str, expected: list[tuple[str, str]]) -> None:
    assert codes(gym.device.get(f"{V1}/workouts?{query}")) == expected


@pytest.mark.parametrize("query", [f"exercise={UNKNOWN}", f"template={UNKNOWN}", "cursor=abc", "cursor=W3RydWUsWzFdXQ"])
def test_an_unknown_id_in_a_filter_or_cursor_is_404(gym: Gym, query: str) -> None:
    gym.whole("2026-03-02T18:00", SET)
    assert gym.device.get(f"{V1}/workouts?{query}").status_code == 404


def test_one_sees_nobody_elses(gym: Gym, stranger: User) -> None:
    other = Gym(client_of(stranger))
    other.train(name="theirs")
    gym.whole("2026-03-02T18:00", SET, name="mine")
    assert names(gym, "") == ["mine"]
    for path in ("/workouts/active", "/sessions?limit=1"):
        assert [row["name"] for row in results(other, path)] == ["theirs"]
    assert results(gym, "/workouts/active") == []
    cursor = ok(gym.device.get(f"{V1}/workouts"))["next"]
    assert cursor is None


def test_more_in_progress_than_a_page_are_paged(gym: Gym) -> None:
    expected = [gym.train() for _ in range(23)][::-1]
    first = ok(gym.device.get(f"{V1}/workouts/active"))
    second = ok(gym.device.get(first["next"]))
    back = ok(gym.device.get(second["previous"]))
    assert [row["id"] for row in first["results"] + second["results"]] == expected
    assert (first["previous"], second["next"], back["results"]) == (None, None, first["results"])
    assert first["results"][0] == gym.see(expected[0])
    assert codes(gym.device.get(f"{V1}/workouts/active?limit=0")) == [("?limit", "invalid")]
    assert gym.device.get(f"{V1}/workouts/active?cursor=abc").status_code == 404


@pytest.mark.parametrize("path", ["/workouts", "/sessions"])
def test_pages_neither_skip_nor_repeat_what_is_inserted_meanwhile(gym: Gym, path: str) -> None:
    expected = [gym.whole(f"2026-03-{day:02}T18:00")["id"] for day in (9, 9, 8, 7, 7, 7, 3)]
    expected = [row["id"] for row in results(gym, f"{path}?limit=100")]
    assert len(expected) == 7

    seen: list[str] = []
    backwards: list[list[str]] = []
    url: Any = f"{V1}{path}?limit=2"
    while url:
        page = ok(gym.device.get(url))
        seen += [row["id"] for row in page["results"]]
        if page["previous"]:
            backwards.append([row["id"] for row in ok(gym.device.get(page["previous"]))["results"]])
        gym.whole("2026-03-10T18:00")  # newer than all: it belongs before the first page
        url = page["next"]

    assert seen == expected
    assert backwards == [expected[0:2], expected[2:4], expected[4:6]]


def test_a_workout_inserted_further_down_is_met(gym: Gym) -> None:
    for day in (9, 8, 3, 2):
        gym.whole(f"2026-03-0{day}T18:00", name=f"day {day}")
    page = ok(gym.device.get(f"{V1}/workouts?limit=2&status=completed"))
    gym.whole("2026-03-05T18:00", name="day 5")
    following = ok(gym.device.get(page["next"]))
    assert [row["name"] for row in page["results"] + following["results"]] == ["day 9", "day 8", "day 5", "day 3"]
    assert "status=completed" in following["next"]


@pytest.mark.parametrize("workouts", [1, 3])
@pytest.mark.parametrize(
    ("path", "statements"),
    [
        ("/workouts", 1),
        (f"/workouts?status=in_progress&from=2026-03-01T00:00:00Z&exercise={BENCH}", 2),
        ("/workouts/active", 1),
        ("/sessions", 1),
        ("/sets?session_id={id}", 1),
        ("/workouts/{id}", 1),
        ("/sessions/{id}", 1),
        ("/workouts/{id}/events", 2),
    ],
)
def test_a_read_costs_the_same_whatever_it_holds(gym: Gym, workouts: int, path: str, statements: int) -> None:
    for _ in range(workouts):
        workout = gym.train()
        for number in range(workouts):
            gym.log(workout, (BENCH, SQUAT, PULL_UP)[number], **SET)
            gym.log(workout, BENCH, reps=1)
    with counted() as sql:
        body = ok(gym.device.get(f"{V1}{path.format(id=workout)}"))
    assert len(sql) == statements, "\n".join(sql)
    assert len(body.get("results", body.get("exercises"))) >= workouts


def test_a_version_one_has_costs_one_statement(gym: Gym) -> None:
    path = f"{V1}/workouts/{gym.train()}"
    etag = gym.device.get(path)["ETag"]
    with counted() as sql:
        assert gym.device.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert len(sql) == 1, "\n".join(sql)


# ── Events ───────────────────────────────────────────────────────────────────────────────────────


def test_events_say_who_did_what_when_on_which_device(athlete: User, library: None) -> None:
    with time_machine.travel("2026-11-20T18:00:00Z", tick=False):
        gym = Gym(client_of(athlete))
        workout = gym.new(name="Push")["id"]
        answer = gym.send(
            workout,
            op("workout.start", "2026-11-20T17:59:00Z", "begin", device="watch"),
            sent_at="2026-11-20T18:00:00Z",
        )
        events = ok(gym.device.get(f"{V1}/workouts/{workout}/events"))

    assert answer == {"seq": 2, "results": [{"op_id": "begin", "status": "applied", "seq": 2}]}
    created, started = events.pop("results")
    assert events == {"head": 2, "next": None}
    assert created == {
        "seq": 1,
        "op_id": created["op_id"],
        "type": "workout.create",
        "at": "2026-11-20T18:00:00Z",
        "device_id": str(gym.device.session_row.pk),
        "actor_id": str(athlete.pk),
        "payload": {"id": workout, "name": "Push"},
    }
    assert started == {
        "seq": 2,
        "op_id": "begin",
        "type": "workout.start",
        "at": "2026-11-20T17:59:00Z",
        "device_id": "watch",
        "actor_id": str(athlete.pk),
        "payload": {},
    }


def test_an_event_says_a_weight_as_it_was_entered(gym: Gym) -> None:
    workout = gym.train()
    gym.log(workout, reps=5, weight="60", weight_unit="kg", assistance="2.50")
    gym.correct(workout, 0, assistance=None)
    assert gym.events(workout)[-1]["payload"]["weight"] == "60"
    assert [event["payload"].get("assistance") for event in gym.events(workout)][2:] == ["2.5", None]


def test_events_after_a_number_in_pages(gym: Gym) -> None:
    workout = gym.train()
    for reps in range(1, 6):
        gym.log(workout, reps=reps)

    path = f"{V1}/workouts/{workout}/events"
    everything = ok(gym.device.get(f"{path}?limit=100"))
    assert [event["seq"] for event in everything["results"]] == [1, 2, 3, 4, 5, 6, 7]
    seen, url = [], f"{path}?after_seq=2&limit=2"
    while url:
        page = ok(gym.device.get(url))
        assert page["head"] == 7
        seen += page["results"]
        url = page["next"]
    assert seen == everything["results"][2:]
    assert ok(gym.device.get(f"{path}?after_seq=7")) == {"results": [], "head": 7, "next": None}
    for query, pointer in (("after_seq=-1", "?after_seq"), ("after_seq=x", "?after_seq"), ("limit=0", "?limit")):
        before = stored()
        assert [entry[0] for entry in codes(gym.device.get(f"{path}?{query}"))] == [pointer]
        assert stored() == before
