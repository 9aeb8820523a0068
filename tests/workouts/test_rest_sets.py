"""Exercises and sets of a workout over REST, its rest timer, and the short form for simple clients."""

from typing import Any
from uuid import uuid4

import pytest
import time_machine

from accounts.models import User
from tests.cast import client_of, codes
from tests.workouts.gym import BENCH, PLANK, PULL_UP, SQUAT, UNKNOWN, V1, Gym, Json, counted, ok, sets_of, stored
from tests.workouts.test_rest import BLANK_SET, EMPTY_TOTALS, told

pytestmark = pytest.mark.django_db


# ── Logging a set ────────────────────────────────────────────────────────────────────────────────


def test_a_logged_set_is_answered_flat_with_its_records(gym: Gym) -> None:
    workout = gym.train()

    answer = gym.device.post(
        f"{V1}/workouts/{workout}/sets",
        {"exercise_id": BENCH, "reps": 5, "weight": "225", "weight_unit": "lb", "rpe": 8, "notes": "felt light"},
    )

    logged = ok(answer, 201)
    assert logged == {
        **BLANK_SET,
        "id": logged["id"],
        "workout_exercise_id": logged["workout_exercise_id"],
        "exercise_id": BENCH,
        "rank": logged["rank"],
        "reps": 5,
        "weight": "225",
        "weight_unit": "lb",
        "weight_kg": "102.058",
        "rpe": "8",
        "notes": "felt light",
        "completed": True,
        "completed_at": logged["completed_at"],
        "seq": 3,
        "records": [
            {"kind": "weight", "value": "102.058", "previous": None},
            {"kind": "reps_at_weight", "value": "5", "previous": None},
            {"kind": "e1rm", "value": "125.87", "previous": None},
            {"kind": "set_volume", "value": "510.29", "previous": None},
            {"kind": "workout_volume", "value": "510.29", "previous": None},
        ],
    }
    assert answer["Location"] == f"/api/v1/workouts/{workout}/set/{logged['id']}"
    whole = gym.see(workout)
    flat = {name: value for name, value in logged.items() if name not in ("exercise_id", "seq")}
    assert sets_of(whole) == [flat]
    assert (whole["seq"], whole["totals"]) == (3, {**EMPTY_TOTALS, "sets": 1, "reps": 5, "volume_kg": "510.29"})


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ({"weight": 225, "weight_unit": "lb"}, {"weight": "225", "weight_unit": "lb", "weight_kg": "102.058"}),
        ({"weight": "102.50"}, {"weight": "102.5", "weight_unit": "kg", "weight_kg": "102.5"}),
        ({"weight": 0.1}, {"weight": "0.1", "weight_unit": "kg", "weight_kg": "0.1"}),
        ({"weight": "1e2"}, {"weight": "100", "weight_unit": "kg", "weight_kg": "100"}),
        ({"weight": 0}, {"weight": "0", "weight_unit": "kg", "weight_kg": "0"}),
        ({"assistance": "20.125", "weight_unit": "lb"}, {"assistance": "20.125", "weight_unit": "lb"}),
        (
            {"distance": "3.1", "distance_unit": "mi"},
            {"distance": "3.1", "distance_unit": "mi", "distance_m": "4988.966"},
        ),
        ({"distance": 400}, {"distance": "400", "distance_unit": "m", "distance_m": "400"}),
        ({"rpe": "8.50"}, {"rpe": "8.5"}),
        ({"reps": 10.0}, {"reps": 10}),
    ],
)
def test_numbers_are_kept_as_entered_and_answered_as_strings(gym: Gym, fields: Json, read: Json) -> None:
    workout = gym.train()
    logged = gym.log(workout, **fields)
    assert {name: logged[name] for name in read} == read
    assert {name: sets_of(gym.see(workout))[0][name] for name in read} == read


def test_the_unit_of_a_person_is_meant_where_none_is_said(athlete: User, library: None) -> None:
    athlete.preferences.weight_unit = "lb"
    athlete.preferences.save()
    gym = Gym(client_of(athlete))
    logged = gym.log(gym.train(), BENCH, weight=225)
    assert (logged["weight"], logged["weight_unit"], logged["weight_kg"]) == ("225", "lb", "102.058")


