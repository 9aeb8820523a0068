"""The shapes of the workout routes, for the schema. The values themselves are checked by the core, the same for every
door (`workouts.core.operations`)."""

from typing import Any

from rest_framework import serializers

from templates_app.api.outputs import EnrolmentOutput
from workouts.enums import DistanceUnit, RecordKind, SetKind, Status, WeightUnit


class Plain(serializers.Serializer):
    """A shape: documented here, read and written elsewhere."""


def decimal(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=14, decimal_places=3, **kwargs)


def optional(field: type[serializers.Field], **kwargs: Any) -> serializers.Field:
    return field(required=False, allow_null=True, **kwargs)


class SetValues(Plain):
    """What a set says of itself. `rpe` and `rir` exclude each other; `assistance` is in `weight_unit`."""

    kind = serializers.ChoiceField(SetKind.choices, required=False)
    reps = optional(serializers.IntegerField, min_value=0, max_value=1000)
    weight = decimal(required=False, allow_null=True, min_value=0)
    weight_unit = optional(serializers.ChoiceField, choices=WeightUnit.choices)
    assistance = decimal(required=False, allow_null=True, min_value=0)
    rpe = serializers.DecimalField(
        max_digits=3, decimal_places=1, min_value=1, max_value=10, required=False, allow_null=True
    )
    rir = optional(serializers.IntegerField, min_value=0, max_value=10)
    duration_seconds = optional(serializers.IntegerField, min_value=0, max_value=86_400)
    distance = decimal(required=False, allow_null=True, min_value=0)
    distance_unit = optional(serializers.ChoiceField, choices=DistanceUnit.choices)
    completed = serializers.BooleanField(required=False)
    notes = optional(serializers.CharField, max_length=4000)


class TargetInput(Plain):
    """What a plan asks of a set."""

    kind = serializers.ChoiceField(SetKind.choices, required=False)
    reps = optional(serializers.IntegerField, min_value=0, max_value=1000)
    reps_max = optional(serializers.IntegerField, min_value=0, max_value=1000)
    weight = decimal(required=False, allow_null=True, min_value=0)
    weight_unit = optional(serializers.ChoiceField, choices=WeightUnit.choices)
    rpe = serializers.DecimalField(
        max_digits=3, decimal_places=1, min_value=1, max_value=10, required=False, allow_null=True
    )
    rir = optional(serializers.IntegerField, min_value=0, max_value=10)
    duration_seconds = optional(serializers.IntegerField, min_value=0, max_value=86_400)
    distance = decimal(required=False, allow_null=True, min_value=0)
    distance_unit = optional(serializers.ChoiceField, choices=DistanceUnit.choices)
    assistance = decimal(required=False, allow_null=True, min_value=0)
    rest_seconds = optional(serializers.IntegerField, min_value=0, max_value=7200)
    tempo = optional(serializers.CharField, max_length=20, help_text="down, pause, up, pause in seconds: 3-1-X-0")


RANK = "^[A-Za-z][0-9A-Za-z]*$"


class PlannedSet(SetValues):
    id = serializers.UUIDField(required=False)
    rank = serializers.RegexField(RANK, required=False, max_length=200)
    target = TargetInput(required=False, allow_null=True)


class PlannedExercise(Plain):
    id = serializers.UUIDField(required=False)
    exercise_id = serializers.UUIDField()
    rank = serializers.RegexField(RANK, required=False, max_length=200)
    superset = optional(serializers.IntegerField, min_value=0, max_value=99)
    notes = optional(serializers.CharField, max_length=4000)
    sets = PlannedSet(many=True, required=False)


class CreateWorkoutInput(Plain):
    """Empty, planned with targets, the next day of a template (`template_id`) or the one that `day_id` names, copied
    from a past one (`from_workout_id`), or whole after the fact. With `exercises`, `template_id` only says where they
    are from. Who does not train by the template yet does from then on."""

    id = serializers.UUIDField(required=False)
    name = optional(serializers.CharField, max_length=200)
    started_at = optional(serializers.DateTimeField)
    ended_at = optional(serializers.DateTimeField)
    exercises = PlannedExercise(many=True, required=False)
    from_workout_id = serializers.UUIDField(required=False)
    template_id = optional(serializers.UUIDField)
    template_version = optional(serializers.IntegerField, min_value=1, help_text="with `exercises` only")
    day_id = serializers.UUIDField(required=False, help_text="of the template, in place of the day that comes next")


class UpdateWorkoutInput(Plain):
    name = optional(serializers.CharField, max_length=200)
    notes = optional(serializers.CharField, max_length=4000)
    body_weight = decimal(required=False, allow_null=True)
    body_weight_unit = optional(serializers.ChoiceField, choices=WeightUnit.choices)


class FoundBySearch(Plain):
    search_id = optional(serializers.UUIDField, help_text="of the search that it was found by; not kept in the workout")


class AddExerciseInput(FoundBySearch):
    id = serializers.UUIDField(required=False)
    exercise_id = serializers.UUIDField()
    rank = serializers.RegexField(RANK, required=False, max_length=200)
    after = optional(serializers.UUIDField)
    notes = optional(serializers.CharField, max_length=4000)
    superset = optional(serializers.IntegerField, min_value=0, max_value=99)


