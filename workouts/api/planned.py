"""What a new workout is to hold: as the client says, as a template has it next, or as a past workout was."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fitai.common.actors import Actor
from fitai.common.problems import Invalid, error, not_found_in_body
from workouts.api import outputs
from workouts.models import Workout
from workouts.operations.next_step import plan_workout
from workouts.operations.store import Exercise, load
from workouts.querysets import OWN

Json = dict[str, Any]
Plan = tuple[Json, Mapping[str, Exercise] | None]
"""The members of a `workout.create`, and what is known of exercises that the library may offer no longer."""

COPIED = ("reps", "weight", "assistance", "weight_unit", "duration_seconds", "distance", "distance_unit")


def planned(actor: Actor, body: Json, id: str) -> Plan:
    """A body of `POST /workouts` with the plan that it names in it. A repeat plans nothing: it has its first answer."""
    payload = {**body, "id": id}
    if "day_id" in body and (body.get("template_id") is None or "exercises" in body):
        detail = "A day is of a template: name that, and no exercises."
        raise Invalid(errors=[error("/day_id", "invalid", detail)])
    if "from_workout_id" in body:
        if body.get("template_id") is not None:
            raise Invalid(errors=[error("/template_id", "invalid", "Name a template or a past workout, not both.")])
        past = payload.pop("from_workout_id")
        return (payload, None) if _is_there(id) else _over(_copied(actor, past), payload)
    if body.get("template_id") is None or "exercises" in body:
        return payload, None
    if body.get("template_version") is not None:
        detail = "The version is the one you train by; name another together with exercises only."
        raise Invalid(errors=[error("/template_version", "invalid", detail)])
    day, template_id = payload.pop("day_id", None), _uuid(body["template_id"])
    if template_id is None or _is_there(id):
        return payload, None
    day_id = _uuid(day)
    if day is not None and day_id is None:
        raise Invalid(errors=[error("/day_id", "invalid", "Must be a UUID.")])
    return _over(plan_workout(actor, template_id, id, None if day_id is None else str(day_id)), payload)


def _copied(actor: Actor, past: Any) -> Plan:
    """A plan that asks for what was done in a past workout."""
    past_id = _uuid(past)
    found = [] if past_id is None else load(f"w.id = %(id)s AND {OWN}", {"id": past_id, "me": actor.user_id})
    if not found:
        raise not_found_in_body("/from_workout_id", "workout")
    shape = outputs.stored_shapes(found)[0]
    plan = {
        "name": shape["name"],
        "exercises": [
            {
                "exercise_id": entry["exercise_id"],
                "superset": entry["superset"],
                "sets": [
                    {
                        "kind": item["kind"],
                        "target": {name: item[name] for name in COPIED if item[name] is not None}
                        if item["completed"]
                        else item["target"],
                    }
                    for item in entry["sets"]
                ],
            }
            for entry in shape["exercises"]
        ],
    }
    return plan, found[0].facts


def _over(plan: Plan, payload: Json) -> Plan:
    """What the client says itself counts."""
    return {**plan[0], **payload}, plan[1]


def _is_there(id: str) -> bool:
    return Workout.objects.filter(pk=id).exists()


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        return None
