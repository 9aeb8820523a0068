"""How templates look to clients: a line of a list, a whole plan, a version, a difference, an enrolment."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rest_framework import serializers

from accounts.enums import Experience, TrainingGoal
from exercises.enums import Equipment, Muscle, Status, Tracking
from fitai.science.units import WEIGHT_UNITS
from templates_app.diff import Change
from templates_app.enums import EnrolmentStatus, LoadType, MaxSource, Rule, SetKind, Source, Visibility
from templates_app.models import Enrolment
from templates_app.rows import OF_VERSION, Row

SHOWN = (
    "id", "name", "description", "goal", "level", "version", "visibility", "tags", "source", "origin_id", "week_count",
    "days_per_week", "minutes", "set_count", "equipment", "muscles", "created_at", "updated_at",
)  # fmt: skip


def summaries(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [summary(row) for row in rows]


def summary(row: Row) -> dict[str, Any]:
    """A template without its tree."""
    author = {"id": row["owner_id"], "username": row["username"], "name": row["display_name"] or row["username"]}
    return {**{name: row[name] for name in SHOWN}, "author": author}


def whole(row: Row, exercises: Sequence[Row]) -> dict[str, Any]:
    """A template with its current tree, and what its exercises are called."""
    return {**summary(row), "weeks": row["weeks"], "exercises": exercises, "generation": row["generation"]}


def version(row: Row, exercises: Sequence[Row]) -> dict[str, Any]:
    """What a template said at one time."""
    said = {name: row[name] for name in OF_VERSION}
    return {**said, "weeks": row["weeks"], "exercises": exercises, "generation": row["generation"]}


def version_lines(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [{name: row[name] for name in OF_VERSION if name != "description"} for row in rows]


def difference(older: int, newer: int, changes: Iterable[Change]) -> dict[str, Any]:
    return {
        "from": older,
        "to": newer,
        "changes": [
            {
                "pointer": one.pointer,
                "what": one.what,
                "node": one.node,
                "from": one.old,
                "to": one.new,
                "text": one.text,
            }
            for one in changes
        ],
    }


def enrolment(row: Enrolment) -> dict[str, Any]:
    """How somebody trains by a template."""
    return {
        "id": row.pk,
        "template_id": row.template_id,
        "version": row.version,
        "status": row.status,
        "started_on": row.started_on,
        "position": {"week": row.week, "day_id": row.day_id, "round": row.round, "since": row.positioned_at},
        "training_maxes": {
            id: {**one, "given_at": datetime.fromisoformat(one["given_at"])} for id, one in row.training_maxes.items()
        },
        "created_at": row.created_at,
        "ended_at": row.ended_at,
    }


UNITS = [(unit, unit.title()) for unit in WEIGHT_UNITS]


def decimal(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=14, decimal_places=3, **kwargs)


class PlannedLoadOutput(serializers.Serializer):
    type = serializers.ChoiceField(LoadType.choices)
    value = decimal(allow_null=True)
    unit = serializers.ChoiceField(UNITS, allow_null=True)


class PrescribedSetOutput(serializers.Serializer):
    kind = serializers.ChoiceField(SetKind.choices)
    reps = serializers.IntegerField(allow_null=True)
    reps_max = serializers.IntegerField(allow_null=True)
    seconds = serializers.IntegerField(allow_null=True)
    distance = decimal(allow_null=True, help_text="metres")
    load = PlannedLoadOutput(allow_null=True)
    rest_seconds = serializers.IntegerField(allow_null=True)
    tempo = serializers.CharField(allow_null=True)


class ProgressionOutput(serializers.Serializer):
    rule = serializers.ChoiceField(Rule.choices)
    increment = decimal(allow_null=True)
    unit = serializers.ChoiceField(UNITS, allow_null=True)
    stall_after = serializers.IntegerField()
    deload_percent = decimal()


class PlannedExerciseOutput(serializers.Serializer):
    id = serializers.UUIDField()
    exercise_id = serializers.UUIDField()
    superset = serializers.IntegerField(allow_null=True)
    substitutes = serializers.ListField(child=serializers.UUIDField())
    progression = ProgressionOutput()
    sets = PrescribedSetOutput(many=True)


class DayOutput(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    exercises = PlannedExerciseOutput(many=True)


class WeekOutput(serializers.Serializer):
    number = serializers.IntegerField()
    days = DayOutput(many=True)


class NamedExerciseOutput(serializers.Serializer):
    """An exercise or substitute of the plan, though the library may offer it no longer (`archived`)."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    tracking = serializers.ChoiceField(Tracking.choices)
    primary_muscles = serializers.ListField(child=serializers.ChoiceField(Muscle.choices))
    equipment = serializers.ListField(child=serializers.ChoiceField(Equipment.choices))
    status = serializers.ChoiceField(Status.choices)


