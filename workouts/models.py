"""A workout's rows: the present state of its events, kept so that it can be read and searched.

Nothing here is edited by itself. `workouts.operations` writes these rows from the fold of the operations, whose
events (`common_event`, stream `workout:<id>`) are the truth.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import ExpressionWrapper, Q
from django.utils import timezone

from fitai.common.ids import uuid7
from workouts.enums import ACTIVE, DistanceUnit, RecordKind, SetKind, ShareAudience, Status, Visibility, WeightUnit
from workouts.querysets import GroupMemberQuerySet, GroupQuerySet, SetQuerySet, WorkoutQuerySet


class Workout(models.Model):
    """One visit to the gym, from the plan to the memory."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="workouts")
    name = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001  null is "not named", as clients see it
    notes = models.TextField(null=True, blank=True)  # noqa: DJ001
    status = models.CharField(max_length=12, choices=Status, default=Status.PLANNED)
    visibility = models.CharField(max_length=8, choices=Visibility, db_default=Visibility.PRIVATE)
    template_id = models.UUIDField(null=True, blank=True)
    template_version = models.PositiveIntegerField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    active_us = models.BigIntegerField(default=0, help_text="microseconds trained in closed stretches")
    active_since = models.DateTimeField(null=True, blank=True, help_text="start of the running stretch")
    body_weight = models.DecimalField(max_digits=7, decimal_places=3, null=True, blank=True)
    body_weight_unit = models.CharField(max_length=2, choices=WeightUnit, null=True, blank=True)  # noqa: DJ001
    rest = models.JSONField(null=True, blank=True, help_text="the rest timer: set_id, seconds, ends_at, op_id")

    total_sets = models.PositiveIntegerField(default=0)
    total_reps = models.PositiveIntegerField(default=0)
    total_volume_kg = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    total_duration_seconds = models.PositiveIntegerField(default=0)
    total_distance_m = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    muscles = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    seq = models.BigIntegerField(default=0, help_text="number of its last event")
    change_seq = models.BigIntegerField(default=0, help_text="of its owner; also moves when only records changed")
    last_at = models.DateTimeField(help_text="stamp of the latest operation, with device and id")
    last_device = models.CharField(max_length=64)
    last_op = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    performed_at = models.DateTimeField(help_text="start, or creation while it has none: its place in the history")
    touched_at = models.DateTimeField(help_text="last operation, by the server's clock")
    deleted_at = models.DateTimeField(null=True, blank=True)
    active = models.GeneratedField(
        expression=ExpressionWrapper(Q(status__in=[str(status) for status in ACTIVE]), models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects = WorkoutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(started_at__isnull=False), name="workout_times"
            ),
            models.CheckConstraint(
                condition=Q(body_weight__isnull=True, body_weight_unit__isnull=True)
                | Q(body_weight__isnull=False, body_weight_unit__isnull=False),
                name="workout_body_weight_unit",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-performed_at", "-id"], name="workout_history", condition=Q(deleted_at__isnull=True)
            ),
            models.Index(
                fields=["user", "-active", "-performed_at", "-id"],
                name="workout_sessions",
                condition=Q(deleted_at__isnull=True),
            ),
            models.Index(
                fields=["user", "status", "-performed_at"], name="workout_status", condition=Q(deleted_at__isnull=True)
            ),
            models.Index(fields=["user", "change_seq"], name="workout_changes"),
            models.Index(fields=["-performed_at", "-id"], name="workout_latest", condition=Q(deleted_at__isnull=True)),
            models.Index(fields=["touched_at"], name="workout_idle", condition=Q(status__in=["in_progress", "paused"])),
            models.Index(fields=["deleted_at"], name="workout_deleted", condition=Q(deleted_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.name or 'Workout'} · {self.performed_at:%Y-%m-%d %H:%M}"

    @property
    def stream(self) -> str:
        return f"workout:{self.pk}"


class WorkoutExercise(models.Model):
    """An exercise in its place in a workout."""

    id = models.UUIDField(primary_key=True)
    workout = models.ForeignKey(Workout, models.CASCADE, related_name="exercises")
    exercise = models.ForeignKey("exercises.Exercise", models.PROTECT, null=True, related_name="+")
    rank = models.TextField(blank=True, help_text="fractional index; order is by rank, id")
    superset = models.PositiveSmallIntegerField(null=True, blank=True)
    notes = models.TextField(null=True, blank=True)  # noqa: DJ001
    added = models.BooleanField(default=False)
    removed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.exercise}"


class Set(models.Model):
    """One set: what is planned (`target`) and what was done, as entered and in kilograms and metres."""

    id = models.UUIDField(primary_key=True)
    workout = models.ForeignKey(Workout, models.CASCADE, related_name="sets")
    workout_exercise = models.ForeignKey(WorkoutExercise, models.CASCADE, related_name="sets")
    rank = models.TextField(blank=True, help_text="fractional index; order is by rank, id")
    kind = models.CharField(max_length=8, choices=SetKind, default=SetKind.WORKING)
    reps = models.PositiveSmallIntegerField(null=True, blank=True)
    weight = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    assistance = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    weight_unit = models.CharField(max_length=2, choices=WeightUnit, null=True, blank=True)  # noqa: DJ001
    rpe = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    rir = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_seconds = models.PositiveIntegerField(null=True, blank=True)
    distance = models.DecimalField(max_digits=13, decimal_places=3, null=True, blank=True)
    distance_unit = models.CharField(max_length=2, choices=DistanceUnit, null=True, blank=True)  # noqa: DJ001
    notes = models.TextField(null=True, blank=True)  # noqa: DJ001
    target = models.JSONField(null=True, blank=True)
    completed = models.BooleanField(default=False)
    completed_at = models.DateTimeField(null=True, blank=True)
    added = models.BooleanField(default=False)
    removed = models.BooleanField(default=False)

    # What the history is read by, derived from the set, its exercise and its workout.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+")
    exercise = models.ForeignKey("exercises.Exercise", models.PROTECT, null=True, db_index=False, related_name="+")
    performed_at = models.DateTimeField()
    shows = models.BooleanField(default=False, help_text="neither it nor its exercise is removed")
    load_kg = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True, help_text="system load")
    weight_kg = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    assistance_kg = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    distance_m = models.DecimalField(max_digits=11, decimal_places=3, null=True, blank=True)

    objects = SetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rpe__isnull=True) | Q(rir__isnull=True), name="set_one_effort"),
            models.CheckConstraint(condition=Q(rpe__isnull=True) | Q(rpe__gte=1, rpe__lte=10), name="set_rpe"),
            models.CheckConstraint(condition=Q(reps__isnull=True) | Q(reps__lte=1000), name="set_reps"),
            models.CheckConstraint(
                condition=Q(weight__isnull=True, assistance__isnull=True) | Q(weight_unit__isnull=False),
                name="set_weight_unit",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "exercise", "performed_at", "workout"],
                name="set_history",
                condition=Q(shows=True, completed=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reps or '–'} × {self.weight or '–'} {self.weight_unit or ''}".strip()


