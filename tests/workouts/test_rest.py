"""`/workouts/{id}`: making a workout, its life, and who may know of it."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from accounts.models import User
from exercises.models import Exercise
from fitai.common.models import Event
from tests.cast import ApiClient, client_of, codes
from tests.workouts.gym import BENCH, PULL_UP, SQUAT, UNKNOWN, V1, Gym, Json, ok, sets_of, stored

pytestmark = pytest.mark.django_db

EMPTY_TOTALS = {"sets": 0, "reps": 0, "volume_kg": "0", "duration_seconds": 0, "distance_m": "0"}
BLANK_SET = {
    "position": 0,
    "kind": "working",
    "reps": None,
    "weight": None,
    "assistance": None,
    "weight_unit": None,
    "weight_kg": None,
    "rpe": None,
    "rir": None,
    "duration_seconds": None,
    "distance": None,
    "distance_unit": None,
    "distance_m": None,
    "notes": None,
    "target": None,
    "completed": False,
    "completed_at": None,
    "records": [],
}


def blank(workout: Json, **values: Any) -> Json:
    """The shape of a workout in which nothing was done."""
    return {
        "id": workout["id"],
        "name": None,
        "status": "planned",
        "seq": 1,
        "started_at": None,
        "ended_at": None,
        "active_seconds": 0,
        "active_since": None,
        "template_id": None,
        "template_version": None,
        "notes": None,
        "body_weight": None,
        "body_weight_unit": None,
        "rest": None,
        "totals": EMPTY_TOTALS,
        "exercises": [],
        **values,
    }


# ── Making one ───────────────────────────────────────────────────────────────────────────────────


def test_an_empty_workout_is_planned(phone: ApiClient) -> None:
    answer = phone.post(f"{V1}/workouts")

    workout = ok(answer, 201)
    assert workout == blank(workout)
    assert UUID(workout["id"]).version == 7
    assert answer["Location"] == f"/api/v1/workouts/{workout['id']}"
    seen = phone.get(answer["Location"])
    assert (ok(seen), seen["ETag"]) == (workout, answer["ETag"])


def test_a_plan_has_its_targets_and_its_order(gym: Gym) -> None:
    target = {"reps": 5, "reps_max": 8, "weight": 100, "weight_unit": "kg", "rpe": "8.5", "rest_seconds": 180}
    tree = [
        {"exercise_id": SQUAT, "superset": 1, "notes": "low bar", "sets": [{"kind": "warmup"}, {"target": target}]},
        {"exercise_id": BENCH},
    ]

    workout = gym.new(name="Legs", exercises=tree)

    squat, bench = workout["exercises"]
    first, second = squat["sets"]
    assert workout == blank(workout, name="Legs", exercises=[squat, bench])
    assert squat == {
        "id": squat["id"],
        "exercise_id": SQUAT,
        "position": 0,
        "rank": squat["rank"],
        "superset": 1,
        "notes": "low bar",
        "sets": [
            {**BLANK_SET, "id": first["id"], "workout_exercise_id": squat["id"], "rank": first["rank"]}
            | {"kind": "warmup"},
            {**BLANK_SET, "id": second["id"], "workout_exercise_id": squat["id"], "rank": second["rank"]}
            | {"position": 1, "target": {**target, "weight": "100"}},
        ],
    }
    assert (bench["exercise_id"], bench["position"], bench["sets"]) == (BENCH, 1, [])
    assert squat["rank"] < bench["rank"]
    assert first["rank"] < second["rank"]


def test_a_whole_workout_after_the_fact_is_one_event(gym: Gym) -> None:
    workout = gym.whole(
        "2026-03-02T18:00",
        {"reps": 5, "weight": "60", "weight_unit": "kg", "kind": "warmup"},
        {"reps": 5, "weight": "225", "weight_unit": "lb", "rpe": 8},
        name="Push",
    )

    assert [
        workout[name] for name in ("status", "started_at", "ended_at", "active_seconds", "active_since", "seq")
    ] == ["completed", "2026-03-02T18:00:00Z", "2026-03-02T19:00:00Z", 3600, None, 1]
    assert workout["totals"] == {**EMPTY_TOTALS, "sets": 1, "reps": 5, "volume_kg": "510.29"}
    assert [(s["completed"], s["completed_at"], s["weight"], s["weight_kg"]) for s in sets_of(workout)] == [
        (True, "2026-03-02T19:00:00Z", "60", "60"),
        (True, "2026-03-02T19:00:00Z", "225", "102.058"),
    ]
    assert [(event["type"], event["seq"]) for event in gym.events(workout["id"])] == [("workout.create", 1)]
    assert gym.see(workout["id"]) == workout


def test_with_a_start_alone_a_workout_is_in_progress_and_never_in_the_future(gym: Gym) -> None:
    with time_machine.travel("2026-11-20T18:00:00Z", tick=False):
        device = client_of(gym.device.user)
        begun = ok(device.post(f"{V1}/workouts", {"started_at": "2026-11-20T17:30:00+01:00"}), 201)
        ahead = ok(device.post(f"{V1}/workouts", {"started_at": "2026-11-20T18:20:00Z"}), 201)

    assert begun == blank(
        begun, status="in_progress", started_at="2026-11-20T16:30:00Z", active_since="2026-11-20T16:30:00Z"
    )
    assert ahead == blank(
        ahead, status="in_progress", started_at="2026-11-20T18:00:00Z", active_since="2026-11-20T18:00:00Z"
    )


def test_a_copy_of_a_past_workout_plans_what_was_done(gym: Gym) -> None:
    past = gym.train(name="Push")
    gym.log(past, BENCH, reps=5, weight="225", weight_unit="lb")
    gym.log(past, PULL_UP, reps=8)
    gym.log(past, BENCH, reps=3, weight="100.5", weight_unit="kg", kind="amrap")

    copy = gym.new(from_workout_id=past)

    assert (copy["name"], copy["status"], copy["totals"]) == ("Push", "planned", EMPTY_TOTALS)
    assert [
        (e["exercise_id"], [(s["kind"], s["target"], s["completed"]) for s in e["sets"]]) for e in copy["exercises"]
    ] == [
        (
            BENCH,
            [
                ("working", {"reps": 5, "weight": "225", "weight_unit": "lb"}, False),
                ("amrap", {"reps": 3, "weight": "100.5", "weight_unit": "kg"}, False),
            ],
        ),
        (PULL_UP, [("working", {"reps": 8}, False)]),
    ]


@pytest.mark.parametrize("whose", ["unknown", "foreign", "deleted", "odd"])
def test_a_past_workout_one_may_not_know_of_cannot_be_copied(gym: Gym, stranger: User, whose: str) -> None:
    foreign = Gym(client_of(stranger)).train()
    deleted = gym.train()
    gym.device.delete(f"{V1}/workouts/{deleted}")
    past = {"unknown": UNKNOWN, "foreign": foreign, "deleted": deleted, "odd": "yesterday"}[whose]
    before = stored()

    assert codes(gym.device.post(f"{V1}/workouts", {"from_workout_id": past})) == [("/from_workout_id", "not_found")]
    assert stored() == before


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"status": "completed"}, [("/status", "unknown_field")]),
        ({"user_id": UNKNOWN}, [("/user_id", "unknown_field")]),
        ({"name": "x" * 201}, [("/name", "max_length")]),
        ({"id": "mine"}, [("/id", "invalid")]),
        ({"ended_at": "2026-03-02T18:00:00Z"}, [("/started_at", "required")]),
        (
            {"started_at": "2026-03-02T18:00:00Z", "ended_at": "2026-03-02T17:00:00Z"},
            [("/ended_at", "min_value")],
        ),
        ({"started_at": "2026-03-02T18:00:00"}, [("/started_at", "invalid")]),
        (
            {"exercises": [{"exercise_id": BENCH}, {"exercise_id": UNKNOWN}]},
            [("/exercises/1/exercise_id", "not_found")],
        ),
        ({"exercises": [{"exercise_id": BENCH, "sets": [{"reps": -1}]}]}, [("/exercises/0/sets/0/reps", "min_value")]),
        ({"exercises": [{"sets": []}]}, [("/exercises/0/exercise_id", "required")]),
        ({"exercises": [{"exercise_id": BENCH}] * 101}, [("/exercises", "max_items")]),
        ({"template_id": UNKNOWN}, [("/template_id", "not_found")]),
        ([], [("", "invalid")]),
    ],
)
def test_a_bad_body_makes_nothing(gym: Gym, body: Any, expected: list[tuple[str, str]]) -> None:
    before = stored()
    assert codes(gym.device.post(f"{V1}/workouts", body)) == expected
    assert stored() == before


def test_an_exercise_of_somebody_elses_own_is_as_unknown_as_none(gym: Gym, stranger: User) -> None:
    own = Exercise.objects.create(
        name="Secret Lift",
        slug="secret-lift",
        owner=stranger,
        primary_muscles=["chest"],
        equipment=["barbell"],
        kind="strength",
    )
    workout = gym.train()
    refused = gym.device.post(f"{V1}/workouts/{workout}/sets", {"exercise_id": str(own.pk), "reps": 5})
    unknown = gym.device.post(f"{V1}/workouts/{workout}/sets", {"exercise_id": UNKNOWN, "reps": 5})
    assert codes(refused) == [("/exercise_id", "not_found")]
    assert told(refused) == told(unknown)


# ── Its life ─────────────────────────────────────────────────────────────────────────────────────

PATHS = {
    "planned": [],
    "in_progress": ["start"],
    "paused": ["start", "pause"],
    "completed": ["start", "complete"],
    "cancelled": ["start", "cancel"],
}
ALLOWED = {
    "planned": ["start"],
    "in_progress": ["pause", "complete", "cancel"],
    "paused": ["resume", "complete", "cancel"],
    "completed": [],
    "cancelled": ["complete"],
}
LEADS_TO = {
    "start": "in_progress",
    "pause": "paused",
    "resume": "in_progress",
    "complete": "completed",
    "cancel": "cancelled",
}


@pytest.mark.parametrize("verb", LEADS_TO)
@pytest.mark.parametrize("status", PATHS)
def test_a_workout_moves_as_the_table_says_or_not_at_all(gym: Gym, status: str, verb: str) -> None:
    workout = gym.new()["id"]
    for step in PATHS[status]:
        gym.do(workout, step)
    before = stored()

    answer = gym.device.post(f"{V1}/workouts/{workout}/{verb}")

    if verb in ALLOWED[status]:
        moved = ok(answer)
        assert (moved["status"], moved["seq"]) == (LEADS_TO[verb], len(PATHS[status]) + 2)
        moved.pop("summary", None)
        assert gym.see(workout) == moved
    else:
        problem = answer.json()
        assert answer.status_code == 409, problem
        assert answer["Content-Type"] == "application/problem+json"
        assert problem["type"].endswith("/problems/impossible-transition")
        assert (problem["state"], sorted(problem["allowed"])) == (status, sorted(ALLOWED[status]))
        assert stored() == before


def test_what_was_trained_is_the_time_between_start_pause_resume_and_end(athlete: User, library: None) -> None:
    with time_machine.travel("2026-11-20T18:00:00Z", tick=False) as clock:
        device = Gym(client_of(athlete))
        workout = device.train()
        clock.shift(300)
        device.do(workout, "pause")
        clock.shift(240)
        device.do(workout, "resume")
        clock.shift(120)
        running = device.see(workout)
        done = device.do(workout, "complete")

    assert [running[name] for name in ("active_seconds", "active_since", "ended_at")] == [
        300,
        "2026-11-20T18:09:00Z",
        None,
    ]
    assert [done[name] for name in ("active_seconds", "active_since", "started_at", "ended_at")] == [
        420,
        None,
        "2026-11-20T18:00:00Z",
        "2026-11-20T18:11:00Z",
    ]


def test_completing_gives_the_summary(gym: Gym) -> None:
    before = gym.whole("2026-03-02T18:00", {"reps": 5, "weight": "100", "weight_unit": "kg"})
    workout = gym.train()
    gym.log(workout, BENCH, reps=5, weight="50", weight_unit="kg", kind="warmup")
    logged = gym.log(workout, BENCH, reps=5, weight="105", weight_unit="kg")
    gym.log(workout, PULL_UP, reps=8)

    done = gym.do(workout, "complete")

    summary = done.pop("summary")
    assert done == gym.see(workout)
    assert summary["totals"] == done["totals"] == {**EMPTY_TOTALS, "sets": 2, "reps": 13, "volume_kg": "525"}
    assert summary["records"] == [
        {"exercise_id": e["exercise_id"], "set_id": s["id"], **record}
        for e in done["exercises"]
        for s in e["sets"]
        for record in s["records"]
    ]
    assert {"kind": "weight", "value": "105", "previous": "100"} in logged["records"]
    assert summary["exercises"] == [
        {
            "exercise_id": BENCH,
            "sets": 1,
            "volume_kg": "525",
            "heaviest_kg": "105",
            "last_time": {
                "workout_id": before["id"],
                "performed_at": "2026-03-02T18:00:00Z",
                "sets": 1,
                "volume_kg": "500",
                "heaviest_kg": "100",
            },
        },
        {"exercise_id": PULL_UP, "sets": 1, "volume_kg": "0", "heaviest_kg": None, "last_time": None},
    ]


@pytest.mark.parametrize("method", ["put", "patch"])
def test_name_notes_and_body_weight_can_be_written_and_cleared(gym: Gym, method: str) -> None:
    workout = gym.new(name="Push")["id"]
    write = getattr(gym.device, method)

    written = ok(write(f"{V1}/workouts/{workout}", {"notes": "tired", "body_weight": 180.5, "body_weight_unit": "lb"}))
    cleared = ok(write(f"{V1}/workouts/{workout}", {"name": None, "body_weight": None}))

    assert written == blank(written, name="Push", notes="tired", body_weight="180.5", body_weight_unit="lb", seq=2)
    assert cleared == blank(cleared, notes="tired", seq=3)
    assert gym.see(workout) == cleared


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"status": "completed"}, [("/status", "unknown_field")]),
        ({"started_at": "2026-03-02T18:00:00Z"}, [("/started_at", "unknown_field")]),
        ({"seq": 7}, [("/seq", "unknown_field")]),
        ({"body_weight": "10", "body_weight_unit": "kg"}, [("/body_weight", "min_value")]),
        ({"body_weight": "80", "body_weight_unit": "stone"}, [("/body_weight_unit", "invalid_choice")]),
        ({"notes": 5}, [("/notes", "invalid")]),
    ],
)
def test_nothing_else_of_a_workout_can_be_written(gym: Gym, body: Json, expected: list[tuple[str, str]]) -> None:
    workout = gym.new()["id"]
    before = stored()
    assert codes(gym.device.patch(f"{V1}/workouts/{workout}", body)) == expected
    assert stored() == before


def test_a_verb_needs_no_body(gym: Gym) -> None:
    workout = gym.new()["id"]
    bare = gym.device.generic("POST", f"{V1}/workouts/{workout}/start", b"", content_type="")
    assert ok(bare)["status"] == "in_progress"


@pytest.mark.parametrize("verb", ["start", "complete", "cancel", "restore"])
def test_a_verb_takes_no_values(gym: Gym, verb: str) -> None:
    workout = gym.train()
    before = stored()
    assert codes(gym.device.post(f"{V1}/workouts/{workout}/{verb}", {"at": "now"})) == [("/at", "unknown_field")]
    assert stored() == before


# ── Who may know of it ───────────────────────────────────────────────────────────────────────────

ROUTES: list[tuple[str, str, Json]] = [
    ("get", "", {}),
    ("put", "", {"name": "Mine"}),
    ("patch", "", {"name": "Mine"}),
    ("delete", "", {}),
    *(("post", f"/{verb}", {}) for verb in ("start", "pause", "resume", "complete", "cancel", "restore")),
    ("post", "/exercises", {"exercise_id": BENCH}),
    ("post", "/exercises/reorder", {"order": []}),
    ("put", "/exercise/0", {"notes": "hm"}),
    ("delete", "/exercise/0", {}),
    ("post", "/sets", {"exercise_id": BENCH, "reps": 5}),
    ("put", "/set/0", {"reps": 6}),
    ("delete", "/set/0", {}),
    ("post", "/rest", {"seconds": 90}),
    ("delete", "/rest", {}),
    ("get", "/events", {}),
    ("post", "/ops", {"sent_at": "2026-03-02T18:00:00Z", "ops": []}),
    (
        "post",
        "/ops",
        {
            "sent_at": "2026-03-02T18:00:00Z",
            "ops": [
                {
                    "op_id": "o",
                    "type": "workout.cancel",
                    "at": "2026-03-02T18:00:00Z",
                    "device_id": "d",
                    "payload": {},
                }
            ],
        },
    ),
]


def call(device: ApiClient, method: str, path: str, body: Json) -> Any:
    return device.get(path) if method == "get" else getattr(device, method)(path, body)


def told(answer: Any) -> Json:
    """A problem without what names this one request."""
    return {name: value for name, value in answer.json().items() if name not in ("instance", "request_id")}


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_a_stranger_learns_nothing_and_changes_nothing(
    gym: Gym, stranger: User, method: str, path: str, body: Json
) -> None:
    workout = gym.train()
    gym.log(workout, reps=5, weight=100, weight_unit="kg")
    other = client_of(stranger)
    before = stored()

    foreign = call(other, method, f"{V1}/workouts/{workout}{path}", body)
    unknown = call(other, method, f"{V1}/workouts/{uuid4()}{path}", body)

    assert (foreign.status_code, told(foreign)) == (404, told(unknown))
    assert stored() == before


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_nobody_in_particular_is_asked_to_log_in(
    anonymous: ApiClient, gym: Gym, method: str, path: str, body: Json
) -> None:
    workout = gym.train()
    assert call(anonymous, method, f"{V1}/workouts/{workout}{path}", body).status_code == 401


@pytest.mark.parametrize(("method", "path", "body"), [route for route in ROUTES if route[1] != "/restore"])
def test_a_deleted_workout_is_nowhere_but_at_restore(gym: Gym, method: str, path: str, body: Json) -> None:
    workout = gym.train()
    gym.log(workout, reps=5, weight=100, weight_unit="kg")
    assert gym.device.delete(f"{V1}/workouts/{workout}").status_code == 204
    before = stored()

    answer = call(gym.device, method, f"{V1}/workouts/{workout}{path}", body)

    assert answer.status_code == 404
    assert stored() == before


@pytest.mark.parametrize("body", [{"force": True}, []])
def test_a_bad_body_at_the_restore_of_ones_own_is_422(gym: Gym, stranger: User, body: Any) -> None:
    workout = gym.train()
    gym.device.delete(f"{V1}/workouts/{workout}")
    before = stored()
    path = f"{V1}/workouts/{workout}/restore"

    own, foreign = gym.device.post(path, body), client_of(stranger).post(path, body)

    assert (own.status_code, foreign.status_code) == (422, 404)
    assert codes(own) == ([("", "invalid")] if body == [] else [("/force", "unknown_field")])
    assert stored() == before


def test_a_restored_workout_is_as_it_was(gym: Gym) -> None:
    workout = gym.train(name="Push")
    gym.log(workout, reps=5, weight=100, weight_unit="kg")
    before = gym.see(workout)
    gym.device.delete(f"{V1}/workouts/{workout}")
    assert ok(gym.device.get(f"{V1}/workouts"))["results"] == []

    restored = gym.do(workout, "restore")

    assert restored == {**before, "seq": before["seq"] + 2} == gym.see(workout)
    assert [row["id"] for row in ok(gym.device.get(f"{V1}/workouts"))["results"]] == [workout]


# ── Versions ─────────────────────────────────────────────────────────────────────────────────────


def test_who_has_this_version_gets_304_until_something_changes(gym: Gym) -> None:
    workout = gym.train()
    path = f"{V1}/workouts/{workout}"
    etag = gym.device.get(path)["ETag"]

    same = gym.device.get(path, headers={"If-None-Match": etag})
    gym.log(workout, reps=5)
    changed = gym.device.get(path, headers={"If-None-Match": etag})

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    assert ok(changed) == gym.see(workout)
    assert changed["ETag"] != etag


def test_a_change_of_an_unseen_version_is_refused(gym: Gym, watch: ApiClient) -> None:
    workout = gym.train()
    path = f"{V1}/workouts/{workout}"
    seen = gym.device.get(path)["ETag"]
    ok(watch.patch(path, {"name": "From the watch"}))
    before = stored()

    refused = gym.device.patch(path, {"name": "From the phone"}, headers={"If-Match": seen})

    assert (refused.status_code, told(refused)["type"]) == (412, "http://localhost:8000/problems/precondition-failed")
    assert stored() == before
    fresh = gym.device.patch(path, {"name": "From the phone"}, headers={"If-Match": refused["ETag"]})
    assert ok(fresh)["name"] == "From the phone"
    assert gym.device.get(path)["ETag"] == fresh["ETag"]


def test_a_foreign_version_is_404_before_it_is_412(gym: Gym, stranger: User) -> None:
    workout = gym.train()
    answer = client_of(stranger).delete(f"{V1}/workouts/{workout}", headers={"If-Match": '"x"'})
    assert answer.status_code == 404


def test_every_change_is_one_event_of_its_device(gym: Gym, watch: ApiClient) -> None:
    workout = gym.train()
    ok(watch.post(f"{V1}/workouts/{workout}/pause"))

    rows = (
        Event.objects.filter(stream=f"workout:{workout}").order_by("seq").values_list("type", "device_id", "actor_id")
    )
    phone_id, watch_id = str(gym.device.session_row.pk), str(watch.session_row.pk)
    athlete = gym.device.user.pk
    assert list(rows) == [
        ("workout.create", phone_id, athlete),
        ("workout.start", phone_id, athlete),
        ("workout.pause", watch_id, athlete),
    ]


def test_a_server_whose_clock_is_behind_takes_calls_in_their_order(athlete: User, library: None) -> None:
    with time_machine.travel("2026-11-20T17:59:00Z", tick=False) as clock:
        device = Gym(client_of(athlete))
        clock.shift(60)
        workout = device.new(name="one")["id"]
        device.do(workout, "start")
        clock.shift(-2)
        device.do(workout, "pause")
        ok(device.device.patch(f"{V1}/workouts/{workout}", {"name": "two"}))
        done = device.do(workout, "complete")
    assert (done["status"], done["name"], done["seq"]) == ("completed", "two", 5)
    events = Gym(client_of(athlete)).events(workout)
    assert [event["type"].partition(".")[2] for event in events] == [
        "create",
        "start",
        "pause",
        "update",
        "complete",
    ]
