"""The linter finds each fault, put one by one into a plan that has none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from templates_app.plan import Day, Load, Plan, PlannedExercise, PrescribedSet, Progression, Rule, Week
from templates_app.planner import CatalogueExercise, Findings, History, PlanRequest, lint
from tests.templates_app.planner.good import REQUEST, good_plan
from workouts.progression.known import Exercise

Catalogue = Sequence[CatalogueExercise]
BySlug = dict[str, CatalogueExercise]


@pytest.fixture(scope="module")
def good(by_slug: BySlug) -> Plan:
    return good_plan(by_slug)


def in_week(plan: Plan, at: int, change: Callable[[Week], Week]) -> Plan:
    weeks = list(plan.weeks)
    weeks[at] = change(weeks[at])
    return Plan(tuple(weeks))


def in_day(plan: Plan, at: int, place: int, change: Callable[[Day], Day]) -> Plan:
    def changed(week: Week) -> Week:
        days = list(week.days)
        days[place] = change(days[place])
        return replace(week, days=tuple(days))

    return in_week(plan, at, changed)


def with_entry(plan: Plan, at: int, place: int, index: int, **values: object) -> Plan:
    def changed(day: Day) -> Day:
        entries = list(day.exercises)
        entries[index] = replace(entries[index], **values)  # type: ignore[arg-type]
        return replace(day, exercises=tuple(entries))

    return in_day(plan, at, place, changed)


def everywhere(plan: Plan, change: Callable[[PlannedExercise], PlannedExercise]) -> Plan:
    return Plan(
        tuple(
            replace(
                week,
                days=tuple(replace(day, exercises=tuple(map(change, day.exercises))) for day in week.days),
            )
            for week in plan.weeks
        )
    )


def working(count: int = 1, **values: object) -> tuple[PrescribedSet, ...]:
    given = {"reps": 8, "load": Load("rir", Decimal(2)), "rest_seconds": 0, **values}
    return (PrescribedSet(**given),) * count  # type: ignore[arg-type]


def refused(findings: Findings) -> list[tuple[str, str | None]]:
    return [(item.code, item.pointer) for item in findings.refusals]


def test_the_plan_to_be_broken_is_good(good: Plan, catalogue: Catalogue) -> None:
    assert lint(good, REQUEST, catalogue, History()) == Findings((), ())


# ── Shape ────────────────────────────────────────────────────────────────────────────────────────


def test_weeks_and_days_are_exactly_those_asked_for(good: Plan, catalogue: Catalogue) -> None:
    assert refused(lint(Plan(good.weeks[:-1]), REQUEST, catalogue, History())) == [("weeks", "")]
    short = in_week(good, 2, lambda week: replace(week, days=week.days[:-1]))
    assert refused(lint(short, REQUEST, catalogue, History())) == [("days", "/2/days")]


def test_an_empty_day_an_unknown_and_a_repeated_exercise_and_too_many_sets(good: Plan, catalogue: Catalogue) -> None:
    first = good.weeks[0].days[0].exercises[0]
    for broken, expected in (
        (in_day(good, 0, 1, lambda day: replace(day, exercises=())), ("empty_day", "/0/days/1")),
        (with_entry(good, 0, 0, 1, exercise_id="nothing"), ("unknown_exercise", "/0/days/0/exercises/1")),
        (with_entry(good, 0, 0, 1, exercise_id=first.exercise_id), ("repeated_exercise", "/0/days/0/exercises/1")),
        (with_entry(good, 0, 0, 0, sets=working(9)), ("set_count", "/0/days/0/exercises/0")),
        (with_entry(good, 0, 0, 0, sets=()), ("set_count", "/0/days/0/exercises/0")),
    ):
        assert refused(lint(broken, REQUEST, catalogue, History())) == [expected]


# ── Permission ───────────────────────────────────────────────────────────────────────────────────


def test_equipment_that_is_not_there(good: Plan, catalogue: Catalogue) -> None:
    without = replace(REQUEST, equipment=REQUEST.equipment - {"cable"})
    found = lint(good, without, catalogue, History()).refusals
    used = [item for item in catalogue if item.id in _all_ids(good) and "cable" in item.equipment]
    assert used
    assert [(item.code, item.text, item.figures) for item in found] == [
        ("equipment", f"{name} needs cable.", {"missing": ["cable"]}) for name in _names(found)
    ]
    assert sorted(_names(found)) == sorted(item.name for item in used)


def _all_ids(plan: Plan) -> set[str]:
    entries = [entry for _, day in plan.days() for entry in day.exercises]
    return {id for entry in entries for id in (entry.exercise_id, *entry.substitutes)}


def _names(found: Sequence[object]) -> list[str]:
    return [str(getattr(item, "text", "")).split(" needs ")[0] for item in found]


@pytest.mark.parametrize("injury", ["knee", "shoulder", "lower_back", "pregnancy"])
def test_what_troubles_an_injury(good: Plan, catalogue: Catalogue, injury: str) -> None:
    hurt = replace(REQUEST, injuries=frozenset({injury}))
    codes = {item.code for item in lint(good, hurt, catalogue, History()).refusals}
    assert "injury" in codes
    assert codes <= {"injury", "effort"}


def test_what_was_to_be_avoided_is_pointed_at_as_a_substitute_too(good: Plan, catalogue: Catalogue) -> None:
    entry = good.weeks[0].days[0].exercises[0]
    by_id = replace(REQUEST, avoid=frozenset({entry.substitutes[0]}))
    assert refused(lint(good, by_id, catalogue, History()))[0] == ("avoided", "/0/days/0/exercises/0/substitutes/0")
    by_muscle = replace(REQUEST, avoid=frozenset({"calves"}))
    codes = {item.code for item in lint(good, by_muscle, catalogue, History()).refusals}
    assert codes == {"avoided"}


def test_cardio_is_no_strength_work_and_a_beginner_does_nothing_advanced(
    good: Plan, catalogue: Catalogue, by_slug: BySlug
) -> None:
    running = with_entry(good, 0, 1, 0, exercise_id=by_slug["running"].id)
    assert ("not_strength", "/0/days/1/exercises/0") in refused(lint(running, REQUEST, catalogue, History()))
    flag = with_entry(good, 0, 1, 5, exercise_id=by_slug["dragon-flag"].id)
    assert refused(lint(flag, REQUEST, catalogue, History())) == []
    novice = replace(REQUEST, level="beginner")
    assert ("skill", "/0/days/1/exercises/5") in refused(lint(flag, novice, catalogue, History()))


# ── Time and distance ────────────────────────────────────────────────────────────────────────────


def test_a_day_that_takes_longer_than_there_is(good: Plan, catalogue: Catalogue) -> None:
    found = lint(good, replace(REQUEST, minutes=45), catalogue, History()).refusals
    assert {item.code for item in found} == {"minutes"}
    assert found[0].figures["allowed"] == 45
    long_rest = with_entry(good, 3, 2, 0, sets=working(4, rest_seconds=900))
    assert ("minutes", "/3/days/2") in refused(lint(long_rest, REQUEST, catalogue, History()))


def test_the_same_exercise_on_consecutive_days(good: Plan, catalogue: Catalogue) -> None:
    calves = good.weeks[0].days[1].exercises[4]
    # Monday and Tuesday follow each other, Tuesday and Thursday do not.
    monday = with_entry(good, 0, 0, 4, exercise_id=calves.exercise_id)
    assert refused(lint(monday, REQUEST, catalogue, History())) == [("neighbouring_days", "/0/days/1/exercises/4")]
    thursday = with_entry(good, 0, 2, 4, exercise_id=calves.exercise_id)
    assert refused(lint(thursday, REQUEST, catalogue, History())) == []


@pytest.mark.parametrize(("sets", "is_hard"), [(2, False), (3, True)])
def test_hard_days_in_a_row(good: Plan, catalogue: Catalogue, by_slug: BySlug, sets: int, is_hard: bool) -> None:
    squats = with_entry(good, 0, 0, 7, exercise_id=by_slug["front-squat"].id, sets=working(sets))
    strong = replace(REQUEST, level="advanced")
    assert refused(lint(squats, strong, catalogue, History())) == ([("hard_days", "/0/days/1")] if is_hard else [])


# ── Dose ─────────────────────────────────────────────────────────────────────────────────────────


def test_more_sets_of_a_muscle_than_are_recovered_from(good: Plan, catalogue: Catalogue, by_slug: BySlug) -> None:
    curls = by_slug["cable-curl"].id
    drowned = good
    for place in (0, 2):
        drowned = with_entry(drowned, 1, place, 7, exercise_id=curls, sets=working(8))
        drowned = with_entry(drowned, 1, place, 6, exercise_id=by_slug["incline-dumbbell-curl"].id, sets=working(8))
    found = [item for item in lint(drowned, REQUEST, catalogue, History()).refusals if item.code == "volume_ceiling"]
    assert [(item.pointer, item.figures["group"], item.figures["most"]) for item in found] == [("/1", "biceps", 22.0)]


@pytest.mark.parametrize(
    ("item", "is_refused"),
    [
        (working(load=Load("rir", Decimal(0))), True),
        (working(load=Load("rir", Decimal(1))), False),
        (working(load=Load("rir", Decimal(5))), True),
        (working(load=Load("rpe", Decimal(10))), True),
        (working(load=Load("rpe", Decimal("8.5"))), False),
        (working(load=Load("rpe", Decimal(5))), True),
        (working(kind="failure"), True),
        (working(kind="warmup", load=Load("rir", Decimal(8))) + working(), False),
    ],
)
def test_effort_between_the_floor_and_four_in_reserve(
    good: Plan, catalogue: Catalogue, item: tuple[PrescribedSet, ...], is_refused: bool
) -> None:
    changed = with_entry(good, 5, 1, 2, sets=item)
    expected = [("effort", "/5/days/1/exercises/2/sets/0")] if is_refused else []
    assert refused(lint(changed, REQUEST, catalogue, History())) == expected


def percent(reps: int, value: str, kind: str = "working") -> tuple[PrescribedSet, ...]:
    return working(kind=kind, reps=reps, load=Load("percent_1rm", Decimal(value)))


def open_set(reps: int, load: Load | None = None) -> tuple[PrescribedSet, ...]:
    return working(kind="amrap", reps=reps, load=load)


TOP = Load("percent_tm", Decimal(95))
HUNDRED_KG = Load("absolute", Decimal(100), "kg")


@pytest.mark.parametrize(
    ("sets", "rule", "refused_at"),
    [
        (percent(12, "100") * 3, "none", [0, 1, 2]),
        (percent(5, "85") * 2, "none", [0, 1]),  # 5.6 repetitions to failure
        (percent(4, "85"), "none", []),
        (percent(5, "55"), "none", []),  # easier than 4 in reserve is no fault of a percentage
        (percent(5, "85", kind="warmup") + percent(4, "85"), "none", []),
        (working(reps=1, load=Load("percent_tm", Decimal(112))), "none", [0]),  # more than the 1RM
        (working(reps=1, load=TOP), "none", []),
        (working(reps=6, load=HUNDRED_KG), "none", [0]),  # of a 1RM of 120 kg
        (working(reps=5, load=HUNDRED_KG), "none", []),
        (open_set(8) * 3, "none", [0, 1, 2]),
        (open_set(8, Load("rir", Decimal(1))), "none", []),
        (open_set(8, Load("rpe", Decimal(10))), "none", [0]),
        (open_set(1, TOP), "none", [0]),
        (working(reps=3, load=TOP) + open_set(1, TOP), "percentage", []),  # the open set that ends a wave
        (open_set(1, TOP) * 3, "percentage", [0, 1]),
    ],
)
def test_effort_is_what_a_share_of_the_1rm_implies_and_none_is_left_of_an_open_set(
    good: Plan, catalogue: Catalogue, sets: tuple[PrescribedSet, ...], rule: Rule, refused_at: list[int]
) -> None:
    lift = good.weeks[5].days[1].exercises[2].exercise_id
    changed = with_entry(good, 5, 1, 2, sets=sets, progression=Progression(rule))
    found = lint(changed, REQUEST, catalogue, History({lift: Decimal(120)})).refusals
    assert [item.pointer for item in found if item.code == "effort"] == [
        f"/5/days/1/exercises/2/sets/{index}" for index in refused_at
    ]


def test_the_effort_of_a_percentage_is_said_in_numbers(good: Plan, catalogue: Catalogue) -> None:
    (found,) = lint(with_entry(good, 5, 1, 2, sets=percent(5, "85")), REQUEST, catalogue, History()).refusals
    assert (found.text, found.figures) == (
        "Leg Extension asks for 5 repetitions with a weight that leaves 0.6 in reserve; 1 at least.",
        {"rir": 0.6, "least": 1, "most": 4},
    )


@pytest.mark.parametrize("injury", ["pregnancy", "high_blood_pressure", "hernia"])
@pytest.mark.parametrize("kind", ["amrap", "failure"])
def test_who_must_not_strain_has_no_open_set(good: Plan, catalogue: Catalogue, injury: str, kind: str) -> None:
    easy = everywhere(good, lambda entry: replace(entry, sets=working(2, load=Load("rir", Decimal(3)))))
    strained = working(kind=kind, load=Load("rir", Decimal(4))) + working(kind=kind, reps=1, load=TOP)
    plan = with_entry(easy, 5, 1, 2, sets=strained, progression=Progression("percentage"))
    spared = replace(REQUEST, injuries=frozenset({injury}))
    found = [item.pointer for item in lint(plan, spared, catalogue, History()).refusals if item.code == "effort"]
    assert found == [f"/5/days/1/exercises/2/sets/{index}" for index in (0, 1)]


def test_who_must_not_strain_keeps_three_in_reserve(good: Plan, catalogue: Catalogue) -> None:
    spared = replace(REQUEST, injuries=frozenset({"hernia"}))
    codes = {item.code for item in lint(good, spared, catalogue, History()).refusals}
    assert codes == {"effort", "injury"}
    easier = everywhere(good, lambda entry: replace(entry, sets=working(2, load=Load("rir", Decimal(3)))))
    assert {item.code for item in lint(easier, spared, catalogue, History()).refusals} == {"injury"}


def test_a_beginner_goes_to_failure_once_an_exercise(good: Plan, catalogue: Catalogue) -> None:
    novice = replace(REQUEST, level="beginner", injuries=frozenset())
    open_ended = PrescribedSet("amrap", reps=5, load=Load("rir", Decimal(2)), rest_seconds=60)
    for sets, level, expected in (
        ((*working(), open_ended), "beginner", []),
        ((*working(), open_ended, open_ended), "beginner", [("failure_sets", "/0/days/0/exercises/0")]),
        ((*working(), open_ended, open_ended), "intermediate", []),
    ):
        found = lint(with_entry(good, 0, 0, 0, sets=sets), replace(novice, level=level), catalogue, History())  # type: ignore[arg-type]
        assert [pair for pair in refused(found) if pair[0] != "volume_ceiling"] == expected


def test_sets_grow_by_a_fifth_at_most(good: Plan, catalogue: Catalogue) -> None:
    def without_last(week: Week) -> Week:
        return replace(week, days=tuple(replace(day, exercises=day.exercises[:-2]) for day in week.days))

    assert refused(lint(in_week(good, 0, without_last), REQUEST, catalogue, History())) == [("growth", "/1")]
    # After an easy week the plan goes on from where it was.
    two_blocks = replace(REQUEST, weeks=12)
    again = Plan((*good.weeks, *(replace(week, number=week.number + 6) for week in good.weeks)))
    assert refused(lint(again, two_blocks, catalogue, History())) == []


# ── Loads ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("load", "progression", "is_refused"),
    [
        (Load("absolute", Decimal(105), "kg"), Progression(), False),
        (Load("absolute", Decimal(106), "kg"), Progression(), True),
        (Load("absolute", Decimal(232), "lb"), Progression(), True),
        (Load("percent_1rm", Decimal(104)), Progression(), False),
        (Load("percent_1rm", Decimal(107)), Progression(), True),
        (Load("percent_tm", Decimal(116)), Progression(), False),
        (Load("percent_tm", Decimal(117)), Progression(), True),
        (Load("percent_tm", Decimal(95)), Progression("percentage", Decimal(20), "kg"), False),
        (Load("percent_tm", Decimal(95)), Progression("percentage", Decimal(25), "kg"), True),
        (Load("rir", Decimal(2)), Progression("linear", Decimal(5), "kg"), False),
        (Load("rir", Decimal(2)), Progression("linear", Decimal(40), "kg"), True),
        (Load("rir", Decimal(2)), Progression("double", Decimal(5), "kg"), False),
        (Load("rpe", Decimal(9)), Progression("double", Decimal(60), "kg"), True),
    ],
)
def test_no_load_beyond_105_percent_of_the_1rm_in_eight_weeks(
    good: Plan, catalogue: Catalogue, by_slug: BySlug, load: Load, progression: Progression, is_refused: bool
) -> None:
    lift = by_slug["seated-dumbbell-calf-raise"]

    def changed(entry: PlannedExercise) -> PlannedExercise:
        return replace(entry, sets=working(3, load=load, reps=5, reps_max=6), progression=progression)

    plan = good
    for at in range(6):
        plan = with_entry(plan, at, 1, 4, exercise_id=lift.id)
        plan = in_day(
            plan,
            at,
            1,
            lambda day: replace(
                day,
                exercises=tuple(changed(entry) if entry.exercise_id == lift.id else entry for entry in day.exercises),
            ),
        )
    # That five repetitions with such a load are no sensible effort either is said of the sets themselves.
    found = lint(plan, REQUEST, catalogue, History({lift.id: Decimal(100)})).refusals
    assert [item.code for item in found if item.code != "effort"] == (["overload"] if is_refused else [])
    assert {item.code for item in lint(plan, REQUEST, catalogue, History()).refusals} <= {"effort"}


def test_a_training_max_rises_with_each_wave_of_a_pass(good: Plan, catalogue: Catalogue, by_slug: BySlug) -> None:
    lift = by_slug["seated-dumbbell-calf-raise"]
    rule = Progression("percentage", Decimal(20), "kg")

    def heaviest(*percents: int) -> str | None:
        plan = good
        for at, percent in enumerate(percents):
            sets = working(3, reps=1, load=Load("percent_tm", Decimal(percent)))
            plan = with_entry(plan, at, 1, 4, exercise_id=lift.id, sets=sets, progression=rule)
        found = lint(plan, REQUEST, catalogue, History({lift.id: Decimal(100)})).refusals
        return next((item.figures["heaviest_kg"] for item in found if item.code == "overload"), None)

    assert heaviest(70, 80, 95, 60, 60, 60) is None  # the next pass begins at 110 kg with 70 %
    assert heaviest(70, 95, 70, 95, 70, 95) == "142.5"  # three waves in a pass, so a fourth: 0.95 × (90 + 3 × 20)


def test_the_usual_step_of_a_load_is_the_one_that_training_takes(catalogue: Catalogue) -> None:
    for exercise in catalogue:
        trained = Exercise(exercise.name, primary_muscles=(exercise.first_muscle or "",), per_hand=exercise.per_hand)
        assert exercise.usual_step("kg") == trained.usual_step("kg"), exercise.name
        assert exercise.first_muscle in exercise.primary_muscles | {None}


def test_the_simulation_adds_the_usual_step(good: Plan, catalogue: Catalogue, by_slug: BySlug) -> None:
    lift = by_slug["lying-leg-curl"]  # one joint, and of the lower body: 5 kg
    entry = good.weeks[0].days[3].exercises[3]
    assert entry.exercise_id == lift.id
    heavy = working(3, reps=1, load=Load("percent_tm", Decimal(100)))
    plan = good
    for at in range(6):
        plan = with_entry(plan, at, 3, 3, sets=heavy, progression=Progression("percentage"))
    for best, expected in ((Decimal(34), []), (Decimal(33), ["overload"])):
        found = lint(plan, REQUEST, catalogue, History({lift.id: best})).refusals
        assert [item.code for item in found] == expected  # 0.9 × 33 + 5 is 105.2 % of 33, with 2.5 it were less


# ── Trade-offs ───────────────────────────────────────────────────────────────────────────────────


def test_too_few_sets_and_too_few_days(good: Plan, catalogue: Catalogue) -> None:
    calves = {item.id for item in catalogue if "calves" in item.primary_muscles | item.secondary_muscles}

    def without_calves(day: Day) -> Day:
        return replace(day, exercises=tuple(entry for entry in day.exercises if entry.exercise_id not in calves))

    once = good
    for at in range(6):
        once = in_day(once, at, 1, without_calves)
    found = lint(once, REQUEST, catalogue, History())
    assert found.refusals == ()
    assert [(item.code, item.text) for item in found.trade_offs] == [
        ("volume_floor", "Calves get 5.5 of 6 sets a week: 4 × 60 minutes."),
        ("frequency", "Trained on one day a week only: calves."),
    ]


def test_one_day_a_week_is_too_few_for_every_muscle(good: Plan, catalogue: Catalogue) -> None:
    once = Plan(tuple(replace(week, days=week.days[:1]) for week in good.weeks))
    found = lint(once, replace(REQUEST, days_per_week=1), catalogue, History())
    assert [(item.text, item.figures) for item in found.trade_offs if item.code == "frequency"] == [
        (
            "Every muscle is trained on one day a week only, as there is one; two serve strength better.",
            {"groups": ["back", "chest", "biceps", "side_rear_delts", "triceps"]},
        )
    ]


def test_pushes_beside_pulls_and_hips_beside_knees(good: Plan, catalogue: Catalogue, by_slug: BySlug) -> None:
    def swapped(pairs: dict[str, str]) -> Plan:
        ids = {by_slug[old].id: by_slug[new].id for old, new in pairs.items()}
        return everywhere(good, lambda entry: replace(entry, exercise_id=ids.get(entry.exercise_id, entry.exercise_id)))

    rows = {"horizontal_pull", "vertical_pull"}
    slugs = {item.slug for item in catalogue if item.id in good.exercise_ids() and item.pattern in rows}
    pushes = ["decline-barbell-bench-press", "push-up", "machine-dip", "knee-push-up"]
    found = lint(swapped(dict(zip(sorted(slugs), pushes, strict=True))), REQUEST, catalogue, History())
    assert "push_pull" in {item.code for item in found.trade_offs}
    curls = {item.slug for item in catalogue if item.id in good.exercise_ids() and item.pattern == "knee_flexion"}
    found = lint(
        swapped(dict(zip(sorted(curls), ["hack-squat", "goblet-squat"], strict=True))), REQUEST, catalogue, History()
    )
    assert "hinge_squat" in {item.code for item in found.trade_offs}


def test_eight_weeks_without_an_easy_one(good: Plan, catalogue: Catalogue) -> None:
    hard = good.weeks[0]
    for weeks, expected in ((7, []), (8, ["easy_week"])):
        plan = Plan(tuple(replace(hard, number=number + 1) for number in range(weeks)))
        found = lint(plan, replace(REQUEST, weeks=weeks), catalogue, History())
        assert (found.refusals, [item.code for item in found.trade_offs]) == ((), expected)


def test_findings_are_json(good: Plan, catalogue: Catalogue) -> None:
    request: PlanRequest = replace(REQUEST, weeks=7)
    assert lint(good, request, catalogue, History()).to_json() == {
        "refusals": [{"code": "weeks", "text": "The plan has 6 weeks of 7.", "pointer": "", "figures": {}}],
        "trade_offs": [],
    }
