"""The closed vocabularies of the exercise library, the same as those of `catalogue.schema.json`."""

from typing import Final

from django.db.models import TextChoices


class Language(TextChoices):
    """Languages that texts are kept in."""

    ENGLISH = "en", "English"
    GERMAN = "de", "Deutsch"
    SPANISH = "es", "Español"


class Muscle(TextChoices):
    CHEST = "chest"
    FRONT_DELTS = "front_delts"
    SIDE_DELTS = "side_delts"
    REAR_DELTS = "rear_delts"
    LATS = "lats"
    UPPER_BACK = "upper_back"
    TRAPS = "traps"
    LOWER_BACK = "lower_back"
    BICEPS = "biceps"
    BRACHIALIS = "brachialis"
    TRICEPS = "triceps"
    FOREARMS = "forearms"
    ABS = "abs"
    OBLIQUES = "obliques"
    SERRATUS = "serratus"
    HIP_FLEXORS = "hip_flexors"
    GLUTES = "glutes"
    QUADS = "quads"
    HAMSTRINGS = "hamstrings"
    ADDUCTORS = "adductors"
    ABDUCTORS = "abductors"
    CALVES = "calves"
    SOLEUS = "soleus"
    TIBIALIS = "tibialis"
    NECK = "neck"


class Equipment(TextChoices):
    """What an exercise needs. `bodyweight` is always at hand."""

    BARBELL = "barbell"
    DUMBBELL = "dumbbell"
    KETTLEBELL = "kettlebell"
    CABLE = "cable"
    MACHINE = "machine"
    SMITH = "smith", "Smith machine"
    EZ_BAR = "ez_bar", "EZ bar"
    TRAP_BAR = "trap_bar"
    BAND = "band"
    BODYWEIGHT = "bodyweight"
    ASSISTED = "assisted"
    WEIGHTED_BODYWEIGHT = "weighted_bodyweight"
    PLATE = "plate"
    MEDICINE_BALL = "medicine_ball"
    EXERCISE_BALL = "exercise_ball"
    SUSPENSION = "suspension"
    FOAM_ROLL = "foam_roll"
    CARDIO_MACHINE = "cardio_machine"
    BENCH = "bench"
    RACK = "rack"
    PULL_UP_BAR = "pull_up_bar"
    DIP_BARS = "dip_bars"
    BOX = "box"


class Kind(TextChoices):
    STRENGTH = "strength"
    BODYWEIGHT = "bodyweight"
    CARDIO = "cardio"
    MOBILITY = "mobility"
    PLYOMETRIC = "plyometric"


class Pattern(TextChoices):
    """Movement patterns, by which plans are balanced and substitutes are found."""

    SQUAT = "squat"
    HINGE = "hinge"
    LUNGE = "lunge"
    HORIZONTAL_PUSH = "horizontal_push"
    VERTICAL_PUSH = "vertical_push"
    HORIZONTAL_PULL = "horizontal_pull"
    VERTICAL_PULL = "vertical_pull"
    CHEST_FLY = "chest_fly"
    REAR_FLY = "rear_fly"
    SHOULDER_RAISE = "shoulder_raise"
    SHOULDER_EXTENSION = "shoulder_extension"
    SHRUG = "shrug"
    ELBOW_FLEXION = "elbow_flexion"
    ELBOW_EXTENSION = "elbow_extension"
    WRIST_FLEXION = "wrist_flexion"
    WRIST_EXTENSION = "wrist_extension"
    GRIP = "grip"
    HIP_EXTENSION = "hip_extension"
    HIP_ABDUCTION = "hip_abduction"
    HIP_ADDUCTION = "hip_adduction"
    KNEE_FLEXION = "knee_flexion"
    KNEE_EXTENSION = "knee_extension"
    CALF_RAISE = "calf_raise"
    ANKLE_DORSIFLEXION = "ankle_dorsiflexion"
    CORE_FLEXION = "core_flexion"
    CORE_ANTIEXTENSION = "core_antiextension"
    CORE_ROTATION = "core_rotation"
    CORE_LATERAL_FLEXION = "core_lateral_flexion"
    NECK = "neck"
    CARRY = "carry"
    OLYMPIC = "olympic"
    JUMP = "jump"
    GAIT = "gait"
    ROWING = "rowing"
    CYCLING = "cycling"
    MOBILITY = "mobility"


