"""Sets and events in words, as a coach says them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fitai.science.units import plain
from workouts.core.state import SetState

Values = Mapping[str, Any]

MEASURED = (
    "kind", "reps", "weight", "assistance", "weight_unit", "rpe", "rir", "duration_seconds", "distance",
    "distance_unit",
)  # fmt: skip
KINDS = {
    "warmup": "Warm-up",
    "working": "Working",
    "drop": "Drop",
    "failure": "To failure",
    "amrap": "AMRAP",
    "backoff": "Back-off",
}
RECORDS = {
    "weight": ("Heaviest", "kg"),
    "reps_at_weight": ("Most reps", "reps"),
    "e1rm": ("Best 1RM", "kg"),
    "set_volume": ("Best set", "kg"),
    "workout_volume": ("Best workout", "kg"),
    "time": ("Longest", "s"),
    "distance": ("Farthest", "m"),
    "pace": ("Fastest", "s/km"),
}
LIFECYCLE = {
    "workout.delete": "Deleted the workout",
    "workout.restore": "Brought the workout back",
    "workout.start": "Started",
    "workout.pause": "Paused",
    "workout.resume": "Went on",
    "workout.complete": "Completed",
    "workout.cancel": "Cancelled",
    "workout.abandon": "Given up: nobody touched it for hours",
    "rest.stop": "Cut the rest short",
    "rest.end": "The rest was over",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids in a workout's events stand for."""

    exercises: Values = field(default_factory=dict)
    """The library's names, by id."""
    entries: Values = field(default_factory=dict)
    """The name of the exercise of each entry of the workout, by the entry's id."""
    sets: Mapping[str, tuple[str, int | None]] = field(default_factory=dict)
    """By set: its entry, and its number there, None once it is removed."""

    def entry(self, id: Any) -> str:
        return self.entries.get(str(id)) or "an exercise"

    def set(self, id: Any) -> str:
        entry, number = self.sets.get(str(id), (None, None))
        return f"{'a set' if number is None else f'set {number}'} of {self.entry(entry)}"


def number(value: Any) -> str:
    """A decimal, in whatever form it is kept, as people write it."""
    return plain(Decimal(str(value)))


def clock(seconds: int) -> str:
    """45 s, 1:30, 1:05:00."""
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def span(seconds: int) -> str:
    """55 min, 1 h 05 min: how long somebody trained."""
    hours, minutes = divmod(seconds // 60, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min" if minutes else f"{seconds} s"


def measured(item: SetState) -> dict[str, Any]:
    """What is said of a set when it is put in words."""
    return {name: getattr(item, name) for name in MEASURED}


def measures(values: Values) -> str:
    """What was done, or asked for: `8 × 80 kg`, `8–10 reps`, `5 km · 25:00`. Empty when nothing is said."""
    reps, most = values.get("reps"), values.get("reps_max")
    times = "" if reps is None else f"{reps}–{most}" if most is not None and most != reps else f"{reps}"
    load = _load(values)
    said = []
    if times and load:
        said.append(f"{times} × {load}")
    elif times:
        said.append(f"{times} {'rep' if times == '1' else 'reps'}")
    elif load:
        said.append(load)
    if values.get("distance") is not None:
        said.append(f"{number(values['distance'])} {values.get('distance_unit') or 'm'}")
    if values.get("duration_seconds") is not None:
        said.append(clock(values["duration_seconds"]))
    return " · ".join(said)


def _load(values: Values) -> str:
    unit = values.get("weight_unit") or "kg"
    weight, assistance = values.get("weight"), values.get("assistance")
    said = "" if weight is None else f"{number(weight)} {unit}"
    if assistance is None:
        return said
    return f"{said or 'body weight'} − {number(assistance)} {unit}"


def effort(values: Values) -> str:
    """How hard it was: `RPE 8`, `2 in reserve`."""
    if values.get("rpe") is not None:
        return f"RPE {number(values['rpe'])}"
    return "" if values.get("rir") is None else f"{values['rir']} in reserve"


def in_full(values: Values) -> str:
    """Kind, measures and effort of a set in one breath."""
    kind = values.get("kind")
    marked = KINDS.get(kind, "") if kind not in (None, "working") else ""
    return ", ".join(part for part in (measures(values), effort(values), marked.lower()) if part)


def sentence(type: str, payload: Values, names: Names) -> str:
    """What happened, for somebody who knows training and not the format of the events."""
    noun, _, verb = type.partition(".")
    if type in LIFECYCLE:
        return LIFECYCLE[type]
    if type == "workout.create":
        return _created(payload, names)
    if type == "workout.update":
        return _updated(payload)
    if noun == "exercise":
        return _exercise(verb, payload, names)
    if noun == "set":
        return _set(verb, payload, names)
    if type == "rest.start":
        after = f" after {names.set(payload['set_id'])}" if payload.get("set_id") else ""
        return f"Rest of {clock(payload['seconds'])}{after}"
    if type == "cue":
        return f"“{payload.get('text', '')}”"
    return ", ".join(f"{name}: {value}" for name, value in payload.items())


def _created(payload: Values, names: Names) -> str:
    tree: Sequence[Values] = payload.get("exercises") or ()
    sets = sum(len(entry.get("sets") or ()) for entry in tree)
    made = f"Made “{payload['name']}”" if payload.get("name") else "Made the workout"
    if payload.get("ended_at"):
        made += ", after the fact"
    if not tree:
        return made
    trained = ", ".join(str(names.exercises.get(str(entry["exercise_id"]), "an exercise")) for entry in tree)
    return f"{made}: {sets} {'set' if sets == 1 else 'sets'} of {trained}"


def _updated(payload: Values) -> str:
    said = []
    if "name" in payload:
        said.append(f"Named it “{payload['name']}”" if payload["name"] else "Took its name away")
    if "notes" in payload:
        said.append(f"Noted “{payload['notes']}”" if payload["notes"] else "Took its note away")
    if payload.get("body_weight") is not None:
        said.append(f"Weighed {number(payload['body_weight'])} {payload.get('body_weight_unit') or 'kg'}")
    elif "body_weight" in payload:
        said.append("Took the body weight away")
    return ", ".join(said)


def _exercise(verb: str, payload: Values, names: Names) -> str:
    name = names.entry(payload.get("id"))
    if verb == "add":
        return f"Added {names.exercises.get(str(payload.get('exercise_id')), name)}"
    if verb in ("move", "remove"):
        return f"{'Moved' if verb == 'move' else 'Removed'} {name}"
    said = []
    if "exercise_id" in payload:
        said.append(f"now {names.exercises.get(str(payload['exercise_id']), 'another exercise')}")
    if "superset" in payload:
        said.append("no superset" if payload["superset"] is None else f"superset {payload['superset']}")
    if "notes" in payload:
        said.append(f"note “{payload['notes']}”" if payload["notes"] else "no note")
    return f"{name}: {', '.join(said)}"


def _set(verb: str, payload: Values, names: Names) -> str:
    place = names.set(payload.get("id"))
    if verb == "remove":
        return f"Removed {place}"
    said = in_full(payload)
    if payload.get("notes"):
        said = ", ".join(part for part in (said, f"note “{payload['notes']}”") if part)
    if verb == "add":
        begun = "Logged" if payload.get("completed") else "Planned"
    elif payload.get("completed") is False and not measures(payload):
        begun = "Not done after all:"
    else:
        begun = "Wrote down"
    return f"{begun} {place}: {said}" if said else f"{begun} {place}"