class StatementOutput(serializers.Serializer):
    """Something that the planner says: a stable code, a sentence, the figures in it, and where it belongs."""

    code = serializers.CharField()
    text = serializers.CharField()
    pointer = serializers.CharField(allow_null=True, help_text="into `weeks`; null is about all of it")
    figures = serializers.DictField()


class GenerationOutput(serializers.Serializer):
    explanation = StatementOutput(many=True)
    trade_offs = StatementOutput(many=True)


class AuthorOutput(serializers.Serializer):
    id = serializers.UUIDField()
    username = serializers.CharField()
    name = serializers.CharField()


class TemplateSummaryOutput(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField(allow_null=True)
    goal = serializers.ChoiceField(TrainingGoal.choices)
    level = serializers.ChoiceField(Experience.choices)
    version = serializers.IntegerField(min_value=1)
    visibility = serializers.ChoiceField(Visibility.choices)
    tags = serializers.ListField(child=serializers.CharField())
    source = serializers.ChoiceField(Source.choices)  # type: ignore[assignment]
    origin_id = serializers.UUIDField(allow_null=True, help_text="the template it was copied from")
    author = AuthorOutput()
    week_count = serializers.IntegerField()
    days_per_week = serializers.IntegerField(help_text="of the fullest week")
    minutes = serializers.IntegerField(help_text="of the longest day, as estimated")
    set_count = serializers.IntegerField()
    equipment = serializers.ListField(child=serializers.ChoiceField(Equipment.choices))
    muscles = serializers.ListField(child=serializers.ChoiceField(Muscle.choices), help_text="those it is aimed at")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TemplateOutput(TemplateSummaryOutput):
    """`weeks` can be sent back as it is; what the exercises are called stands beside it."""

    weeks = WeekOutput(many=True)
    exercises = NamedExerciseOutput(many=True)
    generation = GenerationOutput(allow_null=True, help_text="why the planner chose so; for its owner alone")


class VersionLineOutput(serializers.Serializer):
    template_id = serializers.UUIDField()
    number = serializers.IntegerField(min_value=1)
    name = serializers.CharField()
    goal = serializers.ChoiceField(TrainingGoal.choices)
    level = serializers.ChoiceField(Experience.choices)
    tags = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField(allow_blank=True, help_text="how it came to be, where it was not simply saved")
    created_at = serializers.DateTimeField()


class VersionOutput(VersionLineOutput):
    description = serializers.CharField(allow_null=True)
    weeks = WeekOutput(many=True)
    exercises = NamedExerciseOutput(many=True)
    generation = GenerationOutput(allow_null=True)


class ChangeOutput(serializers.Serializer):
    pointer = serializers.CharField(help_text="into the newer version; of what was removed, into the older one")
    what = serializers.ChoiceField(["added", "removed", "changed", "moved"])
    node = serializers.ChoiceField(["template", "week", "day", "exercise", "set"])
    to = serializers.JSONField(help_text="the value now; a node is there whole; null for none")
    text = serializers.CharField(help_text="Week 2, Push, Bench Press: set 3 reps 8 → 10")

    def get_fields(self) -> dict[str, serializers.Field]:
        before = serializers.JSONField(help_text="the value before")
        return {**super().get_fields(), "from": before}


class DifferenceOutput(serializers.Serializer):
    to = serializers.IntegerField()
    changes = ChangeOutput(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": serializers.IntegerField(), **super().get_fields()}


class PositionOutput(serializers.Serializer):
    """Where it was begun or moved to; workouts completed since then move it on."""

    week = serializers.IntegerField()
    day_id = serializers.UUIDField(allow_null=True, help_text="null is the first day of the week")
    round = serializers.IntegerField(help_text="pass through the weeks")
    since = serializers.DateTimeField()


class TrainingMaxOutput(serializers.Serializer):
    value = decimal()
    unit = serializers.ChoiceField(UNITS)
    source = serializers.ChoiceField(MaxSource.choices)  # type: ignore[assignment]
    given_at = serializers.DateTimeField(help_text="waves trained since move it on")


class EnrolmentOutput(serializers.Serializer):
    id = serializers.UUIDField()
    template_id = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1, help_text="stays until it is moved")
    status = serializers.ChoiceField(EnrolmentStatus.choices)
    started_on = serializers.DateField()
    position = PositionOutput()
    training_maxes = serializers.DictField(child=TrainingMaxOutput(), help_text="by exercise id")
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class TemplatePage(serializers.Serializer):
    results = TemplateSummaryOutput(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class VersionPage(serializers.Serializer):
    results = VersionLineOutput(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
