"""Why a plan is as it is, in sentences for whoever trains by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from templates_app.plan import Plan, Rule
from templates_app.planner.build import Entry, Layout
from templates_app.planner.catalogue import (
    CatalogueExercise,
    avoided,
    complaints,
    is_permitted,
    is_too_hard,
    missing_equipment,
    trains,
)
from templates_app.planner.columns import Style, style
from templates_app.planner.lint.reading import worked
from templates_app.planner.merits import uses_training_max
from templates_app.planner.mesocycle import plan_weeks, reserve
from templates_app.planner.prescription import is_spared
from templates_app.planner.request import Goal, History, PlanRequest, Split
from templates_app.planner.statement import Statement, listed, number, spoken
from templates_app.planner.timing import SWITCH_SECONDS, day_seconds
from templates_app.planner.volume import group_name, group_of
from templates_app.planner.week import WEEKDAY_NAMES, WEEKDAYS

TIGHT: Final = 0.8
"""Share of the minutes from which on time is what a plan lacks (ours)."""
TITLES: Final[dict[Goal, str]] = {
    "strength": "Strength",
    "hypertrophy": "Muscle",
    "endurance": "Muscular endurance",
    "power": "Power",
    "general": "All-round fitness",
    "fat_loss": "Fat loss",
}
SPLIT_NAMES: Final[dict[Split, str]] = {
    "full_body": "full body",
    "upper_lower": "upper and lower body",
    "push_pull_legs": "push, pull, legs",
    "body_part": "body parts",
}
_WHY_SPLIT: Final[dict[Split, str]] = {
    "full_body": "the whole body each day, so that every muscle is trained as often as there are days",
    "upper_lower": "upper and lower body in turn, so that each is trained twice or more and rests between",
    "push_pull_legs": "what pushes, what pulls and the legs on days of their own, which leaves room for more exercises",
    "body_part": "a day for each part of the body, as you wished; each is trained about once a week",
}
_WHY_STYLE: Final[dict[Style, str]] = {
    "straight": "Every exercise is finished before the next begins, with full rests.",
    "superset": "Time is short: opposite movements take turns, so that one rests while the other works.",
    "circuit": "Most of it goes round in circuits with short breaks, which keeps the heart working.",
}

_WHY_REPS: Final[dict[Goal, str]] = {
    "strength": "few and heavy for the big lifts, since strength grows most from heavy loads (ACSM 2026)",
    "hypertrophy": "muscle grows alike from 5 to 30, and these are the least tiresome",
    "endurance": "many light ones, as a muscle learns to last by lasting",
    "power": "few, so that each is fast",
    "general": "heavy enough to get stronger by, light enough to be done well",
    "fat_loss": "heavy enough to keep the muscle while weight goes, light enough to keep moving",
}
_WHY_SPARED_REPS: Final = "so many that no weight is heavy enough to make you strain"
_WHY_RESTS: Final[dict[Goal, str]] = {
    "strength": "long after heavy sets, so that the next is as good, shorter after small lifts",
    "hypertrophy": "long enough to do the next set well, shorter after small lifts",
    "endurance": "short, so that you learn to go on tired",
    "power": "long, so that the next set is as fast",
    "general": "enough to do the next set well",
    "fat_loss": "short, so that the heart keeps working",
}
_WHY_SHORT_RESTS: Final = "short, so that the heart keeps working; what worked rests while the rest goes on"
_WHY_RULE: Final[dict[Rule, str]] = {
    "linear": "Add weight each time all repetitions were done: who is new to a lift grows that fast.",
    "double": "First the repetitions climb to the top of their range, then the weight: small steps that light weights"
    " allow, too.",
    "percentage": "The training max goes up after each wave that was done, so that heavy weeks stay possible.",
    "none": "Holds, jumps and the like stay as they are: there it is how well they are done that grows.",
}


def plan_name(request: PlanRequest, split: Split) -> str:
    days = "1 day" if request.days_per_week == 1 else f"{request.days_per_week} days"
    return f"{TITLES[request.goal]}: {SPLIT_NAMES[split]}, {days} × {request.minutes} min"


def explain(
    plan: Plan,
    layout: Layout,
    split: Split,
    request: PlanRequest,
    catalogue: dict[str, CatalogueExercise],
    history: History,
) -> list[Statement]:
    """The reason of every choice: the week, effort, repetitions, sets, rests, progression, time, then each exercise of
    the first week."""
    return [
        *_week(split, request),
        *_effort(plan, layout, request),
        *_dose(plan, request),
        *_progression(plan),
        *_minutes(plan, request, catalogue),
        *_caution(request),
        *_exercises(layout, request, history, catalogue),
    ]


def _week(split: Split, request: PlanRequest) -> Iterator[Statement]:
    because = "you wished for it" if request.split else _WHY_SPLIT[split]
    days = [WEEKDAY_NAMES[day] for day in WEEKDAYS[request.days_per_week]]
    yield Statement("split", f"{SPLIT_NAMES[split].capitalize()}: {because}.", None, {"split": split})
    if request.days_per_week < 7:
        yield Statement("schedule", f"Meant for {listed(days)}, or any days as far apart.", None, {"days": days})
    yield Statement("style", _WHY_STYLE[style(request)])


def _effort(plan: Plan, layout: Layout, request: PlanRequest) -> Iterator[Statement]:
    weeks = plan_weeks(request)
    hard = [reserve(week, "assist", request) for week in weeks if not week.is_easy]
    first, last = max(hard), min(hard)
    stop = f"Stop each set when {first} more good repetitions would have gone"
    stop += "." if first == last else f"; in the hardest week, when {last} would have."
    yield Statement(
        "effort",
        f"{stop} People tend to have about one more left than they think (Halperin 2022).",
        None,
        {"rir": [first, last]},
    )
    easy = [week.number for week in weeks if week.is_easy]
    if easy:
        name = "Week" if len(easy) == 1 else "Weeks"
        numbers = listed([str(item) for item in easy])
        verb = "is" if len(easy) == 1 else "are"
        yield Statement(
            "easy_weeks",
            f"{name} {numbers} {verb} easy: fewer sets, more in reserve. Coaches agree on one every 4 to 8 weeks"
            " (Bell 2023); no trial has shown how often is best.",
            None,
            {"weeks": easy},
        )
    if any(e.choice.column.role == "main" and uses_training_max(e.exercise, request) for d in layout.days for e in d):
        yield Statement(
            "waves",
            "The barbell lifts go in waves over a training max of 90 % of the 1RM: fives, threes, then a heavy single"
            " in the last hard week. The last set is open: stop with one repetition left. If you know no 1RM, a set of"
            " 3 to 5 that was hard gives an estimate.",
        )


def _dose(plan: Plan, request: PlanRequest) -> Iterator[Statement]:
    """Repetitions, sets and rests of the first week."""
    entries = [entry for day in plan.weeks[0].days for entry in day.exercises]
    sets = [item for entry in entries for item in worked(entry)]
    reps = [count for item in sets if item.reps for count in (item.reps, item.reps_max or item.reps)]
    if reps:
        why = _WHY_SPARED_REPS if is_spared(request) else _WHY_REPS[request.goal]
        yield Statement("reps", f"{_span(reps)} repetitions a set: {why}.", None, {"reps": [min(reps), max(reps)]})
    counts = [len(worked(entry)) for entry in entries]
    text = (
        f"{_span(counts)} sets of an exercise, {len(sets)} in the first week: what brings each muscle to its weekly"
        " lower bound and beyond it, as far as time and recovery allow. Each further set adds less (Pelland 2024)."
    )
    yield Statement("sets", text, None, {"sets": [min(counts), max(counts)], "weekly": len(sets)})
    rests = [item.rest_seconds for item in sets if (item.rest_seconds or 0) > SWITCH_SECONDS]
    found = [seconds for seconds in rests if seconds is not None]
    if found:
        why = _WHY_SHORT_RESTS if style(request) == "circuit" else _WHY_RESTS[request.goal]
        yield Statement(
            "rests", f"Rests of {_span(found)} s: {why} (ACSM 2009).", None, {"seconds": [min(found), max(found)]}
        )


def _progression(plan: Plan) -> Iterator[Statement]:
    """How it gets harder."""
    used = {entry.progression.rule for _, day in plan.days() for entry in day.exercises}
    rules = [rule for rule in _WHY_RULE if rule in used]
    yield Statement("progression", " ".join(_WHY_RULE[rule] for rule in rules), None, {"rules": rules})


def _span(numbers: Sequence[int]) -> str:
    """ "6", or "6 to 15"."""
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"


def _minutes(plan: Plan, request: PlanRequest, catalogue: dict[str, CatalogueExercise]) -> Iterator[Statement]:
    spent = max(day_seconds(day, catalogue, request.minutes) for _, day in plan.days())
    minutes = -(-spent // 60)
    text = f"The longest day takes about {minutes} of your {request.minutes} minutes, warm-up and rests included."
    if minutes < 0.7 * request.minutes:
        text += " More sets than this would hardly add to what you recover from."
    yield Statement("minutes", text, None, {"longest": minutes, "allowed": request.minutes})


def _caution(request: PlanRequest) -> Iterator[Statement]:
    if "pregnancy" in request.injuries:
        yield Statement(
            "caution",
            "Have your midwife or doctor agree first. Breathe out on the effort, stay able to talk, stop with bleeding,"
            " pain, dizziness or contractions. Nothing is done flat on the back for long or on the belly.",
        )
    if "high_blood_pressure" in request.injuries:
        yield Statement(
            "caution",
            "Have your doctor agree first. Never hold your breath; stop a set before you must strain, and stop for the"
            " day with headache, dizziness or chest pain.",
        )
    if "hernia" in request.injuries:
        yield Statement("caution", "Have your doctor agree first. Never strain against a held breath.")
    hurting = sorted(request.injuries - {"pregnancy", "high_blood_pressure", "hernia"})
    if hurting:
        text = f"Exercises known to trouble the {listed([spoken(item) for item in hurting])} are left out."
        yield Statement("injuries", f"{text} What hurts all the same, leave out too.", None, {"injuries": hurting})


def _exercises(
    layout: Layout, request: PlanRequest, history: History, catalogue: dict[str, CatalogueExercise]
) -> Iterator[Statement]:
    for day, entries in enumerate(layout.days):
        for place, entry in enumerate(entries):
            yield Statement(
                "exercise",
                f"{entry.exercise.name}: {_reason(entry, request, history, catalogue)}.",
                f"/0/days/{day}/exercises/{place}",
                {"exercise_id": entry.exercise.id, "sets": entry.choice.sets},
            )


def _reason(entry: Entry, request: PlanRequest, history: History, catalogue: dict[str, CatalogueExercise]) -> str:
    exercise, role = entry.exercise, entry.choice.column.role
    groups = list(dict.fromkeys(group_of(m) for m in sorted(exercise.primary_muscles)))
    aims = listed([group_name(group) for group in groups if group]) or spoken(exercise.pattern)
    parts = {
        "explosive": f"fast, while you are fresh; for {aims}",
        "main": f"the day is built around it; for {aims}, and it can grow harder for a long time",
        "assist": f"for {aims}, with other muscles helping",
        "isolate": f"aimed at {aims}, at little cost to recovery",
        "core": f"for the {aims}" if aims == "trunk" else f"for {aims}",
    }
    words = [parts[role]]
    if exercise.id in request.like:
        words.append("you like it")
    elif liked := sorted(exercise.primary_muscles & request.like):
        words.append(f"you want more for your {listed([spoken(item) for item in liked])}")
    if exercise.id in history.e1rm_kg and exercise.is_weighted:
        words.append(f"your 1RM is about {number(float(round(history.e1rm_kg[exercise.id], 1)))} kg")
    lighter = [catalogue[id] for id in exercise.easier if id in catalogue and exercise.tracking == "reps"]
    easier = sorted(item.name for item in lighter if is_permitted(item, request))
    if easier and request.level == "beginner":
        words.append(f"easier: {easier[0]}")
    if entry.choice.column.scheme.tempo:
        words.append("3 seconds down, because the body alone is light")
    return "; ".join(words)


def unmet_wishes(plan: Plan, request: PlanRequest, catalogue: Sequence[CatalogueExercise]) -> Iterator[Statement]:
    """Liked exercises that are not in the plan, and why."""
    used = plan.exercise_ids()
    for exercise in sorted(catalogue, key=lambda item: (item.slug, item.id)):
        if exercise.id not in request.like or exercise.id in used:
            continue
        if not trains(exercise):
            why = f"it is {exercise.kind}; do it on other days or after training"
        elif missing := missing_equipment(exercise, request.equipment):
            why = f"it needs {listed([spoken(item) for item in missing])}"
        elif against := complaints(exercise, request.injuries):
            why = f"better not with: {listed([spoken(item) for item in against])}"
        elif avoided(exercise, request.avoid):
            why = "you wished to avoid it or what it trains"
        elif is_too_hard(exercise, request.level):
            why = f"it is for {exercise.difficulty} lifters"
        else:
            why = "other wishes and the muscles that the goal names first took its place"
        yield Statement("wish", f"{exercise.name} is not in the plan: {why}.", None, {"exercise_id": exercise.id})


def causes(
    trade_offs: Sequence[Statement],
    plan: Plan,
    usable: Sequence[CatalogueExercise],
    request: PlanRequest,
    catalogue: dict[str, CatalogueExercise],
) -> Iterator[Statement]:
    """The same trade-offs; where a muscle is short for another reason than time, with that reason."""
    spent = sum(day_seconds(day, catalogue, request.minutes) for day in plan.weeks[0].days)
    is_time_short = spent > TIGHT * request.minutes * 60 * len(plan.weeks[0].days)
    for item in trade_offs:
        if item.code != "volume_floor":
            yield item
            continue
        direct = [one for one in usable if item.figures["group"] in {group_of(m) for m in one.primary_muscles}]
        if not direct:
            cause, words = "no_exercise", "nothing that you have at hand and may do is made for it"
        elif is_time_short:
            yield Statement(item.code, item.text, item.pointer, {**item.figures, "cause": "time"})
            continue
        else:
            names = listed(sorted({one.name for one in direct})[:3], "or")
            cause, words = "limits", f"only {names} would do, and other rules leave no more room for it"
            if len(direct) > 3:
                words = "the bounds of other muscles and the rest between days leave no more room for it"
        text = f"{item.text.rsplit(':', 1)[0]}: {words}."
        yield Statement(item.code, text, item.pointer, {**item.figures, "cause": cause})
