"""The shared words of workouts."""

from django.db import models


class Status(models.TextChoices):
    """Where a workout stands between a plan and a memory."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"


ACTIVE = (Status.IN_PROGRESS, Status.PAUSED)


class SetKind(models.TextChoices):
    """What a set is for; warm-ups count towards nothing."""

    WARMUP = "warmup"
    WORKING = "working"
    DROP = "drop"
    FAILURE = "failure"
    AMRAP = "amrap"
    BACKOFF = "backoff"


class WeightUnit(models.TextChoices):
    KG = "kg"
    LB = "lb"


class DistanceUnit(models.TextChoices):
    M = "m"
    KM = "km"
    MI = "mi"
    YD = "yd"
    FT = "ft"


class RecordKind(models.TextChoices):
    """What somebody can be better at than ever before."""

    WEIGHT = "weight"
    REPS_AT_WEIGHT = "reps_at_weight"
    E1RM = "e1rm"
    SET_VOLUME = "set_volume"
    WORKOUT_VOLUME = "workout_volume"
    TIME = "time"
    DISTANCE = "distance"
    PACE = "pace"


class Visibility(models.TextChoices):
    PRIVATE = "private"
    FRIENDS = "friends"
    PUBLIC = "public"


class ShareAudience(models.TextChoices):
    """Whom somebody shows a workout, in the words of the privacy settings, which may narrow it further."""

    EVERYONE = "everyone"
    FRIENDS = "friends"


class Standing(models.TextChoices):
    """What somebody is to a group."""

    INVITED = "invited"
    JOINED = "joined"
