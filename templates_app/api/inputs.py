"""What clients send about templates. The shapes are for the schema: a tree is read by `templates_app.content`, which
does in milliseconds what nested serializers take a second for, and points at every fault."""

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import serializers

from accounts.enums import Experience, TrainingGoal
from fitai.common.problems import Invalid
from fitai.science.units import WEIGHT_UNITS
from fitai.values.fields import Fault, choice, identifier, nullable, whole
from fitai.values.schema import Keyed, Problem, Schema
from templates_app import content
from templates_app.enums import LoadType, MaxSource, Rule, SetKind, Visibility
from templates_app.plan import text as plain

UNITS = [(unit, unit.title()) for unit in WEIGHT_UNITS]
LEAST = Decimal("0.001")
VERSIONS: Final = (1, 2**31 - 1)
WEEKS: Final = (1, content.MAX_WEEKS)
ROUNDS: Final = (1, 1_000)
MOST_MAXES: Final = 200


class Plain(serializers.Serializer):
    """A shape: documented here, read elsewhere. It has no other members."""


class PlainShape(OpenApiSerializerExtension):
    """Says so in the schema."""

    target_class = Plain
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        shape: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**shape, "additionalProperties": False}


class Nothing(Plain):
    """No members."""


def within(bounds: tuple[int, int]) -> dict[str, Any]:
    return {"min_value": bounds[0], "max_value": bounds[1]}


def optional(field: type[serializers.Field], **kwargs: Any) -> serializers.Field:
    return field(required=False, allow_null=True, **kwargs)


class LoadInput(Plain):
    """How heavy. `absolute` has a value and a unit; `percent_1rm` and `percent_tm` (of the training max) are from 1 to
    150; `rpe` is 1 to 10 in half steps, `rir` 0 to 10; `bodyweight` has no value."""

    type = serializers.ChoiceField(LoadType.choices)
    value = optional(serializers.DecimalField, max_digits=8, decimal_places=3, min_value=Decimal(0))
    unit = optional(serializers.ChoiceField, choices=UNITS)


class PrescribedSetInput(Plain):
    """One set: `reps`, up to `reps_max`, or `seconds`, or `distance` in metres. An `amrap` or `failure` needs none."""

    kind = serializers.ChoiceField(SetKind.choices, required=False, default=SetKind.WORKING.value)
    reps = optional(serializers.IntegerField, **within(content.REPS))
    reps_max = optional(serializers.IntegerField, **within(content.REPS))
    seconds = optional(serializers.IntegerField, **within(content.SECONDS))
    distance = optional(
        serializers.DecimalField,
        max_digits=10,
        decimal_places=3,
        min_value=LEAST,
        max_value=content.MAX_DISTANCE,
        help_text="metres",
    )
    load = LoadInput(required=False, allow_null=True)
    rest_seconds = optional(serializers.IntegerField, **within(content.REST_SECONDS))
    tempo = optional(
        serializers.RegexField,
        regex=f"^{content.TEMPO.pattern}$",
        help_text="down, pause, up, pause in seconds, X for fast: 3-1-X-0",
    )


class ProgressionInput(Plain):
    """How it gets harder. `linear`: all reps done, then more weight. `double`: reps climb to `reps_max`, then more
    weight. `percentage`: loads are shares of a training max that grows with each pass through the weeks."""

    rule = serializers.ChoiceField(Rule.choices)
    increment = optional(
        serializers.DecimalField,
        max_digits=6,
        decimal_places=3,
        min_value=LEAST,
        max_value=content.MAX_INCREMENT,
        help_text="in `unit`; null takes the usual step of the exercise",
    )
    unit = optional(serializers.ChoiceField, choices=UNITS)
    stall_after = serializers.IntegerField(
        required=False, default=3, **within(content.STALL_AFTER), help_text="failures in a row"
    )
    deload_percent = serializers.DecimalField(
        required=False,
        default=Decimal(10),
        max_digits=4,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=content.MAX_DELOAD,
        help_text="what a stall takes off",
    )


class PlannedExerciseInput(Plain):
    id = serializers.UUIDField(required=False, help_text="unique in the plan; made where it is missing")
    exercise_id = serializers.UUIDField()
    superset = optional(
        serializers.IntegerField, **within(content.SUPERSET), help_text="neighbours of one number are done in turn"
    )
    substitutes = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        allow_null=True,
        max_length=content.MAX_SUBSTITUTES,
        help_text="exercises that may stand in, best first",
    )
    progression = ProgressionInput(required=False, allow_null=True)
    sets = serializers.ListField(child=PrescribedSetInput(), min_length=1, max_length=content.MAX_SETS)


class DayInput(Plain):
    id = serializers.UUIDField(required=False, help_text="unique in the plan; made where it is missing")
    name = serializers.CharField(max_length=content.MAX_NAME)
    exercises = serializers.ListField(
        child=PlannedExerciseInput(),
        min_length=1,
        max_length=content.MAX_EXERCISES,
        help_text=f"at most {content.MAX_SETS_A_DAY} sets in all",
    )