def test_an_exercise_means_its_last_entry_and_makes_one_where_there_is_none(gym: Gym) -> None:
    workout = gym.train()
    first = gym.add(workout, BENCH)
    gym.add(workout, SQUAT)
    last = gym.add(workout, BENCH)

    logged = gym.log(workout, BENCH, reps=5)
    elsewhere = ok(
        gym.device.post(f"{V1}/workouts/{workout}/sets", {"workout_exercise_id": first["id"], "reps": 3}), 201
    )
    new = gym.log(workout, PULL_UP, reps=8)

    assert logged["workout_exercise_id"] == last["id"]
    assert elsewhere["workout_exercise_id"] == first["id"]
    assert [(e["exercise_id"], [s["reps"] for s in e["sets"]]) for e in gym.see(workout)["exercises"]] == [
        (BENCH, [3]),
        (SQUAT, []),
        (BENCH, [5]),
        (PULL_UP, [8]),
    ]
    assert gym.see(workout)["exercises"][3]["id"] == new["workout_exercise_id"]


def test_sets_stand_where_they_are_put(gym: Gym) -> None:
    workout = gym.train()
    first, second = gym.log(workout, reps=1), gym.log(workout, reps=2)
    gym.log(workout, reps=3, after=first["id"])
    gym.log(workout, reps=4, after=None)
    gym.log(workout, reps=5, rank=second["rank"] + "V")
    assert [(s["position"], s["reps"]) for s in sets_of(gym.see(workout))] == [(0, 4), (1, 1), (2, 3), (3, 2), (4, 5)]


# ── Correcting and deleting ──────────────────────────────────────────────────────────────────────


def test_an_index_runs_over_the_whole_workout_in_its_order(gym: Gym) -> None:
    workout = gym.train()
    gym.log(workout, BENCH, reps=1)
    gym.log(workout, SQUAT, reps=3)
    gym.log(workout, BENCH, reps=2)

    corrected = gym.correct(workout, 1, reps=22)
    gym.correct(workout, 2, reps=33)
    gym.drop(workout, 0)

    assert (corrected["exercise_id"], corrected["position"], corrected["reps"]) == (BENCH, 1, 22)
    assert [s["reps"] for s in sets_of(gym.see(workout))] == [22, 33]
    assert gym.device.put(f"{V1}/workouts/{workout}/set/2", {"reps": 1}).status_code == 404
    for odd in ("-1", "1.0", "٣", "first", "999999"):
        assert gym.device.put(f"{V1}/workouts/{workout}/set/{odd}", {"reps": 1}).status_code == 404


def test_a_correction_merges_and_null_clears(gym: Gym) -> None:
    workout = gym.train()
    logged = gym.log(workout, reps=5, weight=100, weight_unit="kg", rpe=8, notes="good", assistance=5)

    answer = gym.correct(workout, logged["id"], weight="225", weight_unit="lb", notes=None)
    effort = gym.correct(workout, logged["id"], rir=1)
    cleared = gym.correct(workout, logged["id"], weight=None, assistance=None)

    assert {name: answer[name] for name in ("reps", "weight", "weight_unit", "assistance", "rpe", "notes", "seq")} == {
        "reps": 5,
        "weight": "225",
        "weight_unit": "lb",
        "assistance": "5",
        "rpe": "8",
        "notes": None,
        "seq": 4,
    }
    assert (effort["rpe"], effort["rir"]) == (None, 1)
    assert [cleared[name] for name in ("weight", "assistance", "weight_unit", "weight_kg")] == [None] * 4
    flat = {name: value for name, value in cleared.items() if name not in ("exercise_id", "seq")}
    assert sets_of(gym.see(workout)) == [flat]


