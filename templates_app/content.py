"""What a template may say: read from a client's JSON, with a pointer to each faulty node, into the one canonical form.

Pure, and a tenth of the cost of nested serializers: a plan of 1,200 sets is read in a few milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from accounts.enums import Experience, TrainingGoal
from fitai.common.ids import derived
from fitai.science.units import WEIGHT_UNITS, to_kg
from fitai.values.fields import Fault, Parser, choice, decimal, identifier, nullable, text, whole
from fitai.values.schema import Listed, Nested, Payload, Problem, Schema, refuse
from templates_app.enums import LoadType, Rule, SetKind, Visibility
from templates_app.plan import text as plain

MAX_NAME: Final = 120
MAX_DESCRIPTION: Final = 2_000
MAX_TAGS: Final = 20
MAX_TAG: Final = 40
MAX_WEEKS: Final = 52
MAX_DAYS: Final = 7
MAX_EXERCISES: Final = 40
MAX_SETS: Final = 50
MAX_SETS_A_DAY: Final = 500
"""As many as a workout holds: a longer day could never be trained."""
MAX_SETS_IN_ALL: Final = 3_000
MAX_SUBSTITUTES: Final = 10
MAX_DISTANCE: Final = Decimal(1_000_000)
MAX_INCREMENT: Final = Decimal(100)
MAX_DELOAD: Final = Decimal(50)
MAX_WEIGHT_KG: Final = Decimal(1_500)
MAX_WEIGHT: Final = Decimal("3306.934")
"""1,500 kg in pounds: the bound of a number whose unit is not known yet."""

# The lowest and the highest.
REPS: Final = (1, 1_000)
SECONDS: Final = (1, 86_400)
REST_SECONDS: Final = (0, 7_200)
SUPERSET: Final = (0, 99)
STALL_AFTER: Final = (1, 10)

# Bounds of a load's value, and its step: a weight is in its own unit and has a bound of its own.
SHARES: Final = (Decimal(1), Decimal(150), Decimal("0.01"))
LOADS: Final[Mapping[str, tuple[Decimal, Decimal, Decimal]]] = {
    "percent_1rm": SHARES,
    "percent_tm": SHARES,
    "rpe": (Decimal(1), Decimal(10), Decimal("0.5")),
    "rir": (Decimal(0), Decimal(10), Decimal(1)),
}
LATER: Final = ("daily_undulation", "rpe", "apre", "meso")
"""Rules of progression that people know, and that nothing here works out yet."""
OPEN_ENDED: Final = (SetKind.AMRAP, SetKind.FAILURE)
AFTERWARDS: Final = (SetKind.BACKOFF, SetKind.DROP)

TEMPO: Final = re.compile(r"(?:\d{1,2}|X)(?:-(?:\d{1,2}|X)){3}", re.ASCII)

Tree = list[dict[str, Any]]
Place = tuple[dict[str, Any], str]


# ── Values ───────────────────────────────────────────────────────────────────────────────────────


def _name(limit: int) -> Parser:
    """Words that say something, without space around them."""
    words = text(limit)

    def parse(value: Any) -> str:
        said: str = words(value).strip()
        if not said:
            raise Fault("blank", "Must not be blank.")
        return said

    return parse


def _tag(value: Any) -> str:
    said: str = _name(MAX_TAG)(value)
    return said.lower()


def _tempo(value: Any) -> str:
    if not isinstance(value, str) or not TEMPO.fullmatch(value):
        raise Fault("invalid", "Must be four counts in seconds (or X for fast), as 3-1-X-0.")
    return value


_known_rule: Final = choice(tuple(Rule.values))


def _rule(value: Any) -> str:
    if isinstance(value, str) and value in LATER:
        raise Fault("not_supported", f"This rule is not worked out here yet. Use one of {', '.join(Rule.values)}.")
    found: str = _known_rule(value)
    return found


_known_visibility: Final = choice(tuple(Visibility.values))


def _visibility(value: Any) -> str:
    found: str = _known_visibility(value)
    if found in (Visibility.FRIENDS, Visibility.LINK):
        raise Fault("not_supported", "Templates cannot be shared so yet. Use private or public.")
    return found


def positive(high: Decimal, *, limit: str | None = None) -> Parser:
    """A number above 0 with at most three decimal places; `limit` says the upper bound in words."""
    bounded = decimal(Decimal(0), high, 3, limit=limit)

    def parse(value: Any) -> Decimal:
        number: Decimal = bounded(value)
        if not number:
            raise Fault("min_value", "Must be more than 0.")
        return number

    return parse


# ── What must hold between them ──────────────────────────────────────────────────────────────────


def check_weight(said: Payload, pointer: str, errors: list[Problem]) -> None:
    """A `value` in a `unit` is no more than anybody lifts."""
    value, unit = said.get("value"), said.get("unit")
    if value is not None and unit is not None and to_kg(value, unit) > MAX_WEIGHT_KG:
        refuse(errors, f"{pointer}/value", "max_value", f"Must be at most {MAX_WEIGHT_KG:,} kg.")


def _check_load(load: Payload, pointer: str, errors: list[Problem]) -> None:
    type, value, unit = load["type"], load.get("value"), load.get("unit")
    if type == LoadType.BODYWEIGHT:
        if value is not None:
            refuse(errors, f"{pointer}/value", "invalid", "Body weight has no value.")
    elif value is None:
        refuse(errors, f"{pointer}/value", "required", "Is required.")
    elif type in LOADS:
        low, high, step = LOADS[type]
        if value < low:
            refuse(errors, f"{pointer}/value", "min_value", f"Must be at least {low}.")
        elif value > high:
            refuse(errors, f"{pointer}/value", "max_value", f"Must be at most {high}.")
        elif value % step:
            refuse(errors, f"{pointer}/value", "invalid", f"Must be in steps of {step}.")
    else:
        check_weight(load, pointer, errors)
    if type == LoadType.ABSOLUTE:
        if unit is None:
            refuse(errors, f"{pointer}/unit", "required", "Is required: kg or lb.")
    elif unit is not None:
        refuse(errors, f"{pointer}/unit", "invalid", "Only an absolute load has a unit.")


def _check_set(item: Payload, pointer: str, errors: list[Problem]) -> None:
    reps, most = item.get("reps"), item.get("reps_max")
    if most is not None and (reps is None or most < reps):
        refuse(errors, f"{pointer}/reps_max", "min_value", "Must not be below reps.")
    measured = reps is not None or item.get("seconds") is not None or item.get("distance") is not None
    if not measured and item.get("kind") not in OPEN_ENDED:
        refuse(
            errors, f"{pointer}/reps", "required", "Give reps, seconds or distance, or make it an amrap or a failure."
        )


def _check_progression(progression: Payload, pointer: str, errors: list[Problem]) -> None:
    if (progression.get("increment") is None) != (progression.get("unit") is None):
        missing = "unit" if progression.get("unit") is None else "increment"
        refuse(errors, f"{pointer}/{missing}", "required", "An increment is a weight in a unit.")


def _check_exercise(entry: Payload, pointer: str, errors: list[Problem]) -> None:
    rule = (entry.get("progression") or {}).get("rule")
    working = [item for item in entry["sets"] if item.get("kind") != SetKind.WARMUP]
    if rule == Rule.DOUBLE:
        # What the exercise progresses by is its first set that is not done after others of it.
        main: Payload = next((item for item in working if item.get("kind") not in AFTERWARDS), next(iter(working), {}))
        if main.get("reps_max") is None or main["reps_max"] == main["reps"]:
            detail = "Double progression climbs from reps to reps_max: give the first working set both."
            refuse(errors, f"{pointer}/progression/rule", "invalid", detail)
    if rule == Rule.PERCENTAGE and not any(
        (item.get("load") or {}).get("type") in (LoadType.PERCENT_TM, LoadType.PERCENT_1RM) for item in working
    ):
        detail = "Percentage waves need a set whose load is percent_tm or percent_1rm."
        refuse(errors, f"{pointer}/progression/rule", "invalid", detail)
    seen = {entry["exercise_id"]}
    for index, substitute in enumerate(entry.get("substitutes") or ()):
        if substitute in seen:
            refuse(errors, f"{pointer}/substitutes/{index}", "duplicate", "Is named already.")
        seen.add(substitute)


def _check_day(day: Payload, pointer: str, errors: list[Problem]) -> None:
    count = 0
    for index, entry in enumerate(day["exercises"]):
        count += len(entry["sets"])
        if count > MAX_SETS_A_DAY:
            detail = f"A day has at most {MAX_SETS_A_DAY} sets."
            refuse(errors, f"{pointer}/exercises/{index}/sets", "max_items", detail)
            return


def _check_tree(template: Payload, pointer: str, errors: list[Problem]) -> None:
    ids: set[str] = set()
    count = 0
    for index, week in enumerate(template.get("weeks", ())):
        if week.get("number", index + 1) != index + 1:
            refuse(errors, f"{pointer}/weeks/{index}/number", "invalid", "Weeks are numbered 1, 2, 3 in their order.")
        for node, here in _nodes(week, f"{pointer}/weeks/{index}"):
            id = node.get("id")
            if id in ids:
                refuse(errors, f"{here}/id", "duplicate", "Another day or exercise of the plan has this id.")
            elif id is not None:
                ids.add(id)
            if "sets" in node:
                count += len(node["sets"])
                if count > MAX_SETS_IN_ALL:
                    detail = f"A template has at most {MAX_SETS_IN_ALL:,} sets."
                    refuse(errors, f"{here}/sets", "max_items", detail)
                    return


def _nodes(week: Mapping[str, Any], pointer: str) -> Iterator[Place]:
    """The days and exercises of a week, each with where it is."""
    for index, day in enumerate(week["days"]):
        here = f"{pointer}/days/{index}"
        yield day, here
        for place, entry in enumerate(day["exercises"]):
            yield entry, f"{here}/exercises/{place}"


# ── The shape ────────────────────────────────────────────────────────────────────────────────────

LOAD: Final = Schema(
    {
        "type": choice(tuple(LoadType.values)),
        "value": nullable(decimal(Decimal(0), MAX_WEIGHT, 3, limit=f"{MAX_WEIGHT_KG:,} kg")),
        "unit": nullable(choice(WEIGHT_UNITS)),
    },
    required=("type",),
    checks=(_check_load,),
)
SET: Final = Schema(
    {
        "kind": choice(tuple(SetKind.values)),
        "reps": nullable(whole(*REPS)),
        "reps_max": nullable(whole(*REPS)),
        "seconds": nullable(whole(*SECONDS)),
        "distance": nullable(positive(MAX_DISTANCE)),
        "load": Nested(LOAD),
        "rest_seconds": nullable(whole(*REST_SECONDS)),
        "tempo": nullable(_tempo),
    },
    checks=(_check_set,),
)
PROGRESSION: Final = Schema(
    {
        "rule": _rule,
        "increment": nullable(positive(MAX_INCREMENT)),
        "unit": nullable(choice(WEIGHT_UNITS)),
        "stall_after": whole(*STALL_AFTER),
        "deload_percent": decimal(Decimal(0), MAX_DELOAD, 2),
    },
    required=("rule",),
    checks=(_check_progression,),
)
EXERCISE: Final = Schema(
    {
        "id": identifier,
        "exercise_id": identifier,
        "superset": nullable(whole(*SUPERSET)),
        "substitutes": Listed(identifier, MAX_SUBSTITUTES),
        "progression": Nested(PROGRESSION),
        "sets": Nested(SET, MAX_SETS, least=1),
    },
    required=("exercise_id", "sets"),
    checks=(_check_exercise,),
)
DAY: Final = Schema(
    {"id": identifier, "name": _name(MAX_NAME), "exercises": Nested(EXERCISE, MAX_EXERCISES, least=1)},
    required=("name", "exercises"),
    checks=(_check_day,),
)
WEEK: Final = Schema({"number": whole(1, MAX_WEEKS), "days": Nested(DAY, MAX_DAYS, least=1)}, required=("days",))

_FIELDS: Final[Mapping[str, Parser | Nested | Listed]] = {
    "name": _name(MAX_NAME),
    "description": nullable(text(MAX_DESCRIPTION)),
    "goal": choice(tuple(TrainingGoal.values)),
    "level": choice(tuple(Experience.values)),
    "visibility": _visibility,
    "tags": Listed(_tag, MAX_TAGS),
    "weeks": Nested(WEEK, MAX_WEEKS, least=1),
}
SHOWN: Final = frozenset(
    {
        "author", "version", "source", "origin_id", "week_count", "days_per_week", "minutes", "set_count", "equipment",
        "muscles", "created_at", "updated_at", "exercises", "generation",
    }
)  # fmt: skip
NEW: Final = Schema(
    {"id": identifier, **_FIELDS}, required=("name", "goal", "level", "weeks"), checks=(_check_tree,), shown=SHOWN
)
CHANGES: Final = Schema(_FIELDS, checks=(_check_tree,), shown=SHOWN | {"id"})
DEFAULTS: Final[Mapping[str, Any]] = {"description": None, "visibility": Visibility.PRIVATE.value, "tags": []}


# ── The canonical form ───────────────────────────────────────────────────────────────────────────


def canonical(said: Payload) -> Payload:
    """Parsed members as they are kept: every member of every node there, decimals as text."""
    kept = dict(said)
    if "tags" in kept:
        kept["tags"] = list(dict.fromkeys(kept["tags"]))
    if "description" in kept:
        kept["description"] = kept["description"] or None
    if "weeks" in kept:
        kept["weeks"] = [
            {
                "number": number,
                "days": [
                    {
                        "id": day.get("id"),
                        "name": day["name"],
                        "exercises": [_exercise(entry) for entry in day["exercises"]],
                    }
                    for day in week["days"]
                ],
            }
            for number, week in enumerate(kept["weeks"], 1)
        ]
    return kept


def _exercise(entry: Payload) -> Payload:
    progression = entry.get("progression") or {"rule": Rule.NONE.value}
    return {
        "id": entry.get("id"),
        "exercise_id": entry["exercise_id"],
        "superset": entry.get("superset"),
        "substitutes": entry.get("substitutes") or [],
        "progression": {
            "rule": progression["rule"],
            "increment": plain(progression.get("increment")),
            "unit": progression.get("unit"),
            "stall_after": progression.get("stall_after", 3),
            "deload_percent": plain(progression.get("deload_percent", Decimal(10))),
        },
        "sets": [_set(item) for item in entry["sets"]],
    }


def _set(item: Payload) -> Payload:
    load = item.get("load")
    return {
        "kind": item.get("kind", SetKind.WORKING.value),
        "reps": item.get("reps"),
        "reps_max": item.get("reps_max"),
        "seconds": item.get("seconds"),
        "distance": plain(item.get("distance")),
        "load": None
        if load is None
        else {"type": load["type"], "value": plain(load.get("value")), "unit": load.get("unit")},
        "rest_seconds": item.get("rest_seconds"),
        "tempo": item.get("tempo"),
    }


def give_ids(template_id: UUID, weeks: Tree, stood: Iterable[Mapping[str, Any]] = ()) -> None:
    """An id for each day and exercise that came without: that of what stood in its place, unless it is elsewhere now,
    else one that is the same whenever the same plan is sent without ids again."""
    before = {place: node["id"] for index, week in enumerate(stood) for node, place in _nodes(week, f"/weeks/{index}")}
    taken = {node["id"] for week in weeks for node, _ in _nodes(week, "") if node["id"] is not None}
    for index, week in enumerate(weeks):
        for node, place in _nodes(week, f"/weeks/{index}"):
            turn, kept = 0, before.get(place)
            if node["id"] is None and kept is not None and kept not in taken:
                taken.add(kept)
                node["id"] = kept
            while node["id"] is None:
                made = str(derived(template_id, f"{place}#{turn}"))
                turn += 1
                if made not in taken:
                    taken.add(made)
                    node["id"] = made


def stand_in(weeks: Iterable[Mapping[str, Any]], merged: Mapping[str, str]) -> None:
    """Put the exercises that stand for others since those were merged (old id → new id) in their places in a tree. What
    could be done in place of itself, or twice, is named once."""
    if not merged:
        return
    for week in weeks:
        for node, _ in _nodes(week, ""):
            if "exercise_id" in node:
                node["exercise_id"] = merged.get(node["exercise_id"], node["exercise_id"])
                others = dict.fromkeys(merged.get(id, id) for id in node["substitutes"])
                node["substitutes"] = [id for id in others if id != node["exercise_id"]]


def stand_in_maxes(maxes: Mapping[str, Any], merged: Mapping[str, str]) -> dict[str, Any]:
    """Training maxes by the exercises that stand for those of before; of two, the one that was given last."""
    found: dict[str, Any] = {}
    for id, one in sorted(maxes.items(), key=lambda item: datetime.fromisoformat(item[1]["given_at"])):
        found[merged.get(id, id)] = one
    return found


def named_exercises(weeks: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Each exercise id of a tree with where it is, substitutes included."""
    for index, week in enumerate(weeks):
        for node, place in _nodes(week, f"/weeks/{index}"):
            if "exercise_id" in node:
                yield f"{place}/exercise_id", node["exercise_id"]
                for number, substitute in enumerate(node["substitutes"]):
                    yield f"{place}/substitutes/{number}", substitute