class Record(models.Model):
    """A set that beat everything the person had done before it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+")
    exercise = models.ForeignKey("exercises.Exercise", models.PROTECT, db_index=False, related_name="+")
    kind = models.CharField(max_length=14, choices=RecordKind)
    key = models.DecimalField(
        max_digits=9, decimal_places=3, null=True, blank=True, help_text="the weight, for its reps"
    )
    value = models.DecimalField(max_digits=14, decimal_places=3)
    previous = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    set = models.ForeignKey(Set, models.CASCADE, db_index=False, related_name="records")
    workout = models.ForeignKey(Workout, models.CASCADE, related_name="records")
    performed_at = models.DateTimeField()
    formula_version = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["set", "kind"], name="record_set_kind")]
        indexes = [models.Index(fields=["user", "exercise", "performed_at", "workout"], name="record_history")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Share(models.Model):
    """Somebody shows one of their workouts to others, until they take it back or delete it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+")
    workout = models.OneToOneField(Workout, models.CASCADE, related_name="share")
    audience = models.CharField(max_length=8, choices=ShareAudience)
    note = models.CharField(max_length=1000, blank=True, help_text="what is said with it")
    shared_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=ShareAudience.values), name="share_audience"),
        ]
        indexes = [
            models.Index(fields=["user", "-shared_at", "-id"], name="share_latest"),
            models.Index(fields=["-shared_at", "-id"], name="share_everyone", condition=Q(audience="everyone")),
        ]

    def __str__(self) -> str:
        return f"for {self.audience}"


SEATS = 20
"""So many people train together in one group at most."""


class Group(models.Model):
    """People who train together, each in a workout of their own. What happens to it is told in the stream `group:<id>`,
    which is numbered under its lock."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", help_text="who made it, or took over"
    )
    name = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=32, help_text="of what was asked for")
    seq = models.BigIntegerField(default=0, help_text="number of its last event")
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now, help_text="when somebody last came, went or was invited")

    objects = GroupQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["touched_at"], name="group_idle")]

    def __str__(self) -> str:
        return self.name or "Group"

    @property
    def stream(self) -> str:
        return f"group:{self.pk}"


class GroupMember(models.Model):
    """Somebody in a group, or invited to it. The others see the one workout that is named here, and nothing else."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    invited_at = models.DateTimeField(default=timezone.now)
    joined_at = models.DateTimeField(null=True, blank=True, help_text="null while it is an invitation")
    seat = models.PositiveSmallIntegerField(null=True, blank=True, help_text="one of the group's, from the joining on")
    workout = models.ForeignKey(Workout, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = GroupMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "group"], name="group_member_once"),
            models.UniqueConstraint(fields=["group", "seat"], name="group_member_seat"),
            models.CheckConstraint(
                condition=Q(joined_at__isnull=True, seat__isnull=True, workout__isnull=True)
                | Q(joined_at__isnull=False, seat__isnull=False, seat__lt=SEATS),
                name="group_member_joined",
            ),
        ]
        indexes = [models.Index(fields=["user", "-invited_at", "-group"], name="group_member_latest")]

    def __str__(self) -> str:
        return f"{self.user} in {self.group}"