class UpdateExerciseInput(Plain):
    exercise_id = serializers.UUIDField(required=False)
    notes = optional(serializers.CharField, max_length=4000)
    superset = optional(serializers.IntegerField, min_value=0, max_value=99)


class ReorderInput(Plain):
    order = serializers.ListField(
        child=serializers.UUIDField(), max_length=100, help_text="all entries, in their new order"
    )


class LogSetInput(SetValues, FoundBySearch):
    """`exercise_id` means the last entry of that exercise, else a new one."""

    id = serializers.UUIDField(required=False)
    exercise_id = serializers.UUIDField(required=False)
    workout_exercise_id = serializers.UUIDField(required=False)
    rank = serializers.RegexField(RANK, required=False, max_length=200)
    after = optional(serializers.UUIDField)


class SessionSetInput(LogSetInput):
    session_id = serializers.UUIDField()


class RestInput(Plain):
    seconds = serializers.IntegerField(min_value=1, max_value=7200)
    set_id = optional(serializers.UUIDField)


class OperationInput(Plain):
    op_id = serializers.RegexField(r"^[\x21-\x7e]{1,64}$")
    type = serializers.CharField(max_length=40)
    at = serializers.DateTimeField()
    device_id = serializers.RegexField(r"^[\x21-\x7e]{1,64}$")
    payload = serializers.DictField()


class BatchInput(Plain):
    sent_at = serializers.DateTimeField(help_text="the device's clock when it sent this")
    ops = serializers.ListField(child=OperationInput(), min_length=1, max_length=1000)


class SessionInput(Plain):
    id = serializers.UUIDField(required=False)
    name = optional(serializers.CharField, max_length=200)


class EndSessionInput(Plain):
    status = serializers.ChoiceField(["completed", "cancelled"])


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────


class RecordOutput(Plain):
    kind = serializers.ChoiceField(RecordKind.choices)
    value = decimal()
    previous = decimal(allow_null=True)


class TotalsOutput(Plain):
    """Completed sets, warm-ups aside."""

    sets = serializers.IntegerField()
    reps = serializers.IntegerField()
    volume_kg = decimal()
    duration_seconds = serializers.IntegerField()
    distance_m = decimal()


class SetOutput(Plain):
    id = serializers.UUIDField()
    workout_exercise_id = serializers.UUIDField()
    position = serializers.IntegerField()
    rank = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(SetKind.choices)
    reps = serializers.IntegerField(allow_null=True)
    weight = decimal(allow_null=True)
    assistance = decimal(allow_null=True)
    weight_unit = serializers.ChoiceField(WeightUnit.choices, allow_null=True)
    weight_kg = decimal(allow_null=True)
    rpe = serializers.DecimalField(max_digits=3, decimal_places=1, allow_null=True)
    rir = serializers.IntegerField(allow_null=True)
    duration_seconds = serializers.IntegerField(allow_null=True)
    distance = decimal(allow_null=True)
    distance_unit = serializers.ChoiceField(DistanceUnit.choices, allow_null=True)
    distance_m = decimal(allow_null=True)
    notes = serializers.CharField(allow_null=True, allow_blank=True)
    target = TargetInput(allow_null=True)
    completed = serializers.BooleanField()
    completed_at = serializers.DateTimeField(allow_null=True)
    records = RecordOutput(many=True)


class LoggedSetOutput(SetOutput):
    exercise_id = serializers.UUIDField()
    seq = serializers.IntegerField()


class RemovedSetOutput(Plain):
    records = RecordOutput(many=True, help_text="those withdrawn with it")
    seq = serializers.IntegerField()


class WorkoutExerciseOutput(Plain):
    id = serializers.UUIDField()
    exercise_id = serializers.UUIDField()
    position = serializers.IntegerField()
    rank = serializers.CharField(allow_blank=True)
    superset = serializers.IntegerField(allow_null=True)
    notes = serializers.CharField(allow_null=True, allow_blank=True)
    sets = SetOutput(many=True)


class EntryOutput(WorkoutExerciseOutput):
    seq = serializers.IntegerField()


class RestOutput(Plain):
    set_id = serializers.UUIDField(allow_null=True)
    seconds = serializers.IntegerField()
    ends_at = serializers.DateTimeField()


class WorkoutBase(Plain):
    id = serializers.UUIDField()
    name = serializers.CharField(allow_null=True, allow_blank=True)
    status = serializers.ChoiceField(Status.choices)
    seq = serializers.IntegerField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    active_seconds = serializers.IntegerField(help_text="of closed stretches; add the time since `active_since`")
    active_since = serializers.DateTimeField(allow_null=True, help_text="start of the running stretch")
    template_id = serializers.UUIDField(allow_null=True)
    template_version = serializers.IntegerField(allow_null=True)
    totals = TotalsOutput()


class WorkoutSummaryOutput(WorkoutBase):
    muscles = serializers.ListField(child=serializers.CharField())
    record_count = serializers.IntegerField()


