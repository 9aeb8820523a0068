"""The shared words of people."""

from django.db.models import TextChoices


class Role(TextChoices):
    USER = "user"
    COACH = "coach"
    MODERATOR = "moderator"
    ADMIN = "admin"


class Language(TextChoices):
    ENGLISH = "en", "English"
    GERMAN = "de", "Deutsch"
    SPANISH = "es", "Español"


class WeightUnit(TextChoices):
    KILOGRAM = "kg"
    POUND = "lb"


class DistanceUnit(TextChoices):
    KILOMETRE = "km"
    MILE = "mi"


class LengthUnit(TextChoices):
    CENTIMETRE = "cm"
    INCH = "in"


class Audience(TextChoices):
    """Who may see a part of somebody's life."""

    EVERYONE = "everyone"
    FRIENDS = "friends"
    NOBODY = "nobody"


class Sex(TextChoices):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Experience(TextChoices):
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class TrainingGoal(TextChoices):
    STRENGTH = "strength"
    HYPERTROPHY = "hypertrophy"
    ENDURANCE = "endurance"
    POWER = "power"
    GENERAL = "general"
    FAT_LOSS = "fat_loss"


class OwnedEquipment(TextChoices):
    """What somebody has at hand, in the words of the exercise library."""

    BARBELL = "barbell"
    DUMBBELL = "dumbbell"
    KETTLEBELL = "kettlebell"
    CABLE = "cable"
    MACHINE = "machine"
    SMITH = "smith"
    EZ_BAR = "ez_bar"
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


class Injury(TextChoices):
    """What to be careful with, in the words of an exercise's contraindications."""

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


class NotificationKind(TextChoices):
    """What somebody can be told about."""

    RECORD = "record"
    REST_OVER = "rest_over"
    REMINDER = "reminder"
    GOAL = "goal"
    ANALYSIS = "analysis"
    FRIEND_REQUEST = "friend_request"
    LIKE = "like"
    COMMENT = "comment"
    MENTION = "mention"
    CHALLENGE = "challenge"
    COACH = "coach"
    NEWS = "news"


class Channel(TextChoices):
    """The channels that are built in; NOTIFICATION_CHANNELS may have more."""

    IN_APP = "in_app"
    EMAIL = "email"
    PUSH = "push"


class Outcome(TextChoices):
    """What became of a notification on a channel."""

    SENT = "sent"
    UNWANTED = "unwanted", "read already, switched off, or from somebody who is not heard any more"
    TOO_LATE = "too_late"
    GONE = "gone", "nobody is there to take it"
    REFUSED = "refused"


class ConsentArea(TextChoices):
    """What of a client's training a coach may see."""

    WORKOUTS = "workouts"
    METRICS = "metrics"
    FORM_VIDEOS = "form_videos"


class SecurityEventKind(TextChoices):
    """What is written down about who came in, or tried to."""

    REGISTERED = "registered"
    EMAIL_VERIFIED = "email_verified"
    CLAIM_ENDED = "claim_ended", "lost an unverified e-mail address to its owner"
    LOGGED_IN = "logged_in"
    LOGIN_REFUSED = "login_refused"
    LOGGED_OUT = "logged_out"
    LOGGED_OUT_EVERYWHERE = "logged_out_everywhere"
    DEVICE_REMOVED = "device_removed"
    REFRESH_REUSED = "refresh_reused", "refresh token used twice"
    USERNAME_CHANGED = "username_changed"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    ROLE_CHANGED = "role_changed"
    RESTORED = "restored"