class WeekInput(Plain):
    number = serializers.IntegerField(required=False, **within(WEEKS), help_text="1, 2, 3 in order")
    days = serializers.ListField(child=DayInput(), min_length=1, max_length=content.MAX_DAYS)


VISIBILITIES = [(one.value, one.label) for one in (Visibility.PRIVATE, Visibility.PUBLIC)]


class TemplateInput(Plain):
    """A plan, whole: at most 3,000 sets. A `public` one needs a verified e-mail address, and holds exercises of the
    library only; publishing it publishes its versions."""

    id = serializers.UUIDField(required=False)
    name = serializers.CharField(max_length=content.MAX_NAME)
    description = optional(serializers.CharField, max_length=content.MAX_DESCRIPTION, allow_blank=True)
    goal = serializers.ChoiceField(TrainingGoal.choices)
    level = serializers.ChoiceField(Experience.choices)
    visibility = serializers.ChoiceField(VISIBILITIES, required=False, default=Visibility.PRIVATE.value)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=content.MAX_TAG),
        required=False,
        allow_null=True,
        max_length=content.MAX_TAGS,
        help_text="kept in lower case, each once",
    )
    weeks = serializers.ListField(child=WeekInput(), min_length=1, max_length=content.MAX_WEEKS)


class TemplateChanges(Plain):
    """What is to be saved; what is not named stays. `weeks` is replaced whole: a day or an exercise that keeps its `id`
    stays the same one, and without ids it is the same one in the same place."""

    name = serializers.CharField(required=False, max_length=content.MAX_NAME)
    description = optional(serializers.CharField, max_length=content.MAX_DESCRIPTION, allow_blank=True)
    goal = serializers.ChoiceField(TrainingGoal.choices, required=False)
    level = serializers.ChoiceField(Experience.choices, required=False)
    visibility = serializers.ChoiceField(VISIBILITIES, required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=content.MAX_TAG),
        required=False,
        allow_null=True,
        max_length=content.MAX_TAGS,
    )
    weeks = serializers.ListField(child=WeekInput(), required=False, min_length=1, max_length=content.MAX_WEEKS)


class DiffInput(serializers.Serializer):
    """Which versions to compare."""

    to = serializers.IntegerField(required=False, **within(VERSIONS), help_text="a version; the current one")

    def get_fields(self) -> dict[str, serializers.Field]:
        older = serializers.IntegerField(required=False, **within(VERSIONS), help_text="a version; the one before `to`")
        return {"from": older, **super().get_fields()}


class MaxInput(Plain):
    """A training max: what the percentages of a plan are of."""

    value = serializers.DecimalField(max_digits=8, decimal_places=3, min_value=LEAST)
    unit = serializers.ChoiceField(UNITS)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        MaxSource.choices, required=False, default=MaxSource.GIVEN.value
    )


class StartInput(Plain):
    """All of it is optional. For a plan that is being trained already, what is given changes and the rest stays."""

    started_on = optional(serializers.DateField, help_text="today in the person's time zone")
    version = optional(serializers.IntegerField, **within(VERSIONS), help_text="the current one when it begins")
    week = optional(serializers.IntegerField, **within(WEEKS), help_text="where to go on: the first week")
    day_id = optional(serializers.UUIDField, help_text="where to go on: the first day of the week")
    round = optional(serializers.IntegerField, **within(ROUNDS), help_text="pass through the weeks")
    training_maxes = serializers.DictField(
        child=MaxInput(allow_null=True), required=False, help_text="by exercise id; null forgets one"
    )


# ── Reading a start ──────────────────────────────────────────────────────────────────────────────

EARLIEST: Final = date(1970, 1, 1)


def _day(value: Any) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise Fault("invalid", "Must be a date, as 2026-03-01.")
    if day < EARLIEST:
        raise Fault("min_value", "Must not be before 1970.")
    return day


MAX: Final = Schema(
    {
        "value": content.positive(content.MAX_WEIGHT, limit=f"{content.MAX_WEIGHT_KG:,} kg"),
        "unit": choice(WEIGHT_UNITS),
        "source": choice(tuple(MaxSource.values)),
    },
    required=("value", "unit"),
    checks=(content.check_weight,),
)
START: Final = Schema(
    {
        "started_on": nullable(_day),
        "version": nullable(whole(*VERSIONS)),
        "week": nullable(whole(*WEEKS)),
        "day_id": nullable(identifier),
        "round": nullable(whole(*ROUNDS)),
        "training_maxes": Keyed(identifier, MAX, MOST_MAXES),
    }
)


def read_start(body: Any) -> dict[str, Any]:
    """The keyword arguments of `start_template`."""
    errors: list[Problem] = []
    said = START.parse(body, "", errors)
    if errors:
        raise Invalid(errors=errors)
    if said.get("day_id") is not None:
        said["day_id"] = UUID(said["day_id"])
    for one in said.get("training_maxes", {}).values():
        if one is not None:
            one["value"] = plain(one["value"])
    return said