class Mechanic(TextChoices):
    COMPOUND = "compound"
    ISOLATION = "isolation"


class Force(TextChoices):
    PUSH = "push"
    PULL = "pull"
    STATIC = "static"


class Difficulty(TextChoices):
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Tracking(TextChoices):
    """What is written down for a set."""

    WEIGHT_REPS = "weight_reps", "Weight and reps"
    REPS = "reps"
    ASSISTED_REPS = "assisted_reps"
    TIME = "time"
    DISTANCE_TIME = "distance_time", "Distance and time"
    WEIGHT_TIME = "weight_time", "Weight and time"


class Contraindication(TextChoices):
    """Complaints with which an exercise is better left out."""

    LOWER_BACK = "lower_back"
    KNEE = "knee"
    SHOULDER = "shoulder"
    WRIST = "wrist"
    ELBOW = "elbow"
    HIP = "hip"
    ANKLE = "ankle"
    NECK = "neck"
    PREGNANCY = "pregnancy"
    HERNIA = "hernia"
    HIGH_BLOOD_PRESSURE = "high_blood_pressure"


class Relation(TextChoices):
    """How a variation differs from the exercise it is a variation of."""

    EASIER = "easier"
    HARDER = "harder"
    VARIATION = "variation"
    UNILATERAL = "unilateral"
    EQUIPMENT = "equipment", "Other equipment"

    @property
    def inverse(self) -> "Relation":
        """What the exercise is to its variation."""
        return INVERSE.get(self, self)


INVERSE: Final = {Relation.EASIER: Relation.HARDER, Relation.HARDER: Relation.EASIER}


class Status(TextChoices):
    """Where an exercise stands on its way into the library."""

    DRAFT = "draft"
    PENDING = "pending", "Awaiting review"
    APPROVED = "approved"
    REJECTED = "rejected"
    ARCHIVED = "archived"


class ProposalStatus(TextChoices):
    """What became of an edit that somebody proposed."""

    PENDING = "pending", "Awaiting review"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Verdict(TextChoices):
    """What a moderator did."""

    APPROVED = "approved"
    REJECTED = "rejected"
    EDITED = "edited"
    REVERTED = "reverted"
    MERGED = "merged"
    ARCHIVED = "archived"
    RESTORED = "restored"


class Severity(TextChoices):
    """How much a finding weighs: what must not be published, what should be looked at, what could be better."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Sort(TextChoices):
    """Orders of search results."""

    RELEVANCE = "relevance"
    NAME = "name"
    RATING = "rating"
    NEWEST = "newest"


class Window(TextChoices):
    """The time that popularity is counted over, up to now."""

    WEEK = "7d", "7 days"
    MONTH = "30d", "30 days"
    ALL = "all", "All time"


class MediaKind(TextChoices):
    """What shows how an exercise is done."""

    IMAGE = "image"
    VIDEO = "video"


class MediaStatus(TextChoices):
    """Where a picture or video stands on its way into the library."""

    PROCESSING = "processing", "In the making"
    PENDING = "pending", "Awaiting review"
    APPROVED = "approved"
    REJECTED = "rejected"
    REMOVED = "removed"


class SourceKind(TextChoices):
    """Shapes in which catalogues of others come."""

    FREE_EXERCISE_DB = "free_exercise_db", "free-exercise-db (JSON)"
    WGER = "wger", "wger (API)"


class MatchedBy(TextChoices):
    """By what an exercise of another catalogue was found in the library."""

    SLUG = "slug"
    NAME = "name"
    ALIAS = "alias"
    LIKENESS = "likeness", "name in other words"
    NONE = "none", "nothing"


class EntryOutcome(TextChoices):
    """What became of an exercise of another catalogue, until now."""

    MATCHED = "matched", "In the library already"
    DRAFTED = "drafted", "New draft"
    UPDATED = "updated", "Draft brought up to date"
    CHANGED = "changed", "Changed there, edited here"
    IGNORED = "ignored", "Rejected or removed here"
    GONE = "gone", "Gone from the source"
