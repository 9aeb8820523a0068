"""Asking for a plan."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.enums import Experience, TrainingGoal
from analysis.planning.gather import known_exercises, read_profile, read_snapshot
from exercises.enums import Muscle
from exercises.rows import catalogue_version
from fitai.common import jobs
from fitai.common.actors import Actor
from fitai.common.ids import uuid7
from fitai.common.problems import Invalid, error
from templates_app.planner import PLANNER_VERSION, PlanRequest

GENERATE = "plan.generate"
DEFAULTS: Mapping[str, int] = {"days_per_week": 3, "minutes": 60, "weeks": 8, "seed": 0}
"""Wishes that neither the person nor their profile speaks of."""


@transaction.atomic
def request_plan(actor: Actor, values: Mapping[str, Any], *, check: Callable[[], None]) -> UUID:
    """Have a plan made for the actor; the id of the job whose result is a private template.

    What `values` leaves out is taken from the profile (goal, level, equipment, injuries) and `DEFAULTS`; a profile
    without equipment means what was trained with of late, and the body. All that the plan depends on is stored with the
    job. 422 for an exercise in `like` or `avoid` that the actor does not see; `check` may refuse what is left.
    """
    wishes = values.get("preferences") or {}
    named = _named(actor, {name: wishes.get(name) or [] for name in ("like", "avoid")})
    check()
    snapshot, profile = read_snapshot(actor), read_profile(actor)
    profiled = {
        "goal": next(iter(profile["goals"]), TrainingGoal.GENERAL.value),
        "level": profile["experience"] or Experience.BEGINNER.value,
        "equipment": profile["equipment"] or sorted(snapshot.equipment),
        "injuries": profile["injuries"],
    }
    given = {name: value for name, value in values.items() if value is not None}
    request = PlanRequest.from_json({**DEFAULTS, **profiled, **given, "preferences": {**wishes, **named}})
    id = uuid7()
    jobs.enqueue(
        GENERATE,
        {
            "request": request.to_json(),
            "history": snapshot.history.to_json(),
            "catalogue_version": catalogue_version(),
            "planner_version": PLANNER_VERSION,
        },
        dedupe_key=f"{GENERATE}:{id}",
        user_id=actor.user_id,
        id=id,
    )
    return id


def _named(actor: Actor, wishes: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The muscles and exercises of the wishes; 422 with a pointer to each that is neither."""
    found: dict[str, list[str]] = {name: [] for name in wishes}
    exercises: dict[str, UUID] = {}
    errors = []
    for name, words in wishes.items():
        for index, word in enumerate(words):
            pointer = f"/preferences/{name}/{index}"
            if word in Muscle.values:
                found[name].append(word)
                continue
            try:
                exercises[pointer] = UUID(word)
            except ValueError:
                errors.append(error(pointer, "invalid", "Name a muscle, or an exercise by its id."))
            else:
                found[name].append(str(exercises[pointer]))
    known = known_exercises(actor, exercises.values()) if exercises else {}
    missing = [pointer for pointer, id in exercises.items() if id not in known]
    errors += [error(pointer, "not_found", "There is no such exercise.") for pointer in missing]
    if errors:
        raise Invalid(errors=errors)
    meant = {str(id): str(standing) for id, standing in known.items()}
    return {name: [meant.get(word, word) for word in words] for name, words in found.items()}
