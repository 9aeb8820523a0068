"""What comes next in a plan: from a start through workouts to the day after, and back when one of them is undone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from exercises.models import Exercise
from exercises.operations.merging import merge_exercises
from templates_app.models import Enrolment
from tests.cast import ApiClient, actor_of, client_of, codes, committed, run_jobs
from tests.workouts.gym import BENCH, DIP, PULL_UP, SQUAT, UNKNOWN, V1, Gym, Json, counted, ok, op, sets_of, stored
from tests.workouts.test_idempotency import at_once, racers

__all__ = ["racers"]

pytestmark = pytest.mark.django_db

KG = {"weight_unit": "kg"}
SIXTY = {"type": "absolute", "value": "60", "unit": "kg"}
A1, B1, A2, B2 = (f"01890000-0000-7000-8000-0000000da{n:03d}" for n in range(4))
BENCH_ENTRY = "01890000-0000-7000-8000-0000000ee000"


def sets(count: int = 3, reps: int = 8, **values: Any) -> list[Json]:
    return [{"reps": reps, "load": SIXTY, "rest_seconds": 120, **values} for _ in range(count)]


def entry(exercise: str, sets: list[Json], rule: str = "linear", **values: Any) -> Json:
    return {"exercise_id": exercise, "sets": sets, "progression": {"rule": rule}, **values}


def plan_of(*days: tuple[str, str, list[Json]], per_week: int = 2) -> list[Json]:
    """Weeks of so many days; each day is an id, a name and its exercises."""
    made = [{"id": id, "name": name, "exercises": exercises} for id, name, exercises in days]
    return [{"days": made[start : start + per_week]} for start in range(0, len(made), per_week)]


PLAN = plan_of(
    (A1, "Push", [entry(BENCH, sets(), id=BENCH_ENTRY), entry(SQUAT, sets(1, 5))]),
    (B1, "Pull", [entry(PULL_UP, [{"reps": 8, "load": {"type": "bodyweight"}}])]),
    (A2, "Push", [entry(BENCH, sets())]),
    (B2, "Pull", [entry(PULL_UP, [{"reps": 8, "load": {"type": "bodyweight"}}])]),
)


def template(device: ApiClient, weeks: list[Json] = PLAN, **values: Any) -> str:
    """The id of a plan that this person wrote."""
    body = {"name": "Two days", "goal": "strength", "level": "beginner", "weeks": weeks, **values}
    return str(ok(device.post(f"{V1}/templates", body), 201)["id"])


def next_of(device: ApiClient, id: str, query: str = "") -> Json:
    return ok(device.get(f"{V1}/templates/{id}/next{query}"))


def whys(found: Json) -> list[str]:
    return [each["why"] for each in found["exercises"]]


def make(gym: Gym, template_id: str, **body: Any) -> Json:
    return gym.new(template_id=template_id, **body)


def train(gym: Gym, template_id: str, *reps: int, complete: bool = True, **body: Any) -> Json:
    """Make the next workout and do its sets as asked, or with these repetitions from the first set on."""
    workout = make(gym, template_id, **body)
    gym.do(workout["id"], "start")
    for number, item in enumerate(sets_of(workout)):
        done = {"reps": reps[number] if number < len(reps) else item["target"].get("reps")}
        if "weight" in item["target"]:
            done |= {name: item["target"][name] for name in ("weight", "weight_unit")}
        gym.correct(workout["id"], item["id"], **done)
    return gym.do(workout["id"], "complete") if complete else gym.see(workout["id"])


# ── The loop ─────────────────────────────────────────────────────────────────────────────────────


def test_from_a_start_to_the_next_time(gym: Gym) -> None:
    id = template(gym.device)
    ok(gym.device.post(f"{V1}/templates/{id}/start"), 201)
    workout = make(gym, id)
    gym.do(workout["id"], "start")
    for item in sets_of(workout)[:3]:
        gym.correct(workout["id"], item["id"], reps=8, weight=60, rpe=7, **KG)
    gym.correct(workout["id"], 3, reps=4, weight=60, **KG)
    during = next_of(gym.device, id)
    assert (during["day"]["id"], whys(during)[0]) == (A1, "A start: 60 kg as the plan says"), "it is not over yet"
    gym.do(workout["id"], "complete")

    assert next_of(gym.device, id)["day"] == {"id": B1, "name": "Pull"}
    train(gym, id)
    third = next_of(gym.device, id)
    assert (third["week"], third["day"]["id"], third["position"]) == (2, A2, "Week 2 of 2, day 1 of 2")
    (bench,) = third["exercises"]
    assert bench["why"] == "+2.5 kg: 3 × 8 done at RPE 7"
    assert [item["weight"] for item in bench["sets"]] == ["62.5"] * 3
    train(gym, id)
    train(gym, id)
    again = next_of(gym.device, id)
    assert (again["round"], again["day"]["id"], again["position"]) == (2, A1, "Week 1 of 2, day 1 of 2, round 2")
    assert whys(again) == ["+2.5 kg: 3 × 8 done", "Same again (try 2 of 3): 1 × 4 of 1 × 5"]
    assert again["exercises"][0]["sets"][0]["weight"] == "65"


def test_the_whole_answer(gym: Gym) -> None:
    id = template(gym.device)
    asked = {"reps": 8, "reps_max": None, "weight": "60", "assistance": None, "weight_unit": "kg", "rpe": None}
    asked |= {"rir": None, "duration_seconds": None, "distance": None, "distance_unit": None, "rest_seconds": 120}
    asked |= {"kind": "working", "tempo": None}

    found = next_of(gym.device, id)

    (first, second) = found["exercises"]
    squat = str(uuid5(UUID(id), "/weeks/0/days/0/exercises/1#0"))
    assert found == {
        "template_id": id,
        "version": 1,
        "round": 1,
        "week": 1,
        "day": {"id": A1, "name": "Push"},
        "position": "Week 1 of 2, day 1 of 2",
        "exercises": [first, second],
        "needs": [],
        "enrolment": None,
    }
    assert first == {
        "id": BENCH_ENTRY,
        "exercise_id": BENCH,
        "name": "Bench Press",
        "superset": None,
        "substitutes": [],
        "sets": [asked] * 3,
        "why": "A start: 60 kg as the plan says",
    }
    assert second == {**first, "id": squat, "exercise_id": SQUAT, "name": "Squat", "sets": [{**asked, "reps": 5}]}


def test_reading_writes_nothing(gym: Gym) -> None:
    id = template(gym.device)
    tables = ("templates_app_template", "templates_app_enrolment", "workouts_workout", "common_event", "common_clock")
    before = stored(*tables)
    next_of(gym.device, id)
    assert stored(*tables) == before


def test_the_workout_that_is_made(gym: Gym) -> None:
    id = template(gym.device)
    made = make(gym, id)
    assert (made["name"], made["status"], made["template_id"], made["template_version"]) == ("Push", "planned", id, 1)
    first, second = made["exercises"]
    assert first["id"] == str(uuid5(UUID(made["id"]), BENCH_ENTRY))
    assert [each["exercise_id"] for each in (first, second)] == [BENCH, SQUAT]
    assert [item["target"] for item in first["sets"]] == [
        {"reps": 8, "weight": "60", "weight_unit": "kg", "rest_seconds": 120}
    ] * 3
    assert {item["completed"] for item in sets_of(made)} == {False}
    enrolment = next_of(gym.device, id)["enrolment"]
    assert (enrolment["version"], enrolment["status"]) == (1, "active")
    assert enrolment == ok(gym.device.post(f"{V1}/templates/{id}/start"))


def test_what_the_body_says_itself_counts(gym: Gym) -> None:
    id = template(gym.device)
    made = make(gym, id, name="Legs first", day_id=B1, id=str(uuid4()))
    assert (made["name"], [each["exercise_id"] for each in made["exercises"]]) == ("Legs first", [PULL_UP])
    own = make(gym, id, exercises=[{"exercise_id": SQUAT}])
    assert ([each["exercise_id"] for each in own["exercises"]], own["template_version"]) == ([SQUAT], 1)


def test_a_workout_after_the_fact_moves_on(gym: Gym) -> None:
    id = template(gym.device)
    make(gym, id, started_at="2026-03-02T18:00:00Z", ended_at="2026-03-02T19:00:00Z")
    assert next_of(gym.device, id)["day"]["id"] == B1


def test_the_same_request_makes_one_workout(gym: Gym) -> None:
    id, body = template(gym.device), {"id": str(uuid4())}
    headers = {"HTTP_IDEMPOTENCY_KEY": "once"}
    first = gym.device.post(f"{V1}/workouts", {"template_id": id, **body}, **headers)
    again = gym.device.post(f"{V1}/workouts", {"template_id": id, **body}, **headers)
    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (201, 201, "true")
    assert first.content == again.content
    gym.do(first.json()["id"], "start")
    gym.do(first.json()["id"], "complete")
    repeated = gym.device.post(f"{V1}/workouts", {"template_id": id, **body})
    assert (repeated.status_code, repeated.content) == (201, first.content)
    other = gym.device.post(f"{V1}/workouts", {"template_id": id, "day_id": B1, **body})
    assert (other.status_code, other.json()["type"].rpartition("/")[2]) == (409, "id-taken")
    assert Enrolment.objects.count() == 1


def test_a_refused_workout_enrols_nobody(gym: Gym) -> None:
    id = template(gym.device)
    before = stored()
    assert codes(gym.device.post(f"{V1}/workouts", {"template_id": id, "name": 5})) == [("/name", "invalid")]
    assert (stored(), Enrolment.objects.count()) == (before, 0)


# ── The place ────────────────────────────────────────────────────────────────────────────────────


def place(gym: Gym, id: str) -> tuple[int, str]:
    found = next_of(gym.device, id)
    return found["round"], found["day"]["id"]


def test_only_what_was_completed_moves_the_place(gym: Gym) -> None:
    id = template(gym.device)
    given_up = train(gym, id, complete=False)["id"]
    gym.do(given_up, "cancel")
    assert place(gym, id) == (1, A1)
    gym.do(given_up, "complete")
    assert place(gym, id) == (1, B1)


def test_a_deleted_workout_was_never_trained(gym: Gym) -> None:
    id = template(gym.device)
    train(gym, id)
    second = train(gym, id)["id"]
    ok(gym.device.delete(f"{V1}/workouts/{second}"), 204)
    assert place(gym, id) == (1, B1)
    gym.do(second, "restore")
    assert place(gym, id) == (1, A2)


def test_another_day_than_the_one_that_is_due(gym: Gym) -> None:
    id = template(gym.device)
    train(gym, id, day_id=A2)
    assert place(gym, id) == (1, B2)
    train(gym, id)
    assert place(gym, id) == (2, A1)
    assert next_of(gym.device, id, f"?day_id={B1}")["day"]["id"] == B1


def test_moving_to_another_place(gym: Gym) -> None:
    id = template(gym.device)
    train(gym, id)
    ok(gym.device.post(f"{V1}/templates/{id}/start", {"week": 2, "round": 3}))
    assert place(gym, id) == (3, A2)
    assert next_of(gym.device, id)["exercises"][0]["why"] == "+2.5 kg: 3 × 8 done"
    train(gym, id)
    assert place(gym, id) == (3, B2)


def test_another_week_is_one_of_the_present_pass(gym: Gym) -> None:
    percent = {"type": "percent_tm", "value": "80"}
    days = [(id, "Squat", [entry(SQUAT, sets(1, 5, load=percent), "percentage")]) for id in (A1, A2)]
    id = template(gym.device, plan_of(*days, per_week=1))
    maxes = {SQUAT: {"value": "100", "unit": "kg"}}
    ok(gym.device.post(f"{V1}/templates/{id}/start", {"training_maxes": maxes}), 201)
    for _ in range(4):
        train(gym, id)
    grown = "80 % of a training max of 110 kg (+5 kg: every set of the last wave done)"
    assert (place(gym, id), whys(next_of(gym.device, id))) == ((3, A1), [grown])
    for body, expected in (({"week": 2}, (3, A2)), ({"day_id": A1}, (3, A1)), ({"week": 2, "round": 1}, (1, A2))):
        ok(gym.device.post(f"{V1}/templates/{id}/start", body))
        assert (place(gym, id), whys(next_of(gym.device, id))) == (expected, [grown])
    ok(gym.device.post(f"{V1}/templates/{id}/start", {"training_maxes": {SQUAT: {"value": "105", "unit": "kg"}}}))
    assert whys(next_of(gym.device, id)) == ["80 % of a training max of 105 kg"]
    train(gym, id)
    assert whys(next_of(gym.device, id)) == [
        "80 % of a training max of 110 kg (+5 kg: every set of the last wave done)"
    ]


def test_another_version_keeps_the_place(gym: Gym) -> None:
    id = template(gym.device)
    for _ in range(7):
        train(gym, id)
    assert place(gym, id) == (2, B2)
    longer = [*PLAN, *plan_of((str(uuid4()), "More", [entry(BENCH, sets())]))]
    ok(gym.device.put(f"{V1}/templates/{id}", {"weeks": longer}))
    moved = ok(gym.device.post(f"{V1}/templates/{id}/start", {"version": 2}))
    assert moved["position"] | {"since": None} == {"week": 2, "day_id": B2, "round": 2, "since": None}
    assert place(gym, id) == (2, B2)
    train(gym, id)
    assert next_of(gym.device, id)["position"] == "Week 3 of 3, day 1 of 1, round 2"
    other = plan_of((str(uuid4()), "Other", [entry(SQUAT, sets())]), (str(uuid4()), "Days", [entry(DIP, sets())]))
    ok(gym.device.put(f"{V1}/templates/{id}", {"weeks": other}))
    ok(gym.device.post(f"{V1}/templates/{id}/start", {"version": 3}))
    assert next_of(gym.device, id)["position"] == "Week 1 of 1, day 1 of 2, round 2"


def test_somebody_who_begins_anew_begins_anew(gym: Gym) -> None:
    id = template(gym.device)
    train(gym, id)
    ok(gym.device.delete(f"{V1}/templates/{id}/start"), 204)
    assert place(gym, id) == (1, A1)
    ok(gym.device.post(f"{V1}/templates/{id}/start"), 201)
    assert place(gym, id) == (1, A1)
    assert whys(next_of(gym.device, id))[0] == "A start: 60 kg as the plan says"


def test_an_enrolment_stays_on_its_version(gym: Gym) -> None:
    id = template(gym.device)
    make(gym, id)
    lighter = {**SIXTY, "value": "40"}
    weeks = plan_of((A1, "Light", [entry(BENCH, sets(load=lighter), id=BENCH_ENTRY)]), per_week=1)
    ok(gym.device.put(f"{V1}/templates/{id}", {"weeks": weeks}))
    found = next_of(gym.device, id)
    assert (found["version"], found["day"]["name"]) == (1, "Push")
    assert make(gym, id)["template_version"] == 1
    ok(gym.device.post(f"{V1}/templates/{id}/start", {"version": 2}))
    moved = next_of(gym.device, id)
    assert (moved["version"], moved["day"]["name"], moved["exercises"][0]["sets"][0]["weight"]) == (2, "Light", "40")
    train(gym, id)
    assert next_of(gym.device, id)["exercises"][0]["why"] == "+2.5 kg: 3 × 8 done"


# ── What was done ────────────────────────────────────────────────────────────────────────────────


def bench(gym: Gym, id: str) -> tuple[str, str]:
    """Weight and reason of the bench press, as asked on its first day."""
    first = next_of(gym.device, id, f"?day_id={A1}")["exercises"][0]
    return first["sets"][0]["weight"], first["why"]


def test_corrections_are_heard(gym: Gym) -> None:
    id = template(gym.device)
    workout = train(gym, id, 8, 8, 6)
    assert bench(gym, id) == ("60", "Same again (try 2 of 3): 8, 8, 6 of 3 × 8")
    last = sets_of(workout)[2]["id"]
    gym.correct(workout["id"], last, reps=8)
    assert bench(gym, id) == ("62.5", "+2.5 kg: 3 × 8 done")
    gym.drop(workout["id"], last)
    assert bench(gym, id) == ("62.5", "+2.5 kg: 2 × 8 done")
    gym.correct(workout["id"], 0, completed=False)
    assert bench(gym, id) == ("60", "Same again: 1 × 8 done, 1 left out")


def test_another_exercise_in_its_place(gym: Gym) -> None:
    id = template(gym.device)
    train(gym, id)
    second = make(gym, id, day_id=A1)
    gym.do(second["id"], "start")
    ok(gym.device.put(f"{V1}/workouts/{second['id']}/exercise/0", {"exercise_id": PULL_UP}))
    gym.correct(second["id"], 0, reps=3)
    gym.do(second["id"], "complete")
    assert place(gym, id) == (1, B1)
    assert bench(gym, id) == ("62.5", "+2.5 kg: 3 × 8 done")


def test_training_outside_the_plan_changes_what_is_known_only(gym: Gym) -> None:
    weeks = plan_of((A1, "Push", [entry(BENCH, sets(1, 5, load={"type": "rpe", "value": "8"}))]), per_week=1)
    id = template(gym.device, weeks)
    found = next_of(gym.device, id)
    assert found["needs"] == [{"exercise_id": BENCH, "what": "a weight you can do for 7"}]
    assert found["exercises"][0]["sets"][0] | {"weight": None, "rpe": "8"} == found["exercises"][0]["sets"][0]
    training = gym.train()
    gym.log(training, reps=5, weight=100, rir=1, **KG)
    assert next_of(gym.device, id) == found, "it is not over yet"
    gym.do(training, "complete")
    found = next_of(gym.device, id)
    assert found["needs"] == []
    assert whys(found) == ["A start: 95 kg by an estimated 1RM of 119.2 kg"]


def test_a_training_max_that_was_given(gym: Gym) -> None:
    percent = {"type": "percent_tm", "value": "80"}
    id = template(
        gym.device, plan_of((A1, "Squat", [entry(SQUAT, sets(1, 5, load=percent), "percentage")]), per_week=1)
    )
    assert next_of(gym.device, id)["needs"][0]["what"] == "a training max: nine tenths of what you can lift once"
    ok(gym.device.post(f"{V1}/templates/{id}/start", {"training_maxes": {SQUAT: {"value": "220", "unit": "lb"}}}), 201)
    assert whys(next_of(gym.device, id)) == ["80 % of a training max of 99.8 kg"]
    train(gym, id)
    assert whys(next_of(gym.device, id)) == [
        "80 % of a training max of 104.8 kg (+5 kg: every set of the last wave done)"
    ]


def test_units_and_plates_of_the_person(gym: Gym, athlete: User) -> None:
    id = template(gym.device)
    train(gym, id)
    ok(
        gym.device.patch(
            f"{V1}/users/preferences", {"units": {"weight": "lb"}, "plate_sizes": {"lb": ["45", "10", "5"]}}
        )
    )
    assert bench(gym, id) == ("135", "135 lb: 3 × 8 done")
    made = make(gym, id, day_id=A1)
    assert sets_of(made)[0]["target"] == {"reps": 8, "weight": "135", "weight_unit": "lb", "rest_seconds": 120}


def test_help_and_tempo_are_part_of_a_target(gym: Gym) -> None:
    gym.log(gym.train(), DIP, reps=8, assistance=20, **KG)
    (before,) = ok(gym.device.get(f"{V1}/workouts/active"))["results"]
    gym.do(before["id"], "complete")
    item = {"reps": 8, "tempo": "3-1-X-0"}
    id = template(gym.device, plan_of((A1, "Dips", [entry(DIP, [item])]), per_week=1))
    made = make(gym, id)
    assert sets_of(made)[0]["target"] == {"reps": 8, "assistance": "20", "weight_unit": "kg", "tempo": "3-1-X-0"}
    gym.do(made["id"], "start")
    gym.correct(made["id"], 0, reps=8, assistance=20, **KG)
    gym.do(made["id"], "complete")
    assert next_of(gym.device, id)["exercises"][0]["sets"][0]["assistance"] == "17.5"


def test_coming_back_after_a_break(gym: Gym) -> None:
    id = template(gym.device)
    train(gym, id)
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        gym = Gym(client_of(gym.device.user))  # type: ignore[arg-type]
        assert bench(gym, id) == ("55", "Back after 20 days: 10 % lighter. Before that: +2.5 kg: 3 × 8 done")


# ── Devices with workouts of their own ───────────────────────────────────────────────────────────


def test_an_offline_device_trains_by_the_plan(gym: Gym) -> None:
    """It makes the workout itself, yesterday, from what it was told was next, with ids of its own."""
    id, workout = template(gym.device), str(uuid4())
    tree = [{"id": str(uuid4()), "exercise_id": BENCH, "sets": [{"reps": 8, "weight": 60, **KG}] * 3}]
    yesterday = timezone.now() - timedelta(days=1)
    at = [(yesterday + timedelta(minutes=n)).isoformat() for n in range(3)]
    ops = [
        op("workout.create", at[0], id=workout, template_id=id, exercises=tree),
        op("workout.start", at[1]),
        op("workout.complete", at[2]),
    ]
    answer = gym.send(workout, *ops, sent_at=timezone.now().isoformat())
    assert [result["status"] for result in answer["results"]] == ["applied"] * 3
    found = next_of(gym.device, id)
    assert (found["day"]["id"], gym.see(workout)["template_version"]) == (B1, 1)
    assert bench(gym, id) == ("62.5", "+2.5 kg: 3 × 8 done")
    assert Enrolment.objects.get().created_at == yesterday


def offline(id: str, made: datetime) -> tuple[str, Json]:
    """A workout from a plan as a device made it while it was offline: its id, and the body of the batch."""
    workout = str(uuid4())
    tree = [{"id": str(uuid4()), "exercise_id": BENCH, "sets": [{"reps": 8, "weight": 60, **KG}] * 3}]
    create = op("workout.create", made.isoformat(), id=workout, template_id=id, exercises=tree)
    return workout, {"sent_at": timezone.now().isoformat(), "ops": [create]}


def test_a_late_workout_of_a_plan_that_was_left_begins_nothing(gym: Gym) -> None:
    """Made offline on Monday, the plan left on Tuesday, told on Wednesday."""
    id, now = template(gym.device), timezone.now()
    ok(gym.device.post(f"{V1}/templates/{id}/start"), 201)
    Enrolment.objects.update(created_at=now - timedelta(days=9), positioned_at=now - timedelta(days=9))
    ok(gym.device.put(f"{V1}/templates/{id}", {"name": "Two"}))
    ok(gym.device.delete(f"{V1}/templates/{id}/start"), 204)
    Enrolment.objects.update(ended_at=now - timedelta(days=1))
    costs = []
    for days, version, enrolled in ((2, 1, 0), (10, 2, 1)):  # within the nine days of the plan, and before them
        workout, body = offline(id, now - timedelta(days=days))
        with counted() as statements:
            ok(gym.device.post(f"{V1}/workouts/{workout}/ops", body))
        costs.append(len(statements))
        assert gym.see(workout)["template_version"] == version
        assert Enrolment.objects.filter(status="active").count() == enrolled
    assert costs == [9, 16], costs
    ok(gym.device.delete(f"{V1}/templates/{id}/start"), 204)
    workout, body = offline(id, now - timedelta(hours=1))  # after it was left, and while it was trained again
    ok(gym.device.post(f"{V1}/workouts/{workout}/ops", body))
    assert Enrolment.objects.filter(status="active").count() == 0


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"template_id": UNKNOWN}, ("/template_id", "not_found")),
        ({"template_id": "mine"}, ("/template_id", "invalid")),
        ({"template_version": 2}, ("/template_version", "not_found")),
        ({"template_version": 0}, ("/template_version", "not_found")),
    ],
)
def test_a_batch_names_what_is_there(gym: Gym, values: Json, code: tuple[str, str]) -> None:
    workout = str(uuid4())
    body = {"id": workout, "template_id": template(gym.device), **values}
    ops = [op("workout.create", "2026-03-02T18:00:00Z", **body)]
    response = gym.device.post(f"{V1}/workouts/{workout}/ops", {"sent_at": ops[0]["at"], "ops": ops})
    assert codes(response) == [code]


def test_one_template_or_none(gym: Gym) -> None:
    id, past = template(gym.device), gym.train()
    refused = [
        ({"template_id": UNKNOWN}, ("/template_id", "not_found")),
        ({"template_id": "mine"}, ("/template_id", "invalid")),
        ({"template_id": id, "day_id": UNKNOWN}, ("/day_id", "not_found")),
        ({"template_id": id, "day_id": 5}, ("/day_id", "invalid")),
        ({"template_id": id, "from_workout_id": past}, ("/template_id", "invalid")),
        ({"template_id": id, "template_version": 1}, ("/template_version", "invalid")),
        ({"day_id": A1}, ("/day_id", "invalid")),
        ({"day_id": A1, "template_id": None}, ("/day_id", "invalid")),
        ({"day_id": A1, "template_id": id, "exercises": []}, ("/day_id", "invalid")),
    ]
    for body, code in refused:
        assert codes(gym.device.post(f"{V1}/workouts", body)) == [code], body
    assert make(gym, None)["template_id"] is None  # type: ignore[arg-type]


# ── Whose it is ──────────────────────────────────────────────────────────────────────────────────


def test_a_strangers_plan_is_not_there(gym: Gym, stranger: User) -> None:
    id, other = template(gym.device), client_of(stranger)
    assert other.get(f"{V1}/templates/{id}/next").status_code == 404
    for body in ({}, {"exercises": [{"exercise_id": BENCH}]}):
        assert codes(other.post(f"{V1}/workouts", {"template_id": id, **body})) == [("/template_id", "not_found")]
    assert Enrolment.objects.count() == 0
    assert gym.device.get(f"{V1}/templates/{id}/next?day_id={UNKNOWN}").status_code == 404
    assert gym.device.get(f"{V1}/templates/{id}/next?day_id=monday").status_code == 404


def test_who_trains_by_a_plan_keeps_it(gym: Gym, stranger: User) -> None:
    id, friend = template(gym.device, visibility="public"), Gym(client_of(stranger))
    train(friend, id)
    ok(gym.device.patch(f"{V1}/templates/{id}", {"visibility": "private"}))
    assert place(friend, id) == (1, B1)
    assert make(friend, id)["name"] == "Pull"
    ok(gym.device.delete(f"{V1}/templates/{id}"), 204)
    assert make(friend, id)["name"] == "Pull"
    assert codes(gym.device.post(f"{V1}/workouts", {"template_id": id})) == [("/template_id", "not_found")]
    ok(friend.device.delete(f"{V1}/templates/{id}/start"), 204)
    assert codes(friend.device.post(f"{V1}/workouts", {"template_id": id})) == [("/template_id", "not_found")]


def test_an_exercise_that_the_library_offers_no_longer(gym: Gym) -> None:
    id = template(gym.device)
    Exercise.objects.filter(pk=BENCH).update(deleted_at=timezone.now())
    assert next_of(gym.device, id)["exercises"][0]["name"] == "Bench Press"
    assert make(gym, id)["exercises"][0]["exercise_id"] == BENCH


def test_an_offline_device_uses_such_an_exercise_too(gym: Gym) -> None:
    id, workout = template(gym.device), str(uuid4())
    Exercise.objects.filter(pk__in=[BENCH, SQUAT, DIP]).update(status="archived")
    for template_id, exercise, status in ((id, BENCH, "applied"), (id, DIP, "rejected"), (None, SQUAT, "rejected")):
        workout, at = str(uuid4()), timezone.now().isoformat()
        tree = [{"id": str(uuid4()), "exercise_id": exercise, "sets": [{"reps": 8}]}]
        ops = [op("workout.create", at, id=workout, template_id=template_id, exercises=tree)]
        response = gym.device.post(f"{V1}/workouts/{workout}/ops", {"sent_at": at, "ops": ops})
        if status == "rejected":
            assert codes(response) == [("/exercises/0/exercise_id", "not_found")]
        else:
            assert [result["status"] for result in ok(response)["results"]] == ["applied"]


def test_two_entries_of_one_exercise_need_each_their_own(gym: Gym) -> None:
    asked = [entry(BENCH, sets(1, reps, load={"type": "rpe", "value": "8"})) for reps in (5, 10, 5)]
    id = template(gym.device, plan_of((A1, "Push", asked), per_week=1))
    needs = [(need["exercise_id"], need["what"]) for need in next_of(gym.device, id)["needs"]]
    assert needs == [(BENCH, "a weight you can do for 7"), (BENCH, "a weight you can do for 12")]


def test_a_version_with_an_exercise_of_its_author_is_not_begun(gym: Gym, stranger: User) -> None:
    id, friend = template(gym.device), Gym(client_of(stranger))
    Exercise.objects.filter(pk=PULL_UP).update(owner=gym.device.user, status="draft")
    bench = plan_of((A1, "Push", [entry(BENCH, sets())]), per_week=1)
    ok(gym.device.patch(f"{V1}/templates/{id}", {"weeks": bench, "visibility": "public"}))
    body = {"template_id": id, "template_version": 1, "exercises": [{"exercise_id": BENCH}]}
    assert codes(friend.device.post(f"{V1}/workouts", body)) == [("/template_version", "private")]
    assert codes(friend.device.post(f"{V1}/templates/{id}/start", {"version": 1})) == [("/version", "private")]
    assert not Enrolment.objects.exists()
    assert make(friend, id)["template_version"] == 2


def test_names_in_ones_language(gym: Gym) -> None:
    id = template(gym.device)
    Exercise.objects.get(pk=BENCH).translations.create(language="de", name="Bankdrücken")
    german = gym.device.get(f"{V1}/templates/{id}/next", HTTP_ACCEPT_LANGUAGE="de")
    assert (german.json()["exercises"][0]["name"], german["Content-Language"]) == ("Bankdrücken", "de")


def test_a_client_that_has_it_is_told_so(gym: Gym) -> None:
    id = template(gym.device)
    first = gym.device.get(f"{V1}/templates/{id}/next")
    again = gym.device.get(f"{V1}/templates/{id}/next", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    train(gym, id)
    assert gym.device.get(f"{V1}/templates/{id}/next", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


# ── What it costs ────────────────────────────────────────────────────────────────────────────────


def test_reading_costs_the_same_whatever_was_trained(gym: Gym) -> None:
    one = template(gym.device, plan_of((A1, "One", [entry(BENCH, sets(1))]), per_week=1))
    next_of(gym.device, one)
    with counted() as first:
        next_of(gym.device, one)
    assert len(first) == 4, first  # of which the first asks for the plan, its version and the enrolment
    three = template(gym.device, name="Three")
    for _ in range(3):
        train(gym, three)
    with counted() as later:
        next_of(gym.device, three)
    assert len(later) == 5, later  # and the workouts made from it


def test_making_costs_the_same_whatever_is_made(gym: Gym) -> None:
    one = template(gym.device, plan_of((A1, "One", [entry(BENCH, sets(1))]), per_week=1))
    three = template(gym.device, name="Three")
    costs = []
    for id in (one, three):
        make(gym, id)  # enrols
        with counted() as statements:
            make(gym, id)
        costs.append(len(statements))
    assert costs[0] == costs[1] == 12, costs


@pytest.mark.django_db(transaction=True)
def test_many_at_once_enrol_once(racers: tuple[User, User]) -> None:
    athlete, _ = racers
    gym = Gym(client_of(athlete))
    id, spare = template(gym.device), template(gym.device, name="Spare")
    devices = [client_of(athlete, f"device {number}") for number in range(4)]
    calls: list[Callable[[ApiClient], Any]] = [
        lambda device: device.post(f"{V1}/workouts", {"template_id": id}),
        lambda device: device.post(f"{V1}/templates/{id}/start"),
        lambda device: device.post(f"{V1}/workouts", {"template_id": spare}),
        lambda device: device.delete(f"{V1}/templates/{spare}"),
    ]

    answers = at_once(12, lambda number: calls[number % 4](devices[number % 4]))

    by_call = [{answer.status_code for answer in answers[place::4]} for place in range(4)]
    assert by_call[0] == {201}
    assert by_call[1] <= {200, 201}
    assert by_call[2] <= {201, 422}
    assert by_call[3] <= {204, 404}
    assert Enrolment.objects.filter(template_id=UUID(id), status="active").count() == 1
    assert Enrolment.objects.filter(template_id=UUID(spare), status="active").count() <= 1


# ── Exercises that were merged ───────────────────────────────────────────────────────────────────


def test_the_next_day_is_of_what_stands_for_an_exercise_and_knows_its_whole_history(
    gym: Gym, moderator: User, athlete: User
) -> None:
    flat = Exercise.objects.create(
        slug="flat", name="Flat Press", status="approved", primary_muscles=["chest"], equipment=["barbell"],
        kind="strength",
    )  # fmt: skip
    id = template(gym.device, plan_of((A1, "Push", [entry(str(flat.pk), sets(1), id=BENCH_ENTRY)]), per_week=1))
    ok(gym.device.post(f"{V1}/templates/{id}/start"), 201)
    workout = gym.new(template_id=id)["id"]
    gym.do(workout, "start")
    gym.correct(workout, 0, reps=8, weight="60", weight_unit="kg")
    gym.do(workout, "complete")
    expected = next_of(gym.device, id)["exercises"][0]
    assert expected["sets"][0]["weight"] == "62.5"

    with committed():
        merge_exercises(actor_of(moderator), flat.pk, UUID(BENCH))
    run_jobs()
    shown = next_of(gym.device, id)["exercises"][0]
    assert shown == {**expected, "exercise_id": BENCH, "name": "Bench Press"}
    made = gym.new(template_id=id)
    assert [one["exercise_id"] for one in made["exercises"]] == [BENCH]
    assert sets_of(made)[0]["target"]["weight"] == "62.5"
