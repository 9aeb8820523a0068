"""The shared words of templates. Goals and levels are those of people: `accounts.enums`."""

from django.db.models import TextChoices


class Visibility(TextChoices):
    """Who finds a template."""

    PRIVATE = "private"
    FRIENDS = "friends"
    LINK = "link"
    PUBLIC = "public"


class Source(TextChoices):
    """Who wrote a template: a person, or the planner."""

    WRITTEN = "written"
    GENERATED = "generated"


class EnrolmentStatus(TextChoices):
    """Where somebody stands with a plan."""

    ACTIVE = "active"
    LEFT = "left"


class MaxSource(TextChoices):
    """How a training max came to be known."""

    GIVEN = "given"
    ESTIMATED = "estimated"
    TESTED = "tested"


class SetKind(TextChoices):
    """What a prescribed set is for."""

    WARMUP = "warmup"
    WORKING = "working"
    DROP = "drop"
    FAILURE = "failure"
    AMRAP = "amrap"
    BACKOFF = "backoff"


class LoadType(TextChoices):
    """How the weight of a set is said."""

    ABSOLUTE = "absolute"
    PERCENT_1RM = "percent_1rm", "Percent of the 1RM"
    PERCENT_TM = "percent_tm", "Percent of the training max"
    RPE = "rpe", "RPE"
    RIR = "rir", "RIR"
    BODYWEIGHT = "bodyweight"


class Rule(TextChoices):
    """How an exercise of a plan progresses."""

    NONE = "none"
    LINEAR = "linear"
    DOUBLE = "double", "Double progression"
    PERCENTAGE = "percentage", "Percentage waves"


class SuggestionReason(TextChoices):
    """What somebody has in common with who may know them."""

    MUTUAL_FRIENDS = "mutual_friends"
    SAME_TEMPLATE = "same_template"
    NEAR = "near"
