"""Plans to send: small ones, whole ones, and the canonical form of a node."""

from collections.abc import Sequence
from typing import Any

from exercises.models import Exercise

Json = dict[str, Any]


def working(**values: Any) -> Json:
    """A set of eight at 60 kg, unless said otherwise."""
    return {"reps": 8, "load": {"type": "absolute", "value": "60", "unit": "kg"}, **values}


def entry(exercise: Exercise, *sets: Json, **values: Any) -> Json:
    """An exercise of a day."""
    return {"exercise_id": str(exercise.pk), "sets": list(sets or [working()]), **values}


def day(name: str, *entries: Json, **values: Any) -> Json:
    return {"name": name, "exercises": list(entries), **values}


def template(*weeks: Sequence[Json], **values: Any) -> Json:
    """A body that makes a template of these weeks, each a list of days."""
    return {
        "name": "Push and pull",
        "goal": "strength",
        "level": "beginner",
        "weeks": [{"days": list(days)} for days in weeks],
        **values,
    }


def kept_set(**values: Any) -> Json:
    """A set as it is kept."""
    empty = dict.fromkeys(["reps", "reps_max", "seconds", "distance", "load", "rest_seconds", "tempo"])
    return {"kind": "working", **empty, **values}


def kept_rule(**values: Any) -> Json:
    """A progression as it is kept."""
    return {"rule": "none", "increment": None, "unit": None, "stall_after": 3, "deload_percent": "10", **values}