class WorkoutOutput(WorkoutBase):
    notes = serializers.CharField(allow_null=True, allow_blank=True)
    body_weight = decimal(allow_null=True)
    body_weight_unit = serializers.ChoiceField(WeightUnit.choices, allow_null=True)
    rest = RestOutput(allow_null=True)
    exercises = WorkoutExerciseOutput(many=True)


class LastTimeOutput(Plain):
    workout_id = serializers.UUIDField()
    performed_at = serializers.DateTimeField()
    sets = serializers.IntegerField()
    volume_kg = decimal()
    heaviest_kg = decimal(allow_null=True)


class ComparedOutput(Plain):
    exercise_id = serializers.UUIDField()
    sets = serializers.IntegerField()
    volume_kg = decimal()
    heaviest_kg = decimal(allow_null=True)
    last_time = LastTimeOutput(allow_null=True)


class HeldRecordOutput(RecordOutput):
    exercise_id = serializers.UUIDField()
    set_id = serializers.UUIDField()


class CompletionOutput(Plain):
    totals = TotalsOutput()
    records = HeldRecordOutput(many=True)
    exercises = ComparedOutput(many=True)


class CompletedWorkoutOutput(WorkoutOutput):
    summary = CompletionOutput()


def page_of(serializer: type[serializers.Serializer], name: str) -> type[serializers.Serializer]:
    """The schema of a page of these."""
    return type(
        name,
        (Plain,),
        {
            "results": serializer(many=True),
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
        },
    )


WorkoutPage = page_of(WorkoutSummaryOutput, "WorkoutPage")
ActiveWorkouts = page_of(WorkoutOutput, "ActiveWorkouts")
SetPage = page_of(LoggedSetOutput, "SetPage")


class PrescribedOutput(Plain):
    """A set to do, in the words of a workout's targets. A null weight is the person's to find by the effort."""

    kind = serializers.ChoiceField(SetKind.choices)
    reps = serializers.IntegerField(allow_null=True)
    reps_max = serializers.IntegerField(allow_null=True)
    weight = decimal(allow_null=True, help_text="what can be loaded, in the person's unit")
    assistance = decimal(allow_null=True)
    weight_unit = serializers.ChoiceField(WeightUnit.choices, allow_null=True)
    rpe = serializers.DecimalField(max_digits=3, decimal_places=1, allow_null=True)
    rir = serializers.IntegerField(allow_null=True)
    duration_seconds = serializers.IntegerField(allow_null=True)
    distance = decimal(allow_null=True)
    distance_unit = serializers.ChoiceField(DistanceUnit.choices, allow_null=True)
    rest_seconds = serializers.IntegerField(allow_null=True)
    tempo = serializers.CharField(allow_null=True)


class NextExerciseOutput(Plain):
    id = serializers.UUIDField(help_text="of the planned exercise; UUIDv5(workout id, this) is its id in a workout")
    exercise_id = serializers.UUIDField()
    name = serializers.CharField(allow_null=True)
    superset = serializers.IntegerField(allow_null=True)
    substitutes = serializers.ListField(child=serializers.UUIDField())
    sets = PrescribedOutput(many=True)
    why = serializers.CharField(help_text='"+2.5 kg: 3 × 8 done at RPE 7"')


class NeedOutput(Plain):
    exercise_id = serializers.UUIDField()
    what = serializers.CharField(help_text="what would say how heavy: a weight you can do for 10")


class NextDayOutput(Plain):
    id = serializers.UUIDField()
    name = serializers.CharField()


class NextOutput(Plain):
    """What to do next in a plan, with its loads worked out, and why."""

    template_id = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1)
    round = serializers.IntegerField(min_value=1, help_text="pass through the weeks")
    week = serializers.IntegerField(min_value=1)
    day = NextDayOutput()
    position = serializers.CharField(help_text="Week 2 of 4, day 1 of 3")
    exercises = NextExerciseOutput(many=True)
    needs = NeedOutput(many=True)
    enrolment = EnrolmentOutput(allow_null=True, help_text="null: as for a start today")


class EventOutput(Plain):
    seq = serializers.IntegerField()
    op_id = serializers.CharField(allow_null=True)
    type = serializers.CharField()
    at = serializers.DateTimeField()
    device_id = serializers.CharField()
    actor_id = serializers.UUIDField(allow_null=True)
    payload = serializers.DictField(
        help_text="what the operation says; `merged_from` in an `exercise.update` of the server is the exercise that"
        " turned out to be the same as `exercise_id`"
    )
    reorders = serializers.BooleanField(required=False, help_text="take a snapshot: applying it last is not enough")


class EventsOutput(Plain):
    results = EventOutput(many=True)
    head = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)


class ResultOutput(Plain):
    op_id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(["applied", "duplicate", "superseded", "rejected"])
    seq = serializers.IntegerField(allow_null=True)
    problem = serializers.DictField(required=False)


class BatchOutput(Plain):
    seq = serializers.IntegerField()
    results = ResultOutput(many=True)
