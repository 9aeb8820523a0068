"""What holds until somebody says otherwise. The one place of every default."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings

from accounts.enums import Audience, Channel, DistanceUnit, LengthUnit, NotificationKind, WeightUnit

WEIGHT_UNIT = WeightUnit.KILOGRAM
DISTANCE_UNIT = DistanceUnit.KILOMETRE
LENGTH_UNIT = LengthUnit.CENTIMETRE

PRIVACY_PROFILE = Audience.FRIENDS
PRIVACY_WORKOUTS = Audience.FRIENDS
PRIVACY_METRICS = Audience.NOBODY
PRIVACY_SEARCH = Audience.EVERYONE

REST_TIMER_SECONDS = 120
FIRST_WEEKDAY = 1  # ISO 8601: Monday

_BY_MAIL = {
    NotificationKind.FRIEND_REQUEST,
    NotificationKind.COACH,
    NotificationKind.CHALLENGE,
    NotificationKind.MODERATION,
    NotificationKind.EXPORT,
}
_QUIET = {NotificationKind.LIKE, NotificationKind.NEWS}


def plate_sizes_kg() -> list[Decimal]:
    """The plates of a usual gym, heaviest first."""
    return [Decimal(size) for size in ("25", "20", "15", "10", "5", "2.5", "1.25")]


def plate_sizes_lb() -> list[Decimal]:
    return [Decimal(size) for size in ("45", "35", "25", "10", "5", "2.5")]


def notification_matrix(overrides: Mapping[str, Any]) -> dict[str, dict[str, bool]]:
    """Every kind × channel: the person's own choices over the defaults, which may grow with the product.

    A channel that an installation adds is silent until somebody switches it on.
    """
    return {
        kind.value: dict.fromkeys(settings.NOTIFICATION_CHANNELS, False)
        | {
            Channel.IN_APP.value: True,
            Channel.EMAIL.value: kind in _BY_MAIL,
            Channel.PUSH.value: kind not in _QUIET,
        }
        | overrides.get(kind.value, {})
        for kind in NotificationKind
    }
