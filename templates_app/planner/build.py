"""From what the solver chose to a whole plan: order, supersets, weeks, loads, rests, progression, substitutes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid5

from fitai.science.strength import TRAINING_MAX
from templates_app.plan import Day, Load, LoadType, Plan, PlannedExercise, PrescribedSet, Progression, Rule, Week
from templates_app.planner.catalogue import CatalogueExercise
from templates_app.planner.columns import FAMILIES, PAIRED_REST, WARM_UP_REST, round_rest, style, warm_ups
from templates_app.planner.merits import merit, roles, uses_training_max
from templates_app.planner.mesocycle import (
    GROWING,
    WEEKLY_GROWTH,
    PlanWeek,
    plan_weeks,
    reserve,
    wave,
)
from templates_app.planner.model import DAY_SETS, halves
from templates_app.planner.prescription import ROLES
from templates_app.planner.request import History, PlanRequest
from templates_app.planner.search import Choice
from templates_app.planner.timing import SWITCH_SECONDS, warm_up_seconds
from templates_app.planner.volume import CEILINGS, DAY_CEILING, ceiling, goal_floors, liked_floors
from templates_app.planner.week import CORE, HIP, KNEE, LEGS, PULL, PUSH, Theme

NAMESPACE: Final = UUID("0c3a7f0e-5d0b-5a39-9b53-7f5f2f1c8a64")
SUBSTITUTES: Final = 3
MOST_SETS: Final = 5
"""Sets of one exercise on one day at most, growth included (ours)."""
EASY_SHARE: Final = 0.6
"""Of the sets of an exercise that are left in an easy week (Bell 2023: sets are cut first; how far is ours)."""
LIGHT: Final = Decimal("0.1")
GENTLE: Final = Decimal("0.05")
"""A step beyond a tenth of what somebody can lift once is too much for them; a twentieth takes its place (ours)."""
GROWTH_MARGIN: Final = 120
"""Seconds of a day that stay free when sets are added."""

_ORDER: Final = (
    "jump olympic ballistic squat hinge horizontal_push vertical_push horizontal_pull vertical_pull lunge "
    "hip_extension knee_extension knee_flexion chest_fly shoulder_extension rear_fly shoulder_raise shrug "
    "hip_abduction hip_adduction elbow_extension elbow_flexion grip wrist_flexion wrist_extension calf_raise "
    "ankle_dorsiflexion neck carry core_flexion core_rotation core_antiextension core_lateral_flexion "
)
"""Patterns in the order of training within a role."""
VOLUME_FIVES: Final = 80
"""Percent of a training max up to which the second day of a lift is done in fives."""
_WARM_UP_PERCENT: Final = (Decimal(40), Decimal(55), Decimal(65))
_WARM_UP_WAVE: Final = (Decimal(40), Decimal(50), Decimal(60))


@dataclass(frozen=True, slots=True)
class Entry:
    """A chosen exercise in its place: `superset` as in the plan, `rest` after each of its sets.

    `is_repeat`: a day before it in the week is built around the same lift. `is_warm`: so is something before it that
    day that warms up the same half of the body.
    """

    choice: Choice
    superset: int | None
    rest: int
    is_repeat: bool = False
    is_warm: bool = False

    @property
    def exercise(self) -> CatalogueExercise:
        return self.choice.column.exercise


@dataclass(frozen=True, slots=True)
class Layout:
    """The week that repeats: names of its days and their entries in order."""

    names: tuple[str, ...]
    days: tuple[tuple[Entry, ...], ...]


def lay_out(choices: Sequence[Choice], week: Sequence[Theme], request: PlanRequest) -> Layout:
    """Days in order, lifts in the order of training."""
    days = [_ordered([c for c in choices if c.column.day == day], day, request) for day in range(len(week))]
    met: set[str] = set()
    for place, entries in enumerate(days):
        days[place] = [
            replace(entry, is_repeat=entry.exercise.id in met, is_warm=_is_warm(entry, entries[:index]))
            for index, entry in enumerate(entries)
        ]
        met |= {entry.exercise.id for entry in entries if entry.choice.column.role == "main"}
    return Layout(_names(week, days), tuple(tuple(day) for day in days))


def _is_warm(entry: Entry, before: Sequence[Entry]) -> bool:
    legs = entry.exercise.pattern in LEGS
    return any(
        other.choice.column.role == "main" and (other.exercise.pattern in LEGS) == legs and other.exercise.is_weighted
        for other in before
    )


def _ordered(choices: list[Choice], day: int, request: PlanRequest) -> list[Entry]:
    def place(choice: Choice) -> tuple[int, int, str]:
        column = choice.column
        return ROLES.index(column.role), _ORDER.find(f"{column.exercise.pattern} "), column.exercise.slug

    choices = sorted(choices, key=place)
    straight = [choice for choice in choices if choice.column.form == "straight"]
    early = [c for c in straight if c.column.role in {"explosive", "main", "assist"}]
    late = [c for c in straight if c.column.role in {"isolate", "core"}]
    blocks: list[Entry] = []
    number = 0
    for first, second in FAMILIES:
        paired = [choice for choice in choices if choice.column.form == "paired"]
        ones = [choice for choice in paired if choice.column.exercise.pattern in first]
        others = [choice for choice in paired if choice.column.exercise.pattern in second]
        for one, other in zip(ones, others, strict=True):
            number += 1
            blocks += [Entry(one, number, SWITCH_SECONDS), Entry(other, number, PAIRED_REST)]
    circuit = _interleaved([choice for choice in choices if choice.column.form == "circuit"])
    if circuit:
        number += 1
        blocks += [Entry(choice, number, SWITCH_SECONDS) for choice in circuit[:-1]]
        blocks.append(Entry(circuit[-1], number, round_rest(request)))
    alone: Callable[[Choice], Entry] = lambda choice: Entry(choice, None, choice.column.scheme.rest)  # noqa: E731
    return [*map(alone, early), *blocks, *map(alone, late)]


def _interleaved(circuit: list[Choice]) -> list[Choice]:
    """Legs, push, pull, trunk in turn, so that what worked rests while the circuit goes on."""
    regions = [KNEE | HIP | LEGS, PUSH, PULL, CORE]
    piles = [[c for c in circuit if c.column.exercise.pattern in region] for region in regions]
    piles.append([c for c in circuit if not any(c in pile for pile in piles)])
    turns = []
    while any(piles):
        turns += [pile.pop(0) for pile in piles if pile]
    return turns


def _names(week: Sequence[Theme], days: Sequence[Sequence[Entry]]) -> tuple[str, ...]:
    patterns = {entry.exercise.pattern for day in days for entry in day} - CORE
    whole = {"Full body": "Full body"}
    if not patterns & LEGS:
        whole = {"Full body": "Upper body", "Easy full body": "Easy upper body"}
    elif not patterns - LEGS:
        whole = {"Full body": "Lower body", "Easy full body": "Easy lower body"}
    plain = [whole.get(theme.name, theme.name) for theme in week]
    letters = "ABCDEFG"
    return tuple(
        name if plain.count(name) == 1 else f"{name} {letters[plain[:place].count(name)]}"
        for place, name in enumerate(plain)
    )


def build(
    layout: Layout,
    usable: Sequence[CatalogueExercise],
    request: PlanRequest,
    history: History,
) -> Plan:
    """All weeks. Ids are a function of the request and the place, so the same request gives the same bytes."""
    digest = request.digest()
    weeks = []
    growth: list[tuple[int, int]] = _growth(layout, request) if request.goal in GROWING else []
    substitutes = {
        (day, place): _substitutes(entry, entries, usable, request, history)
        for day, entries in enumerate(layout.days)
        for place, entry in enumerate(entries)
    }
    for week in plan_weeks(request):
        days = []
        for day, entries in enumerate(layout.days):
            exercises = []
            for place, entry in enumerate(entries):
                count = entry.choice.sets + growth[: _added(week, layout)].count((day, place))
                exercises.append(
                    PlannedExercise(
                        id=str(uuid5(NAMESPACE, f"{digest}/{week.number}/{day}/{place}")),
                        exercise_id=entry.exercise.id,
                        sets=_sets(entry, count, week, request),
                        superset=entry.superset,
                        substitutes=substitutes[day, place],
                        progression=_progression(entry, request, history),
                    )
                )
            id = str(uuid5(NAMESPACE, f"{digest}/{week.number}/{day}"))
            days.append(Day(id, layout.names[day], tuple(exercises)))
        weeks.append(Week(week.number, tuple(days)))
    return Plan(tuple(weeks))


# ── Sets ────────────────────────────────────────────────────────────────────────────────────────


def _added(week: PlanWeek, layout: Layout) -> int:
    """How many sets more than in the first week of a block."""
    if week.is_easy:
        return 0
    total = sum(entry.choice.sets for entries in layout.days for entry in entries)
    return int(total * WEEKLY_GROWTH) * week.step


def _growth(layout: Layout, request: PlanRequest) -> list[tuple[int, int]]:
    """(day, place) of the sets that a block adds, in order, as far as every ceiling and the minutes allow."""
    if request.level == "beginner" or style(request) != "straight":
        return []
    counts = {(d, p): entry.choice.sets for d, day in enumerate(layout.days) for p, entry in enumerate(day)}
    entry_at = {(d, p): entry for d, day in enumerate(layout.days) for p, entry in enumerate(day)}
    seconds = [
        warm_up_seconds(request.minutes)
        + sum(entry.choice.column.fixed + entry.choice.column.each * entry.choice.sets for entry in day)
        for day in layout.days
    ]
    wanted = {group for group, (_, rank) in goal_floors(request).items() if rank <= 2} | liked_floors(request).keys()
    added: list[tuple[int, int]] = []
    while len(added) < len(counts):
        open_places = [
            at
            for at, entry in entry_at.items()
            if at not in added
            and entry.choice.column.role in {"assist", "isolate", "main"}
            and counts[at] < (4 if entry.choice.column.role == "isolate" else MOST_SETS)
            and any(halves(entry.choice.column, group) == 2 for group in wanted)
            and seconds[at[0]] + entry.choice.column.each + GROWTH_MARGIN <= request.minutes * 60
            and sum(count for (day, _), count in counts.items() if day == at[0]) < DAY_SETS[request.level]
            and _has_room(at, counts, entry_at, request)
        ]
        if not open_places:
            return added
        by_day = {day: sum(1 for at in added if at[0] == day) for day in range(len(layout.days))}
        best = min(open_places, key=lambda at: (by_day[at[0]], counts[at], at))
        added.append(best)
        counts[best] += 1
        seconds[best[0]] += entry_at[best].choice.column.each
    return added


def _has_room(
    at: tuple[int, int],
    counts: dict[tuple[int, int], int],
    entry_at: dict[tuple[int, int], Entry],
    request: PlanRequest,
) -> bool:
    for group in CEILINGS:
        gives = halves(entry_at[at].choice.column, group)
        if not gives:
            continue
        given = {place: halves(entry.choice.column, group) * counts[place] for place, entry in entry_at.items()}
        if sum(given.values()) + gives > 2 * ceiling(group, request.level):
            return False
        if sum(sets for (day, _), sets in given.items() if day == at[0]) + gives > 2 * DAY_CEILING:
            return False
    return True


def _sets(entry: Entry, count: int, week: PlanWeek, request: PlanRequest) -> tuple[PrescribedSet, ...]:
    column = entry.choice.column
    if column.role == "main" and uses_training_max(column.exercise, request):
        if week.is_easy:
            return tuple(_wave_sets(entry, count, week))
        sets = _volume_sets(entry, count, week) if entry.is_repeat else _wave_sets(entry, count, week)
        return (*_warm_up(entry, request, is_wave=True), *sets)
    if week.is_easy:
        count = max(round(count * EASY_SHARE), 1)
    return (*_warm_up(entry, request, is_wave=False), *([_working(entry, week, request)] * count))


def _warm_up(entry: Entry, request: PlanRequest, *, is_wave: bool) -> list[PrescribedSet]:
    column = entry.choice.column
    percents = _WARM_UP_WAVE if is_wave else _WARM_UP_PERCENT
    kind: LoadType = "percent_tm" if is_wave else "percent_1rm"
    steps = list(zip(warm_ups(column.exercise, column.role, request), percents, strict=False))
    return [
        PrescribedSet("warmup", reps=reps, load=Load(kind, percent), rest_seconds=WARM_UP_REST)
        for reps, percent in (steps[-1:] if entry.is_warm else steps)
    ]


def _wave_sets(entry: Entry, count: int, week: PlanWeek) -> list[PrescribedSet]:
    steps = wave(week)
    top = len(steps) - 1
    sets = [
        PrescribedSet(
            kind="amrap" if place == top and not week.is_easy else "working",
            reps=reps,
            load=Load("percent_tm", percent),
            rest_seconds=entry.rest,
        )
        for place, (reps, percent) in enumerate(steps)
    ]
    if not week.is_easy:
        light = Load("percent_tm", steps[0][1])
        sets += [PrescribedSet("backoff", reps=5, load=light, rest_seconds=entry.rest)] * (count - len(sets))
    return sets


def _volume_sets(entry: Entry, count: int, week: PlanWeek) -> list[PrescribedSet]:
    """The second day of a lift in a week: sets across, a tenth under the top set of the first."""
    percent = wave(week)[-1][1] - 10
    reps = 5 if percent <= VOLUME_FIVES else 3
    return [PrescribedSet(reps=reps, load=Load("percent_tm", percent), rest_seconds=entry.rest)] * count


def _working(entry: Entry, week: PlanWeek, request: PlanRequest) -> PrescribedSet:
    column, exercise = entry.choice.column, entry.exercise
    plan = column.scheme
    effort = Load("rir", Decimal(reserve(week, column.role, request)))
    if exercise.is_timed:
        seconds = plan.low + round((plan.high - plan.low) * week.ease / 5) * 5 if not week.is_easy else plan.low
        load = effort if exercise.is_weighted else Load("bodyweight")
        return PrescribedSet(seconds=seconds, load=load, rest_seconds=entry.rest)
    is_jump = column.role == "explosive" and exercise.tracking == "reps"
    return PrescribedSet(
        reps=plan.low,
        reps_max=plan.high if plan.high > plan.low else None,
        load=Load("bodyweight") if is_jump else effort,
        rest_seconds=entry.rest,
        tempo="-".join(map(str, plan.tempo)) if plan.tempo else None,
    )


# ── Progression and substitutes ─────────────────────────────────────────────────────────────────


def _progression(entry: Entry, request: PlanRequest, history: History) -> Progression:
    column, exercise = entry.choice.column, entry.exercise
    known = history.e1rm_kg.get(exercise.id)
    if column.role == "main" and uses_training_max(exercise, request):
        return _stepped("percentage", None if known is None else known * TRAINING_MAX, exercise)
    if exercise.is_timed or (
        column.role == "explosive" and (exercise.tracking == "reps" or exercise.kind == "plyometric")
    ):
        return Progression("none")
    rule: Rule = "double" if column.scheme.high > column.scheme.low else "linear"
    return _stepped(rule, known if exercise.is_weighted else None, exercise)


def _stepped(rule: Rule, known: Decimal | None, exercise: CatalogueExercise) -> Progression:
    """A rule with a step that fits a maximum. The usual one is not written down: it depends on the unit that somebody
    lifts in, 5 kg or 10 lb."""
    if known is None or known * LIGHT >= exercise.usual_step("kg"):
        return Progression(rule)
    return Progression(rule, increment=_at_most(known * GENTLE), unit="kg")


def _at_most(kilograms: Decimal) -> Decimal:
    """The largest step of 0.5 kg that is not more."""
    return max((kilograms * 2).quantize(Decimal(1), "ROUND_FLOOR") / 2, Decimal("0.5"))


def _substitutes(
    entry: Entry,
    day: Sequence[Entry],
    usable: Sequence[CatalogueExercise],
    request: PlanRequest,
    history: History,
) -> tuple[str, ...]:
    """Exercises to take instead: the same movement for a muscle it is done for, best first, none of that day."""
    exercise = entry.exercise
    taken = {item.exercise.id for item in day}

    def rank(other: CatalogueExercise) -> tuple[bool, int, int, str, str]:
        shared = len(other.primary_muscles & exercise.primary_muscles)
        worth = max((merit(other, role, request, history) for role in roles(other, request)), default=0)
        return other.is_weighted != exercise.is_weighted, -shared, -worth, other.slug, other.id

    alike = [
        other
        for other in usable
        if other.id not in taken
        and other.pattern == exercise.pattern
        and other.is_timed == exercise.is_timed
        and other.primary_muscles & exercise.primary_muscles
        and roles(other, request)
    ]
    return tuple(other.id for other in sorted(alike, key=rank)[:SUBSTITUTES])