def test_planned_sets_are_done_when_their_values_come(gym: Gym) -> None:
    tree = [{"exercise_id": BENCH, "sets": [{"target": {"reps": 5, "weight": 100, "weight_unit": "kg"}}]}]
    workout = gym.new(exercises=tree)
    planned = sets_of(workout)[0]

    noted = gym.correct(workout["id"], planned["id"], notes="later")
    done = gym.correct(workout["id"], planned["id"], reps=5, weight=100)
    undone = gym.correct(workout["id"], planned["id"], completed=False)

    assert [s["completed"] for s in (planned, noted, done, undone)] == [False, False, True, False]
    assert [s["completed_at"] is None for s in (planned, noted, done, undone)] == [True, True, False, True]
    assert done["target"] == planned["target"]
    assert gym.see(workout["id"])["totals"] == EMPTY_TOTALS


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"reps": 1001}, [("/reps", "max_value")]),
        ({"target": {"reps": 5}}, [("/target", "unknown_field")]),
        ({"workout_exercise_id": UNKNOWN}, [("/workout_exercise_id", "unknown_field")]),
        ({"id": UNKNOWN}, [("/id", "read_only")]),
        ({"completed_at": "2026-03-02T18:00:00Z"}, [("/completed_at", "unknown_field")]),
        ([], [("", "invalid")]),
    ],
)
@pytest.mark.parametrize("by", ["id", "index"])
def test_nothing_else_of_a_set_can_be_written(gym: Gym, by: str, body: Any, expected: list[tuple[str, str]]) -> None:
    workout = gym.train()
    logged = gym.log(workout, reps=5)
    before = stored()
    answer = gym.device.put(f"{V1}/workouts/{workout}/set/{logged['id'] if by == 'id' else 0}", body)
    assert codes(answer) == expected
    assert stored() == before


def test_deleting_a_set_answers_the_records_that_go_with_it(gym: Gym) -> None:
    workout = gym.train()
    logged = gym.log(workout, reps=5, weight=100, weight_unit="kg")
    gym.log(workout, reps=5, weight=90, weight_unit="kg")

    held = sets_of(gym.see(workout))[0]["records"]

    answer = gym.drop(workout, logged["id"])

    assert [record["kind"] for record in held] == [record["kind"] for record in logged["records"]]
    assert answer == {"records": held, "seq": 5}
    assert [(s["reps"], s["weight"], s["position"]) for s in sets_of(gym.see(workout))] == [(5, "90", 0)]


def test_the_set_of_another_workout_is_404(gym: Gym, stranger: User) -> None:
    one, two = gym.train(), gym.train()
    logged = gym.log(one, reps=5)
    other = Gym(client_of(stranger))
    theirs = other.train()
    gym.log(two, reps=1)
    before = stored()
    for device, workout in ((gym.device, two), (other.device, theirs)):
        for kind, node in (("set", logged["id"]), ("exercise", logged["workout_exercise_id"])):
            body = {"reps": 1} if kind == "set" else {"notes": "x"}
            refused = device.put(f"{V1}/workouts/{workout}/{kind}/{node}", body)
            unknown = device.put(f"{V1}/workouts/{workout}/{kind}/{uuid4()}", body)
            assert (refused.status_code, told(refused)) == (404, told(unknown))
            assert device.delete(f"{V1}/workouts/{workout}/{kind}/{node}").status_code == 404
    assert stored() == before


# ── Exercises ────────────────────────────────────────────────────────────────────────────────────


def test_an_added_exercise_is_answered_with_its_place(gym: Gym) -> None:
    workout = gym.train()

    answer = gym.device.post(
        f"{V1}/workouts/{workout}/exercises", {"exercise_id": BENCH, "notes": "pause reps", "superset": 2}
    )

    entry = ok(answer, 201)
    assert entry == {
        "id": entry["id"],
        "exercise_id": BENCH,
        "position": 0,
        "rank": entry["rank"],
        "superset": 2,
        "notes": "pause reps",
        "sets": [],
        "seq": 4,
    }
    assert answer["Location"] == f"/api/v1/workouts/{workout}/exercise/{entry['id']}"
    shown = {name: value for name, value in entry.items() if name != "seq"}
    assert gym.see(workout)["exercises"] == [shown]


def test_an_exercise_whose_details_cannot_be_leaves_nothing(gym: Gym) -> None:
    workout = gym.train()
    before = stored()
    answer = gym.device.post(f"{V1}/workouts/{workout}/exercises", {"exercise_id": BENCH, "superset": 100})
    assert codes(answer) == [("/superset", "max_value")]
    assert stored() == before


