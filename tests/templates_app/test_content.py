"""What a template may say. Every rule is broken here once, and pointed at."""

from itertools import product
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest

from accounts.enums import Experience, TrainingGoal
from fitai.values.schema import Problem
from templates_app import plan
from templates_app.content import CHANGES, MAX_SETS_A_DAY, NEW, canonical, give_ids, named_exercises
from templates_app.enums import LoadType, Rule, SetKind
from templates_app.plan import Plan, PlannedExercise
from tests.templates_app.plans import kept_rule, kept_set
from workouts.core import operations
from workouts.progression.place import reference

BENCH, ROW = "0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7"
OWNER = UUID("01890000-0000-7000-8000-00000000e001")
Json = dict[str, Any]


def body(**values: Any) -> Json:
    return {"name": "Plan", "goal": "strength", "level": "beginner", "weeks": [week()], **values}


def week(*days: Json, **values: Any) -> Json:
    return {"days": list(days or [day()]), **values}


def day(*entries: Json, **values: Any) -> Json:
    return {"name": "Push", "exercises": list(entries or [entry()]), **values}


def entry(*sets: Json, **values: Any) -> Json:
    return {"exercise_id": BENCH, "sets": list(sets or [{"reps": 5}]), **values}


def faults(said: Json) -> list[tuple[str, str]]:
    errors: list[Problem] = []
    NEW.parse(said, "", errors)
    return [(error["pointer"], error["code"]) for error in errors]


def read(said: Json) -> Json:
    errors: list[Problem] = []
    found = NEW.parse(said, "", errors)
    assert errors == []
    return canonical(found)


SET = "/weeks/0/days/0/exercises/0/sets/0"
ENTRY = "/weeks/0/days/0/exercises/0"


def of_set(**values: Any) -> Json:
    return body(weeks=[week(day(entry({"reps": 5, **values})))])


def of_load(type: str, **values: Any) -> Json:
    return of_set(load={"type": type, **values})


def of_entry(*sets: Json, **values: Any) -> Json:
    return body(weeks=[week(day(entry(*sets, **values)))])


def of_rule(rule: str, *sets: Json, **values: Any) -> Json:
    return of_entry(*sets, progression={"rule": rule, **values})


class TestCanonical:
    def test_everything_that_was_said_is_kept_in_one_form(self) -> None:
        day_id, entry_id = str(uuid4()), str(uuid4())
        said = body(
            name="  Plan  ",
            description="",
            tags=["PPL ", "ppl", "Gym"],
            weeks=[
                week(
                    day(
                        entry(
                            {
                                "kind": "amrap",
                                "reps": 5.0,
                                "load": {"type": "percent_tm", "value": 85.50},
                                "rest_seconds": 180,
                                "tempo": "3-1-X-0",
                            },
                            {"seconds": 30, "distance": "400.50"},
                            {"reps": 8, "reps_max": 12, "load": {"type": "absolute", "value": "1E+2", "unit": "lb"}},
                            id=entry_id.upper(),
                            superset=1,
                            substitutes=[ROW.upper()],
                            progression={"rule": "linear", "increment": 2.50, "unit": "kg", "stall_after": 2},
                        ),
                        id=day_id,
                        name=" Push ",
                    ),
                    number=1,
                )
            ],
        )
        found = read(said)
        assert found == {
            "name": "Plan",
            "description": None,
            "goal": "strength",
            "level": "beginner",
            "tags": ["ppl", "gym"],
            "weeks": [
                {
                    "number": 1,
                    "days": [
                        {
                            "id": day_id,
                            "name": "Push",
                            "exercises": [
                                {
                                    "id": entry_id,
                                    "exercise_id": BENCH,
                                    "superset": 1,
                                    "substitutes": [ROW],
                                    "progression": kept_rule(rule="linear", increment="2.5", unit="kg", stall_after=2),
                                    "sets": [
                                        kept_set(
                                            kind="amrap",
                                            reps=5,
                                            load={"type": "percent_tm", "value": "85.5", "unit": None},
                                            rest_seconds=180,
                                            tempo="3-1-X-0",
                                        ),
                                        kept_set(seconds=30, distance="400.5"),
                                        kept_set(
                                            reps=8,
                                            reps_max=12,
                                            load={"type": "absolute", "value": "100", "unit": "lb"},
                                        ),
                                    ],
                                }
                            ],
                        }
                    ],
                }
            ],
        }
        assert Plan.from_json(found["weeks"]).to_json() == found["weeks"]
        assert list(named_exercises(found["weeks"])) == [
            (f"{ENTRY}/exercise_id", BENCH),
            (f"{ENTRY}/substitutes/0", ROW),
        ]

    def test_what_was_left_out_is_said_as_the_plan_says_it(self) -> None:
        found = read(body(weeks=[week(day(entry({"reps": 5}, {"kind": "failure"})))]))
        give_ids(OWNER, found["weeks"])
        assert Plan.from_json(found["weeks"]).to_json() == found["weeks"]
        kept = found["weeks"][0]["days"][0]["exercises"][0]
        assert kept["progression"] == kept_rule()
        assert kept["sets"] == [kept_set(reps=5), kept_set(kind="failure")]
        assert read(of_entry(progression=None, substitutes=None, superset=None)) == read(of_entry())

    def test_the_words_are_those_of_the_plan(self) -> None:
        assert set(SetKind.values) == set(get_args(plan.SetKind))
        assert set(LoadType.values) == set(get_args(plan.LoadType))
        assert set(Rule.values) == set(get_args(plan.Rule))


