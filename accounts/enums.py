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


class MetricKind(TextChoices):
    """What of a body is measured: what is possible of each, and its units, are in `fitai.science.measures`."""

    WEIGHT = "weight"
    BODY_FAT = "body_fat", "Body fat"
    NECK = "neck"
    CHEST = "chest"
    WAIST = "waist"
    HIPS = "hips"
    UPPER_ARM_LEFT = "upper_arm_left", "Upper arm, left"
    UPPER_ARM_RIGHT = "upper_arm_right", "Upper arm, right"
    FOREARM_LEFT = "forearm_left", "Forearm, left"
    FOREARM_RIGHT = "forearm_right", "Forearm, right"
    THIGH_LEFT = "thigh_left", "Thigh, left"
    THIGH_RIGHT = "thigh_right", "Thigh, right"
    CALF_LEFT = "calf_left", "Calf, left"
    CALF_RIGHT = "calf_right", "Calf, right"
    RESTING_HEART_RATE = "resting_heart_rate", "Resting heart rate"
    HEART_RATE_VARIABILITY = "heart_rate_variability", "Heart rate variability"
    VO2MAX = "vo2max", "VO2max"
    SLEEP = "sleep"


class MetricUnit(TextChoices):
    KILOGRAM = "kg", "kg"
    POUND = "lb", "lb"
    PERCENT = "percent", "%"
    CENTIMETRE = "cm", "cm"
    INCH = "in", "in"
    BEATS_A_MINUTE = "bpm", "bpm"
    MILLISECOND = "ms", "ms"
    MILLILITRE_A_KILOGRAM_AND_MINUTE = "ml_kg_min", "ml/kg/min"
    MINUTE = "min", "min"
    HOUR = "h", "h"


class Period(TextChoices):
    """What a series of measurements is drawn together by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class NotificationKind(TextChoices):
    """What somebody can be told about."""

    RECORD = "record"
    REST_OVER = "rest_over"
    REMINDER = "reminder"
    GOAL = "goal"
    ANALYSIS = "analysis"
    FRIEND_REQUEST = "friend_request"
    FRIEND_ACCEPTED = "friend_accepted"
    LIKE = "like"
    COMMENT = "comment"
    MENTION = "mention"
    CHALLENGE = "challenge"
    GROUP = "group"
    COACH = "coach"
    MODERATION = "moderation"
    EXPORT = "export"
    NEWS = "news"


class Relation(TextChoices):
    """What another person is to the one who looks."""

    SELF = "self"
    NONE = "none"
    FRIEND = "friend"
    REQUESTED = "requested", "was asked to be a friend, and has not answered"
    ASKS_YOU = "asks_you", "asks to be a friend"


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


class CoachingStatus(TextChoices):
    INVITED = "invited"
    ACTIVE = "active"
    ENDED = "ended"


class InvitationAnswer(TextChoices):
    """What an invited coach says."""

    ACCEPT = "accept"
    DECLINE = "decline"


class TicketKind(TextChoices):
    """What holds once in a log-in through Google."""

    STATE = "state", "on the way to Google"
    CODE = "code", "on the way back to the app"
    NONCE = "nonce", "of an ID token that was used"


class SecurityEventKind(TextChoices):
    """What is written down about who came in, or tried to."""

    REGISTERED = "registered"
    EMAIL_VERIFIED = "email_verified"
    EMAIL_CHANGE_ASKED = "email_change_asked"
    EMAIL_CHANGED = "email_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  an event
    PASSWORD_RESET = "password_reset"  # noqa: S105  an event
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
    DELETED = "deleted"
    RESTORED = "restored"
    CONSENT_GIVEN = "consent_given", "invited a coach"
    CONSENT_CHANGED = "consent_changed", "changed what a coach may see"
    CONSENT_ENDED = "consent_ended", "coaching ended"
    GOOGLE_LINKED = "google_linked"
    GOOGLE_UNLINKED = "google_unlinked"
    KEY_CREATED = "key_created", "API key made"
    KEY_REVOKED = "key_revoked", "API key ended"
    FACTOR_ADDED = "factor_added", "second factor added"
    FACTOR_REMOVED = "factor_removed", "second factor removed"
    FACTOR_USED = "factor_used", "second factor used"
    FACTOR_REFUSED = "factor_refused", "second factor wrong"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    EXPORT_REQUESTED = "export_requested"
