"""What people tell about themselves."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import LengthUnit, SecurityEventKind
from accounts.models import CENTIMETRES_PER_INCH, Profile, SecurityEvent, User
from accounts.operations.sign_up import username_errors, username_taken
from fitai.common.actors import Actor
from fitai.common.problems import Invalid, error

USERNAME_REST = timedelta(days=30)
MINIMUM_AGE, MAXIMUM_AGE = 13, 120
MINIMUM_HEIGHT_CM, MAXIMUM_HEIGHT_CM = Decimal(50), Decimal(275)  # the tallest person measured was 272 cm
ADULT_AGE = 18

ACCOUNT_FIELDS = ("username", "display_name")
TEXTS = ("bio", "city", "sex", "experience")  # null clears them to the empty string
LISTS = ("goals", "equipment", "injuries")
PLAIN = ("birth_date",)


def lock_profile(actor: Actor) -> Profile:
    """One's own profile and account, locked for the rest of the transaction."""
    return Profile.objects.select_for_update().select_related("user").get(pk=actor.user_id)


@transaction.atomic
def update_profile(actor: Actor, *, values: Mapping[str, Any]) -> Profile:
    """Change what `values` names: lists are replaced whole, None clears. 422 when it cannot be true together."""
    profile = lock_profile(actor)
    _write_account(profile.user, values)
    changed = _write_profile(profile, values)
    errors = list(_implausible(profile))
    if errors:
        raise Invalid(errors=errors)
    if changed:
        profile.save(update_fields=changed)
    return profile


def _write_account(user: User, values: Mapping[str, Any]) -> None:
    changed = []
    if "display_name" in values:
        user.display_name = values["display_name"] or ""
        changed.append("display_name")
    username = values.get("username", user.username)
    if username != user.username:
        changed += ["username", "username_changed_at"]
        _rename(user, username)
    if changed:
        try:
            with transaction.atomic():
                user.save(update_fields=changed)
        except IntegrityError:
            raise Invalid(errors=[username_taken()]) from None


def _rename(user: User, username: str) -> None:
    """A new username, once in 30 days: others know people by it."""
    now = timezone.now()
    if user.username_changed_at is not None and now < user.username_changed_at + USERNAME_REST:
        free_at = user.username_changed_at + USERNAME_REST
        detail = f"You can change it again from {free_at:%Y-%m-%d %H:%M} UTC."
        raise Invalid(errors=[error("/username", "too_soon", detail)])
    same = username.lower() == user.username.lower()
    errors = [] if same else username_errors(username)
    if errors:
        raise Invalid(errors=errors)
    SecurityEvent.record(SecurityEventKind.USERNAME_CHANGED, user_id=user.pk, before=user.username, after=username)
    user.username, user.username_changed_at = username, now


def _write_profile(profile: Profile, values: Mapping[str, Any]) -> list[str]:
    """Set what is named; the columns that this touched."""
    new: dict[str, Any] = {name: values[name] for name in PLAIN if name in values}
    new |= {name: values[name] or "" for name in TEXTS if name in values}
    new |= {name: values[name] or [] for name in LISTS if name in values}
    if "time_zone" in values:
        new["time_zone"] = values["time_zone"] or Profile._meta.get_field("time_zone").default
    if "height" in values or "height_unit" in values:
        new |= _height(values)
    if "place" in values:
        place = values["place"] or {"latitude": None, "longitude": None}
        new |= {"latitude": place["latitude"], "longitude": place["longitude"]}
    for name, value in new.items():
        setattr(profile, name, value)
    return list(new)


def _height(values: Mapping[str, Any]) -> dict[str, Any]:
    """Number and unit are one thing: 71 in must never become 71 cm."""
    if "height" not in values:
        raise Invalid(errors=[error("/height", "required", "Send the height together with its unit.")])
    return {"height": values["height"], "height_unit": values.get("height_unit") or LengthUnit.CENTIMETRE}


def height_cm(height: Decimal | None, unit: str) -> Decimal | None:
    """A height in centimetres, to the millimetre."""
    if height is None:
        return None
    return round(height * CENTIMETRES_PER_INCH if unit == LengthUnit.INCH else height, 1)


def age_on(day: date, birth_date: date) -> int:
    """Whole years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def _implausible(profile: Profile) -> list[dict[str, str]]:
    """What no person is, alone and taken together."""
    errors = []
    age = None if profile.birth_date is None else age_on(timezone.now().date(), profile.birth_date)
    if age is not None and not MINIMUM_AGE <= age <= MAXIMUM_AGE:
        detail = f"An account is for people from {MINIMUM_AGE} to {MAXIMUM_AGE} years."
        errors.append(error("/birth_date", "implausible", detail))
    height = height_cm(profile.height, profile.height_unit)
    if height is None:
        return errors
    if not MINIMUM_HEIGHT_CM <= height <= MAXIMUM_HEIGHT_CM:
        detail = f"A height is from {MINIMUM_HEIGHT_CM} to {MAXIMUM_HEIGHT_CM} cm."
        errors.append(error("/height", "implausible", detail))
    elif age is not None and age < ADULT_AGE and height > 100 + 8 * age:
        errors.append(error("/height", "implausible", f"{height} cm does not go with an age of {age} years."))
    return errors