class TestIds:
    def test_the_same_plan_without_ids_has_the_same_ones(self) -> None:
        found = [read(body(weeks=[week(day(entry(), entry())), week()]))["weeks"] for _ in range(2)]
        for weeks in found:
            give_ids(OWNER, weeks)
        assert found[0] == found[1]
        ids = [node["id"] for one in found[0] for day in one["days"] for node in (day, *day["exercises"])]
        assert len(set(ids)) == 5
        give_ids(uuid4(), other := read(body(weeks=[week(day(entry(), entry())), week()]))["weeks"])
        assert other[0]["days"][0]["id"] not in ids

    def test_a_made_id_never_meets_a_chosen_one(self) -> None:
        give_ids(OWNER, first := read(body())["weeks"])
        moved = first[0]["days"][0]  # was at the first place, where a new day stands now
        give_ids(OWNER, second := read(body(weeks=[week(day(), moved)]))["weeks"])
        ids = [node["id"] for one in second[0]["days"] for node in (one, *one["exercises"])]
        assert second[0]["days"][1] == moved
        assert len(set(ids)) == 4


@pytest.mark.parametrize(
    "said",
    [
        of_load("absolute", value="1500", unit="kg"),
        of_load("absolute", value=0, unit="kg"),
        of_load("percent_1rm", value=150),
        of_load("rpe", value=8.5),
        of_load("rir", value=0),
        of_load("bodyweight", value=None, unit=None),
        of_set(reps_max=5),
        of_rule("linear", increment="2.5", unit="kg"),
        of_rule("double", {"reps": 8, "reps_max": 12}),
        of_rule("percentage", {"reps": 5, "load": {"type": "percent_1rm", "value": 75}}),
        body(weeks=[week()] * 52),
        body(weeks=[week(*[day()] * 7)]),
        body(weeks=[week(day(*[entry()] * 40))]),
        of_entry(*[{"reps": 1}] * 50),
        body(weeks=[week(*[day(*[entry(*[{"reps": 1}] * 50)] * 10)] * 6)]),
        body(tags=None, visibility="public", id=str(uuid4())),
    ],
)
def test_what_is_allowed(said: Json) -> None:
    assert faults(said) == []