@pytest.mark.parametrize("by", ["index", "id"])
def test_an_exercise_is_replaced_noted_and_removed(gym: Gym, by: str) -> None:
    workout = gym.train()
    gym.add(workout, SQUAT)
    gym.log(workout, BENCH, reps=5, weight=60, weight_unit="kg")
    place = 1 if by == "index" else gym.see(workout)["exercises"][1]["id"]
    path = f"{V1}/workouts/{workout}/exercise/{place}"

    replaced = ok(gym.device.put(path, {"exercise_id": PULL_UP, "notes": "weighted"}))
    gone = gym.device.delete(path)

    assert (replaced["exercise_id"], replaced["notes"], replaced["position"]) == (PULL_UP, "weighted", 1)
    assert [s["reps"] for s in replaced["sets"]] == [5]
    removed = gym.see(workout)
    assert (gone.status_code, gone.content) == (204, b"")
    assert gone.headers["ETag"] == gym.device.get(f"{V1}/workouts/{workout}").headers["ETag"]
    assert [e["exercise_id"] for e in removed["exercises"]] == [SQUAT]
    assert removed["totals"] == EMPTY_TOTALS


def test_the_order_of_exercises_can_be_changed(gym: Gym) -> None:
    workout = gym.train()
    ids = [gym.add(workout, exercise)["id"] for exercise in (BENCH, SQUAT, PULL_UP)]

    answer = ok(gym.device.post(f"{V1}/workouts/{workout}/exercises/reorder", {"order": ids[::-1]}))

    assert [(e["id"], e["position"]) for e in answer["exercises"]] == list(zip(ids[::-1], range(3), strict=True))
    assert gym.see(workout) == answer
    before = stored()
    for wrong in (ids[:2], [*ids, UNKNOWN], [ids[0], ids[0], ids[1]], "abc", None):
        refused = gym.device.post(f"{V1}/workouts/{workout}/exercises/reorder", {"order": wrong})
        assert [pointer for pointer, _ in codes(refused)] == ["/order"]
    assert stored() == before


# ── The rest timer ───────────────────────────────────────────────────────────────────────────────


def test_a_rest_is_a_deadline_that_every_device_sees(athlete: User, library: None) -> None:
    with time_machine.travel("2026-11-20T18:00:00Z", tick=False) as clock:
        phone, watch = Gym(client_of(athlete, "phone")), Gym(client_of(athlete, "watch"))
        workout = phone.train()
        clock.shift(5)
        logged = phone.log(workout, reps=5)
        clock.shift(5)
        begun = ok(phone.device.post(f"{V1}/workouts/{workout}/rest", {"seconds": 90, "set_id": logged["id"]}))
        seen = watch.see(workout)
        ok(watch.device.delete(f"{V1}/workouts/{workout}/rest"), 204)
        stopped = phone.see(workout)

    assert begun["rest"] == {"set_id": logged["id"], "seconds": 90, "ends_at": "2026-11-20T18:01:40Z"}
    assert seen == begun
    assert stopped["rest"] is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/seconds", "required")]),
        ({"seconds": 0}, [("/seconds", "min_value")]),
        ({"seconds": 7201}, [("/seconds", "max_value")]),
        ({"seconds": 60, "set_id": UNKNOWN}, [("/set_id", "not_found")]),
        ({"seconds": 60, "ends_at": "now"}, [("/ends_at", "unknown_field")]),
    ],
)
def test_a_rest_that_cannot_be(gym: Gym, body: Json, expected: list[tuple[str, str]]) -> None:
    workout = gym.train()
    assert codes(gym.device.post(f"{V1}/workouts/{workout}/rest", body)) == expected


# ── The short form ───────────────────────────────────────────────────────────────────────────────


