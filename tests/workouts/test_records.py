"""Personal records: what a set was better at than everything before it, kept true whatever is corrected."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from exercises.models import Exercise
from fitai.common.models import Event
from tests.cast import client_of
from tests.workouts.conftest import LIBRARY
from tests.workouts.gym import BENCH, CARRY, DIP, PLANK, PULL_UP, RUN, SQUAT, V1, Gym, Json, ok, op, sets_of
from tests.workouts.record_oracle import records
from tests.workouts.strategies import thorough
from workouts.models import Record

pytestmark = pytest.mark.django_db

HEAVY: Json = {"reps": 5, "weight": "100", "weight_unit": "kg"}


def kinds(item: Json) -> dict[str, tuple[str, str | None]]:
    """(value, previous) of each record that a set holds."""
    return {record["kind"]: (record["value"], record["previous"]) for record in item["records"]}


def held(gym: Gym, workout: str) -> list[dict[str, tuple[str, str | None]]]:
    """The records of each set of a workout, from top to bottom."""
    return [kinds(item) for item in sets_of(gym.see(workout))]


def table(user: User) -> dict[tuple[str, str], Any]:
    """The records as they are stored, by set and kind."""
    rows = Record.objects.filter(user=user).values_list(
        "set_id", "kind", "exercise_id", "key", "value", "previous", "workout_id", "performed_at"
    )
    return {
        (str(set_id), kind): (str(exercise_id), key, value, previous, str(workout_id), began)
        for set_id, kind, exercise_id, key, value, previous, workout_id, began in rows
    }


def from_scratch(user: User) -> dict[tuple[str, str], Any]:
    """The records of everything this person ever did, worked out from what the API shows."""
    gym = Gym(client_of(user))
    workouts = []
    for listed in ok(gym.device.get(f"{V1}/workouts?limit=100"))["results"]:
        made = ok(gym.device.get(f"{V1}/workouts/{listed['id']}/events?limit=1"))["results"][0]["at"]
        workouts.append((made, gym.see(listed["id"])))
    return dict(records(workouts, LIBRARY))


def assert_true(user: User) -> None:
    """The stored records are those of a computation from scratch."""
    assert table(user) == from_scratch(user)


# ── What is a record ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("exercise", "first", "second", "expected"),
    [
        (
            BENCH,
            HEAVY,
            {"reps": 5, "weight": "102.5", "weight_unit": "kg"},
            {
                "weight": ("102.5", "100"),
                "reps_at_weight": ("5", None),
                "e1rm": ("119.58", "116.67"),
                "set_volume": ("512.5", "500"),
            },
        ),
        (
            BENCH,
            {**HEAVY, "rpe": 8},
            {**HEAVY, "reps": 6, "rir": 1},
            {"reps_at_weight": ("6", "5"), "set_volume": ("600", "500")},  # 7 to failure both times
        ),
        (BENCH, HEAVY, {"reps": 1, "weight": "120", "weight_unit": "kg"}, "single"),
        (BENCH, {**HEAVY, "reps": 20}, {**HEAVY, "reps": 13}, {}),
        (BENCH, {**HEAVY, "kind": "drop"}, {**HEAVY, "kind": "failure"}, {}),
        (BENCH, {"reps": 5, "weight": "225", "weight_unit": "lb"}, {"reps": 5, "weight": "102.058"}, {}),
        (PULL_UP, {"reps": 8}, {"reps": 9}, {"reps_at_weight": ("9", "8")}),
        (
            DIP,
            {"reps": 8, "assistance": 20, "weight_unit": "kg"},
            {"reps": 6, "assistance": 10, "weight_unit": "kg"},
            {"reps_at_weight": ("6", None)},
        ),
        (PLANK, {"duration_seconds": 60}, {"duration_seconds": 61}, {"time": ("61", "60")}),
        (
            RUN,
            {"distance": 5, "distance_unit": "km", "duration_seconds": 1500},
            {"distance": 5, "distance_unit": "km", "duration_seconds": 1400},
            {"pace": ("280", "300")},
        ),
        (
            RUN,
            {"distance": 50, "duration_seconds": 10},
            {"distance": 60, "duration_seconds": 9},
            {"distance": ("60", "50")},
        ),
        (
            CARRY,
            {"weight": 40, "duration_seconds": 30},
            {"weight": 50, "duration_seconds": 20},
            {"weight": ("50", "40")},
        ),
    ],
)
def test_a_better_set_holds_the_records_it_took(
    gym: Gym, exercise: str, first: Json, second: Json, expected: Any
) -> None:
    before = gym.whole("2026-03-02T18:00", first, exercise=exercise)
    workout = gym.train()

    logged = gym.log(workout, exercise, **second)

    if expected == "single":
        expected = {"weight": ("120", "100"), "reps_at_weight": ("1", None), "e1rm": ("120", "116.67")}
    fallen = {kind: values for kind, values in kinds(logged).items() if kind != "workout_volume"}
    assert fallen == expected
    assert held(gym, workout) == [kinds(logged)]
    assert held(gym, before["id"])[0].keys() >= fallen.keys() - {"reps_at_weight"}
    assert_true(gym.device.user)


@pytest.mark.parametrize(
    "fields",
    [
        {**HEAVY, "kind": "warmup"},
        {**HEAVY, "completed": False},
        {"notes": "only a thought"},
        {"reps": 0, "weight": "100"},
    ],
)
def test_warm_ups_and_plans_hold_no_record_and_stop_none(gym: Gym, fields: Json) -> None:
    workout = gym.train()
    logged = gym.log(workout, **fields)
    assert logged["records"] == []
    after = gym.log(workout, reps=1, weight="20", weight_unit="kg")
    assert kinds(after)["weight"] == ("20", None)
    assert_true(gym.device.user)


def test_as_good_is_not_better(gym: Gym) -> None:
    workout = gym.train()
    gym.log(workout, **HEAVY)
    again = gym.log(workout, **HEAVY)
    assert again["records"] == []
    assert_true(gym.device.user)


def test_the_volume_of_a_workout_is_one_record_of_its_total(gym: Gym) -> None:
    gym.whole("2026-03-02T18:00", HEAVY, HEAVY)
    workout = gym.train()
    for _ in range(4):
        gym.log(workout, reps=5, weight="90", weight_unit="kg")
    assert [found.get("workout_volume") for found in held(gym, workout)] == [None, None, ("1800", "1000"), None]
    assert_true(gym.device.user)


def test_records_are_of_one_person_and_one_exercise(gym: Gym, stranger: User) -> None:
    Gym(client_of(stranger)).whole("2026-03-02T18:00", {**HEAVY, "weight": "200"})
    gym.whole("2026-03-02T18:00", {**HEAVY, "weight": "150"}, exercise=SQUAT)
    logged = gym.log(gym.train(), BENCH, **HEAVY)
    assert kinds(logged)["weight"] == ("100", None)
    assert_true(stranger)


# ── Units, ties, bodies, hands ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("100", "kg"), ("220.462", "lb")),  # 99.99988 kg, to the gram 100
        (("225", "lb"), ("102.058", "kg")),
        (("45.36", "kg"), ("100.001", "lb")),  # 45.36039
    ],
)
def test_the_same_weight_in_another_unit_is_a_tie(gym: Gym, first: tuple[str, str], second: tuple[str, str]) -> None:
    """To the gram, as it is shown; and repetitions go on at it."""
    workout = gym.train()
    gym.log(workout, reps=5, weight=first[0], weight_unit=first[1])
    tie = gym.log(workout, reps=5, weight=second[0], weight_unit=second[1])
    more = gym.log(workout, reps=6, weight=second[0], weight_unit=second[1])
    assert kinds(tie) == {}
    assert kinds(more)["reps_at_weight"] == ("6", "5")
    assert "weight" not in kinds(more)
    assert_true(gym.device.user)


def test_a_gram_more_is_more(gym: Gym) -> None:
    workout = gym.train()
    gym.log(workout, reps=5, weight="60.1", weight_unit="kg")
    heavier = gym.log(workout, reps=5, weight="132.5", weight_unit="lb")
    assert kinds(heavier)["weight"] == ("60.101", "60.1")
    assert_true(gym.device.user)


def test_a_change_of_the_unit_alone_is_another_weight(gym: Gym) -> None:
    workout = gym.train()
    gym.log(workout, reps=5, weight="60", weight_unit="kg")
    slip = gym.log(workout, reps=5, weight="100", weight_unit="kg")
    gym.correct(workout, slip["id"], weight_unit="lb")
    assert [found.get("weight") for found in held(gym, workout)] == [("60", None), None]
    assert_true(gym.device.user)


def test_a_tie_takes_over_when_who_was_first_goes(gym: Gym) -> None:
    early = gym.whole("2026-03-02T18:00", HEAVY, HEAVY)["id"]
    late = gym.whole("2026-03-03T18:00", HEAVY)["id"]
    assert [found.get("weight") for found in held(gym, early) + held(gym, late)] == [("100", None), None, None]

    gym.drop(early, 0)
    assert held(gym, early)[0]["weight"] == ("100", None)
    gym.drop(early, 0)
    assert held(gym, late)[0]["weight"] == ("100", None)
    assert_true(gym.device.user)


def test_a_tie_entered_afterwards_for_an_earlier_day_was_first(gym: Gym) -> None:
    late = gym.whole("2026-03-03T18:00", HEAVY)["id"]
    early = gym.whole("2026-03-02T18:00", HEAVY)["id"]
    assert (held(gym, late), held(gym, early)[0]["weight"]) == ([{}], ("100", None))
    assert_true(gym.device.user)


def test_less_help_is_more_load(gym: Gym) -> None:
    """Assistance turns around: the less of it, the better, in either unit, and never below nothing."""
    workout = gym.train(name="Dips")
    ok(gym.device.patch(f"{V1}/workouts/{workout}", {"body_weight": 80, "body_weight_unit": "kg"}))
    steps: list[tuple[Json, tuple[str, str | None] | None]] = [
        ({"assistance": 90, "weight_unit": "kg"}, None),  # carried wholly: no load, no record of it
        ({"assistance": 20, "weight_unit": "kg"}, ("60", None)),
        ({"assistance": 25, "weight_unit": "kg"}, None),
        ({"assistance": "44.092", "weight_unit": "lb"}, None),  # 20 kg
        ({"assistance": "22.046", "weight_unit": "lb"}, ("70", "60")),
        ({"weight": 5, "weight_unit": "kg"}, ("85", "70")),
    ]
    logged = [gym.log(workout, DIP, reps=6, **fields) for fields, _ in steps]
    assert [kinds(item).get("weight") for item in logged] == [expected for _, expected in steps]
    assert_true(gym.device.user)


def test_who_weighs_less_moves_less(gym: Gym) -> None:
    """The body counts as it was on the day; setting it right, and taking it away, sets later records right."""
    days = [gym.whole(f"2026-03-0{day}T18:00", {"reps": 8, "weight": 10}, exercise=PULL_UP)["id"] for day in (1, 2, 3)]
    for workout, weight, unit in zip(days, ("80", "172", "79.5"), ("kg", "lb", "kg"), strict=True):
        ok(gym.device.patch(f"{V1}/workouts/{workout}", {"body_weight": weight, "body_weight_unit": unit}))
    first, second, third = (held(gym, workout)[0].get("weight") for workout in days)
    assert (first, second, third) == (("86", None), None, None)  # 0.95 of 80, of 78.018 and of 79.5 kg, and 10

    ok(gym.device.patch(f"{V1}/workouts/{days[0]}", {"body_weight": "76"}))
    assert [held(gym, workout)[0].get("weight") for workout in days] == [
        ("82.2", None),
        ("84.117", "82.2"),
        ("85.525", "84.117"),
    ]
    ok(gym.device.patch(f"{V1}/workouts/{days[2]}", {"body_weight": None}))
    assert held(gym, days[2])[0].get("weight") is None
    assert_true(gym.device.user)


def test_what_is_held_in_each_hand_is_written_once(gym: Gym) -> None:
    """Two dumbbells of 30 kg are 30 kg, for the record, the estimate and the volume: as it is written on them."""
    Exercise.objects.filter(pk=BENCH).update(per_hand=True)
    workout = gym.train()
    logged = gym.log(workout, BENCH, reps=10, weight=30, weight_unit="kg")
    values = {kind: value for kind, (value, _) in kinds(logged).items()}
    assert values == {
        "weight": "30",
        "reps_at_weight": "10",
        "e1rm": "40",
        "set_volume": "300",
        "workout_volume": "300",
    }
    assert gym.see(workout)["totals"]["volume_kg"] == "300"
    assert_true(gym.device.user)


# ── Withdrawn, and given to whom they belong ─────────────────────────────────────────────────────


def test_a_correction_withdraws_and_a_deletion_passes_on(gym: Gym) -> None:
    workout = gym.train()
    first = gym.log(workout, reps=5, weight="100", weight_unit="kg")
    typo = gym.log(workout, reps=5, weight="1050", weight_unit="kg")
    last = gym.log(workout, reps=5, weight="102.5", weight_unit="kg")
    assert (kinds(typo)["weight"], kinds(last).get("weight")) == (("1050", "100"), None)

    corrected = gym.correct(workout, typo["id"], weight="105")
    assert kinds(corrected)["weight"] == ("105", "100")
    gym.correct(workout, typo["id"], weight="95")
    assert [found.get("weight") for found in held(gym, workout)] == [("100", None), None, ("102.5", "100")]

    gone = gym.drop(workout, first["id"])
    assert {record["kind"] for record in gone["records"]} >= {"weight", "e1rm", "set_volume"}
    assert [found.get("weight") for found in held(gym, workout)] == [("95", None), ("102.5", "95")]
    assert_true(gym.device.user)


@pytest.mark.parametrize("how", ["delete", "remove exercise", "replace exercise", "warm-up", "not done"])
def test_what_no_longer_counts_holds_nothing_anywhere(gym: Gym, how: str) -> None:
    early = gym.whole("2026-03-02T18:00", {**HEAVY, "weight": "110"})["id"]
    late = gym.whole("2026-03-04T18:00", HEAVY)["id"]
    assert "weight" not in held(gym, late)[0]

    device, path = gym.device, f"{V1}/workouts/{early}"
    {
        "delete": lambda: device.delete(path),
        "remove exercise": lambda: device.delete(f"{path}/exercise/0"),
        "replace exercise": lambda: device.put(f"{path}/exercise/0", {"exercise_id": SQUAT}),
        "warm-up": lambda: device.put(f"{path}/set/0", {"kind": "warmup"}),
        "not done": lambda: device.put(f"{path}/set/0", {"completed": False}),
    }[how]()

    assert held(gym, late)[0]["weight"] == ("100", None)
    assert_true(gym.device.user)
    if how == "delete":
        gym.do(early, "restore")
        assert "weight" not in held(gym, late)[0]
        assert held(gym, early)[0]["weight"] == ("110", None)
        assert_true(gym.device.user)


def test_history_entered_out_of_order_gives_the_same_records(gym: Gym, stranger: User) -> None:
    days = {
        day: {"reps": 5, "weight": str(weight), "weight_unit": "kg"}
        for day, weight in {1: 80, 2: 100, 3: 90, 4: 100, 5: 110}.items()
    }
    other = Gym(client_of(stranger))
    ordered = {day: gym.whole(f"2026-03-0{day}T18:00", days[day])["id"] for day in (1, 2, 3, 4, 5)}
    mixed = {day: other.whole(f"2026-03-0{day}T18:00", days[day])["id"] for day in (4, 5, 1, 3, 2)}
    assert [held(gym, ordered[day]) for day in days] == [held(other, mixed[day]) for day in days]
    assert [found[0].get("weight") for found in (held(gym, ordered[day]) for day in days)] == [
        ("80", None),
        ("100", "80"),
        None,
        None,
        ("110", "100"),
    ]
    assert_true(gym.device.user)
    assert_true(stranger)


def test_sets_entered_as_a_whole_are_judged_in_their_order(gym: Gym) -> None:
    weights = ["60", "70", "65", "80", "90", "90", "100"]
    workout = gym.whole("2026-03-02T18:00", *({**HEAVY, "weight": weight} for weight in weights))["id"]
    assert [found.get("weight") for found in held(gym, workout)] == [
        ("60", None),
        ("70", "60"),
        None,
        ("80", "70"),
        ("90", "80"),
        None,
        ("100", "90"),
    ]
    assert_true(gym.device.user)


def test_moving_an_exercise_moves_what_its_sets_beat(gym: Gym) -> None:
    tree = [{"exercise_id": BENCH, "sets": [{**HEAVY, "weight": weight}]} for weight in ("60", "70")]
    began, ended = "2026-03-02T18:00:00Z", "2026-03-02T19:00:00Z"
    workout = gym.new(started_at=began, ended_at=ended, exercises=tree)
    assert [found.get("weight") for found in held(gym, workout["id"])] == [("60", None), ("70", "60")]
    order = [entry["id"] for entry in workout["exercises"]][::-1]
    ok(gym.device.post(f"{V1}/workouts/{workout['id']}/exercises/reorder", {"order": order}))
    assert [found.get("weight") for found in held(gym, workout["id"])] == [("70", None), None]
    assert_true(gym.device.user)


def test_the_body_weight_is_part_of_the_load(gym: Gym) -> None:
    first = gym.train()
    gym.log(first, PULL_UP, reps=5, weight=10, weight_unit="kg")
    assert held(gym, first)[0]["weight"] == ("10", None)

    ok(gym.device.patch(f"{V1}/workouts/{first}", {"body_weight": 80, "body_weight_unit": "kg"}))
    assert held(gym, first)[0]["weight"] == ("86", None)
    assert held(gym, first)[0]["set_volume"] == ("430", None)
    second = gym.train()
    ok(gym.device.patch(f"{V1}/workouts/{second}", {"body_weight": 78, "body_weight_unit": "kg"}))
    heavier = gym.log(second, PULL_UP, reps=5, weight=12.5, weight_unit="kg")
    assert kinds(heavier)["weight"] == ("86.6", "86")
    ok(gym.device.patch(f"{V1}/workouts/{first}", {"body_weight": 84}))
    assert "weight" not in held(gym, second)[0]
    assert_true(gym.device.user)


def test_a_workout_that_turns_out_to_have_begun_later_gives_way(gym: Gym) -> None:
    """Sets were logged while it was planned; its start moves it behind a workout in between."""
    planned = gym.new()["id"]
    gym.log(planned, **HEAVY)
    gym.log(planned, PULL_UP, reps=5)
    between = gym.train()
    gym.do(planned, "start")

    gym.log(between, reps=5, weight="90", weight_unit="kg")

    assert held(gym, between)[0]["weight"] == ("90", None)
    assert held(gym, planned)[0]["weight"] == ("100", "90")
    assert_true(gym.device.user)


def test_a_set_edited_from_an_offline_device_is_judged_in_its_place(gym: Gym) -> None:
    workout = gym.whole("2026-03-02T18:00", HEAVY)["id"]
    later = gym.whole("2026-03-03T18:00", {**HEAVY, "weight": "105"})["id"]
    now = timezone.now().isoformat()
    gym.send(workout, op("set.update", now, id=sets_of(gym.see(workout))[0]["id"], weight="120"))
    assert "weight" not in held(gym, later)[0]
    assert_true(gym.device.user)


# ── Who is told ──────────────────────────────────────────────────────────────────────────────────


def test_devices_are_told_of_records_won_and_lost(gym: Gym) -> None:
    workout = gym.train()
    logged = gym.log(workout, PLANK, duration_seconds=60)
    gym.log(workout, PLANK, duration_seconds=30)
    gym.drop(workout, logged["id"])

    events = Event.objects.filter(stream=f"user:{gym.device.user.pk}", type="records").order_by("seq")
    told = [(event.seq, event.payload) for event in events]
    kept = sets_of(gym.see(workout))[0]["id"]
    record = {"exercise_id": PLANK, "workout_id": workout, "kind": "time", "previous": None}
    assert told == [
        (1, {"workout_id": workout, "won": [{**record, "set_id": logged["id"], "value": "60"}], "lost": []}),
        (
            2,
            {
                "workout_id": workout,
                "won": [{**record, "set_id": kept, "value": "30"}],
                "lost": [{**record, "set_id": logged["id"], "value": "60"}],
            },
        ),
    ]


def test_the_version_of_another_workout_changes_with_its_records(gym: Gym) -> None:
    late = gym.whole("2026-03-04T18:00", HEAVY)["id"]
    unaffected = gym.whole("2026-03-05T18:00", HEAVY, exercise=SQUAT)["id"]
    tags = {id: gym.device.get(f"{V1}/workouts/{id}")["ETag"] for id in (late, unaffected)}
    gym.whole("2026-03-02T18:00", {**HEAVY, "weight": "110"})
    again = {id: gym.device.get(f"{V1}/workouts/{id}", headers={"If-None-Match": tags[id]}) for id in tags}
    assert (again[late].status_code, again[unaffected].status_code) == (200, 304)


def test_a_set_without_records_tells_nobody(gym: Gym) -> None:
    workout = gym.train()
    gym.log(workout, **HEAVY)
    stream = Event.objects.filter(stream=f"user:{gym.device.user.pk}")
    before = stream.count()
    gym.log(workout, reps=5, weight="60", weight_unit="kg", kind="warmup")
    gym.correct(workout, 0, notes="felt good")
    assert stream.count() == before


# ── Any history ──────────────────────────────────────────────────────────────────────────────────

a_set = st.fixed_dictionaries(
    {"reps": st.integers(0, 14), "kind": st.sampled_from(["working", "working", "warmup", "amrap"])},
    optional={
        "weight": st.sampled_from(["60", "100", "100", "102.058", "220.462", "225"]),
        "assistance": st.sampled_from(["20", "44.092"]),
        "weight_unit": st.sampled_from(["kg", "lb"]),
        "rpe": st.sampled_from(["7", "8.5", "10"]),
        "duration_seconds": st.integers(0, 90),
        "distance": st.sampled_from(["400", "1.5"]),
        "distance_unit": st.sampled_from(["m", "km", "mi"]),
        "completed": st.just(False),
    },
)
an_exercise = st.sampled_from([BENCH, BENCH, PULL_UP, DIP, PLANK, RUN, CARRY])
a_step = st.one_of(
    st.tuples(st.just("whole"), st.integers(1, 9), an_exercise, st.lists(a_set, max_size=3)),
    st.tuples(st.just("plan"), an_exercise, a_set),
    st.tuples(st.just("start"), st.integers(0, 9)),
    st.tuples(st.just("log"), st.integers(0, 9), an_exercise, a_set),
    st.tuples(st.just("log"), st.integers(0, 9), an_exercise, a_set),
    st.tuples(st.just("correct"), st.integers(0, 9), st.integers(0, 5), a_set),
    st.tuples(st.just("drop"), st.integers(0, 9), st.integers(0, 5)),
    st.tuples(st.just("weigh"), st.integers(0, 9), st.sampled_from([(70, "kg"), (80, "kg"), (170, "lb"), None])),
    st.tuples(st.just("swap"), st.integers(0, 9), an_exercise),
    st.tuples(st.just("delete"), st.integers(0, 9)),
    st.tuples(st.just("restore"), st.integers(0, 9)),
    st.tuples(st.just("begin earlier"), st.integers(0, 9), st.integers(1, 9)),
)


def play(gym: Gym, made: list[str], step: Any) -> None:
    """One thing that somebody does to her history; what is not possible is refused and changes nothing."""
    name, device = step[0], gym.device
    if name == "whole":
        made.append(gym.whole(f"2026-03-0{step[1]}T18:00", *step[3], exercise=step[2])["id"])
        return
    if name == "plan":
        made.append(gym.new()["id"])
        gym.log(made[-1], step[1], **step[2])
        return
    if not made:
        return
    workout = made[step[1] % len(made)]
    path = f"{V1}/workouts/{workout}"
    if name == "start":
        device.post(f"{path}/start")
    elif name == "log":
        device.post(f"{path}/sets", {"exercise_id": step[2], **step[3]})
    elif name == "correct":
        device.put(f"{path}/set/{step[2]}", step[3])
    elif name == "drop":
        device.delete(f"{path}/set/{step[2]}")
    elif name == "weigh":
        value, unit = step[2] or (None, None)
        device.patch(path, {"body_weight": value, "body_weight_unit": unit})
    elif name == "swap":
        device.put(f"{path}/exercise/0", {"exercise_id": step[2]})
    elif name == "delete":
        device.delete(path)
    elif name == "restore":
        device.post(f"{path}/restore")
    elif name == "begin earlier":
        moment = f"2026-03-0{step[2]}T12:00:00Z"
        late = op("workout.start", moment)
        device.post(f"{path}/ops", {"sent_at": timezone.now().isoformat(), "ops": [late]})


@given(steps=st.lists(a_step, min_size=2, max_size=14))
@settings(thorough(8, soak=1500), suppress_health_check=list(HealthCheck))
def test_records_are_those_of_the_whole_history_whatever_was_done_to_it(gym: Gym, steps: list[Any]) -> None:
    with transaction.atomic():
        made: list[str] = []
        for step in steps:
            play(gym, made, step)
        assert_true(gym.device.user)
        transaction.set_rollback(True)