TOO_MUCH = body(weeks=[week(*[day(*[entry(*[{"reps": 1}] * 50)] * 10)] * 6), week()])
A, B = str(uuid4()), str(uuid4())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], [("", "invalid")]),
        ({}, [("/name", "required"), ("/goal", "required"), ("/level", "required"), ("/weeks", "required")]),
        (body(name=" "), [("/name", "blank")]),
        (body(name="x" * 121), [("/name", "max_length")]),
        (body(name=None), [("/name", "invalid")]),
        (body(description="x" * 2001), [("/description", "max_length")]),
        (body(goal="size"), [("/goal", "invalid_choice")]),
        (body(level="expert"), [("/level", "invalid_choice")]),
        (body(visibility="friends"), [("/visibility", "not_supported")]),
        (body(visibility="link"), [("/visibility", "not_supported")]),
        (body(visibility="all"), [("/visibility", "invalid_choice")]),
        (body(tags=["x" * 41, "", 5]), [("/tags/0", "max_length"), ("/tags/1", "blank"), ("/tags/2", "invalid")]),
        (body(tags=["x"] * 21), [("/tags", "max_items")]),
        (body(version=3, author="me", owner="me"), [
            ("/version", "read_only"), ("/author", "read_only"), ("/owner", "unknown_field"),
        ]),
        (body(id="7"), [("/id", "invalid")]),
        (body(weeks=[]), [("/weeks", "min_items")]),
        (body(weeks=[week()] * 53), [("/weeks", "max_items")]),
        (body(weeks=[{"days": []}]), [("/weeks/0/days", "min_items")]),
        (body(weeks=[week(*[day()] * 8)]), [("/weeks/0/days", "max_items")]),
        (body(weeks=[week(number=2)]), [("/weeks/0/number", "invalid")]),
        (body(weeks=[week(), week(number=1)]), [("/weeks/1/number", "invalid")]),
        (body(weeks=[week({"name": "", "exercises": []})]), [
            ("/weeks/0/days/0/name", "blank"), ("/weeks/0/days/0/exercises", "min_items"),
        ]),
        (body(weeks=[week(day(*[entry()] * 41))]), [("/weeks/0/days/0/exercises", "max_items")]),
        (of_entry(*[{"reps": 1}] * 51), [(f"{ENTRY}/sets", "max_items")]),
        (body(weeks=[week(day(), day(*[entry(*[{"reps": 1}] * 50)] * 10, entry(), entry()))]), [
            ("/weeks/0/days/1/exercises/10/sets", "max_items"),
        ]),
        (TOO_MUCH, [("/weeks/1/days/0/exercises/0/sets", "max_items")]),
        (body(weeks=[week(day(entry(id=A), id=A)), week(day(id=B)), week(day(id=B))]), [
            ("/weeks/0/days/0/exercises/0/id", "duplicate"), ("/weeks/2/days/0/id", "duplicate"),
        ]),
        (body(weeks=[week(day({"sets": [{}]}))]), [
            (f"{SET}/reps", "required"), (f"{ENTRY}/exercise_id", "required"),
        ]),
        (of_entry(exercise_id="bench"), [(f"{ENTRY}/exercise_id", "invalid")]),
        (of_entry(superset=100), [(f"{ENTRY}/superset", "max_value")]),
        (of_entry(notes="slow"), [(f"{ENTRY}/notes", "unknown_field")]),
        (of_entry(substitutes=[ROW, BENCH, ROW]), [
            (f"{ENTRY}/substitutes/1", "duplicate"), (f"{ENTRY}/substitutes/2", "duplicate"),
        ]),
        (of_set(reps=0), [(f"{SET}/reps", "min_value")]),
        (of_set(reps=2.5), [(f"{SET}/reps", "invalid")]),
        (of_set(reps=None), [(f"{SET}/reps", "required")]),
        (of_set(reps_max=4), [(f"{SET}/reps_max", "min_value")]),
        (of_set(reps=None, reps_max=4), [(f"{SET}/reps_max", "min_value"), (f"{SET}/reps", "required")]),
        (of_set(kind="heavy"), [(f"{SET}/kind", "invalid_choice")]),
        (of_set(seconds=0, distance=0), [(f"{SET}/seconds", "min_value"), (f"{SET}/distance", "min_value")]),
        (of_set(distance="0.0001"), [(f"{SET}/distance", "max_decimal_places")]),
        (of_set(rest_seconds=7201), [(f"{SET}/rest_seconds", "max_value")]),
        (of_set(tempo="3-1-0"), [(f"{SET}/tempo", "invalid")]),
        (of_set(tempo="3-1-1-0\n"), [(f"{SET}/tempo", "invalid")]),
        (of_set(load=[]), [(f"{SET}/load", "invalid")]),
        (of_set(load={}), [(f"{SET}/load/type", "required")]),
        (of_load("kg", value=3), [(f"{SET}/load/type", "invalid_choice")]),
        (of_load("absolute"), [(f"{SET}/load/value", "required"), (f"{SET}/load/unit", "required")]),
        (of_load("absolute", value="1500.1", unit="kg"), [(f"{SET}/load/value", "max_value")]),
        (of_load("absolute", value=-1, unit="kg"), [(f"{SET}/load/value", "min_value")]),
        (of_load("percent_tm", value=0), [(f"{SET}/load/value", "min_value")]),
        (of_load("percent_1rm", value="150.01"), [(f"{SET}/load/value", "max_value")]),
        (of_load("percent_1rm", value="70.001"), [(f"{SET}/load/value", "invalid")]),
        (of_load("percent_1rm", value=70, unit="kg"), [(f"{SET}/load/unit", "invalid")]),
        (of_load("rpe", value=8.25), [(f"{SET}/load/value", "invalid")]),
        (of_load("rpe", value=10.5), [(f"{SET}/load/value", "max_value")]),
        (of_load("rir", value=1.5), [(f"{SET}/load/value", "invalid")]),
        (of_load("bodyweight", value=80), [(f"{SET}/load/value", "invalid")]),
        (of_rule("apre"), [(f"{ENTRY}/progression/rule", "not_supported")]),
        (of_rule("faster"), [(f"{ENTRY}/progression/rule", "invalid_choice")]),
        (of_rule("linear", increment="2.5"), [(f"{ENTRY}/progression/unit", "required")]),
        (of_rule("linear", unit="kg"), [(f"{ENTRY}/progression/increment", "required")]),
        (of_rule("linear", increment=0, unit="kg"), [(f"{ENTRY}/progression/increment", "min_value")]),
        (of_rule("linear", stall_after=0, deload_percent=51), [
            (f"{ENTRY}/progression/stall_after", "min_value"), (f"{ENTRY}/progression/deload_percent", "max_value"),
        ]),
        (of_rule("double", {"reps": 8, "reps_max": 8}), [(f"{ENTRY}/progression/rule", "invalid")]),
        (of_rule("double", {"reps": 8, "reps_max": 9, "kind": "warmup"}, {"reps": 8}), [
            (f"{ENTRY}/progression/rule", "invalid"),
        ]),
        (of_rule("double", {"reps": 5}, {"reps": 8, "reps_max": 12, "kind": "backoff"}), [
            (f"{ENTRY}/progression/rule", "invalid"),
        ]),
        (of_rule("double", {"reps": 8}, {"reps": 8, "reps_max": 12}), [(f"{ENTRY}/progression/rule", "invalid")]),
        (of_rule("double", {"reps": 5, "kind": "warmup"}), [(f"{ENTRY}/progression/rule", "invalid")]),
        (of_rule("percentage", {"reps": 8, "load": {"type": "rpe", "value": 8}}), [
            (f"{ENTRY}/progression/rule", "invalid"),
        ]),
    ],
)  # fmt: skip
def test_what_is_refused(said: Any, expected: list[tuple[str, str]]) -> None:
    assert faults(said) == expected


def test_a_day_holds_what_a_workout_holds() -> None:
    assert MAX_SETS_A_DAY == operations.MAX_SETS


def test_double_progression_is_for_the_set_that_an_exercise_progresses_by() -> None:
    for *kinds, place in product(SetKind.values, SetKind.values, SetKind.values, range(3)):
        sets: list[Json] = [{"reps": 5, "kind": kind} for kind in kinds]
        sets[place]["reps_max"] = 8
        main = reference(PlannedExercise.from_json({"id": "", "exercise_id": BENCH, "sets": sets}))
        climbs = main is not None and main.reps_max == 8
        assert (faults(of_rule("double", *sets)) == []) == climbs


def test_a_change_needs_nothing_and_never_has_an_id() -> None:
    errors: list[Problem] = []
    assert CHANGES.parse({"name": "New"}, "", errors) == {"name": "New"}
    CHANGES.parse({"id": A}, "", errors)
    assert [(error["pointer"], error["code"]) for error in errors] == [("/id", "read_only")]


def test_goals_and_levels_are_those_of_people() -> None:
    for goal in TrainingGoal.values:
        for level in Experience.values:
            assert faults(body(goal=goal, level=level)) == []