def test_a_session_is_made_started_filled_and_finished(gym: Gym) -> None:
    device = gym.device
    made = device.post(f"{V1}/sessions", {"name": "Push"})
    session = ok(made, 201)
    assert (session["status"], session["name"], session["seq"]) == ("in_progress", "Push", 2)
    assert made["Location"] == f"/api/v1/sessions/{session['id']}"
    assert ok(device.get(made["Location"])) == session == gym.see(session["id"])

    body = {"session_id": session["id"], "exercise_id": BENCH, "reps": 5, "weight": 100, "weight_unit": "kg"}
    first = ok(device.post(f"{V1}/sets", body), 201)
    second = ok(device.post(f"{V1}/sets", {**body, "exercise_id": PLANK, "duration_seconds": 60}), 201)
    listed = ok(device.get(f"{V1}/sets?session_id={session['id']}"))
    assert [item["id"] for item in listed["results"]] == [first["id"], second["id"]]
    assert listed["results"][1] == second
    assert (listed["next"], listed["previous"]) == (None, None)

    done = ok(device.patch(f"{V1}/sessions/{session['id']}", {"status": "completed"}))
    assert done["status"] == "completed"
    again = device.patch(f"{V1}/sessions/{session['id']}", {"status": "completed"})
    assert (again.status_code, again.json()["state"], again.json()["allowed"]) == (409, "completed", [])


def test_active_sessions_come_first(gym: Gym) -> None:
    old = gym.train()
    gym.do(old, "pause")
    done = gym.whole("2026-03-02T18:00")["id"]
    newer = gym.new()["id"]
    assert [row["id"] for row in ok(gym.device.get(f"{V1}/sessions"))["results"]] == [old, newer, done]


@pytest.mark.parametrize("whose", ["foreign", "unknown", "odd"])
def test_a_session_one_may_not_know_of(gym: Gym, stranger: User, whose: str) -> None:
    foreign = Gym(client_of(stranger)).train()
    session = {"foreign": foreign, "unknown": UNKNOWN, "odd": "today"}[whose]
    before = stored()
    body = {"session_id": session, "exercise_id": BENCH, "reps": 5}
    assert codes(gym.device.post(f"{V1}/sets", body)) == [("/session_id", "not_found")]
    assert gym.device.get(f"{V1}/sets?session_id={session}").status_code == 404
    assert gym.device.get(f"{V1}/sessions/{session}").status_code == 404
    assert gym.device.patch(f"{V1}/sessions/{session}", {"status": "completed"}).status_code == 404
    assert stored() == before


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/sets", {"exercise_id": BENCH}, [("/session_id", "required")]),
        ("/sessions", {"exercises": 5}, [("/exercises", "unknown_field")]),
    ],
)
def test_the_short_form_is_as_strict(gym: Gym, path: str, body: Json, expected: list[tuple[str, str]]) -> None:
    assert codes(gym.device.post(f"{V1}{path}", body)) == expected
    session = gym.train()
    assert codes(gym.device.patch(f"{V1}/sessions/{session}", {"status": "paused"})) == [("/status", "invalid_choice")]
    assert codes(gym.device.get(f"{V1}/sets")) == [("?session_id", "required")]


def test_sets_of_a_session_are_paged(gym: Gym) -> None:
    session = gym.train()
    for reps in range(1, 6):
        gym.log(session, BENCH if reps % 2 else SQUAT, reps=reps)
    expected = [s["id"] for s in sets_of(gym.see(session))]

    seen, url = [], f"{V1}/sets?session_id={session}&limit=2"
    while url:
        page = ok(gym.device.get(url))
        seen += [item["id"] for item in page["results"]]
        url = page["next"]
    assert seen == expected


# ── What it costs ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sets", [1, 3])
@pytest.mark.parametrize(
    ("method", "path", "body", "statements"),
    [
        ("post", "/sets", {"exercise_id": BENCH, "reps": 5, "weight": 200, "weight_unit": "kg"}, 10),
        ("post", "/sets", {"exercise_id": BENCH, "reps": 1, "weight": 1, "weight_unit": "kg"}, 10),
        ("put", "/set/0", {"reps": 6}, 10),
        ("delete", "/set/0", {}, 10),
    ],
)
def test_logging_a_set_costs_a_constant_number_of_statements(
    gym: Gym, sets: int, method: str, path: str, body: Json, statements: int
) -> None:
    workout = gym.train()
    for number in range(sets):
        gym.log(workout, reps=5, weight=100 + number, weight_unit="kg")
    gym.see(workout)  # the session's facts are in Valkey

    with counted() as sql:
        answer = getattr(gym.device, method)(f"{V1}/workouts/{workout}{path}", body)

    assert answer.status_code in (200, 201)
    assert len(sql) <= statements, "\n".join(sql)
