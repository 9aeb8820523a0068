"""How the product behaves for somebody."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import session_cache
from accounts.models import Preferences, User
from fitai.common.actors import Actor
from fitai.common.events import announce_access_changed
from fitai.common.problems import Invalid, error

# Where each leaf of the document is kept.
COLUMNS: Mapping[tuple[str, ...], str] = {
    ("units", "weight"): "weight_unit",
    ("units", "distance"): "distance_unit",
    ("units", "height"): "height_unit",
    ("privacy", "profile"): "privacy_profile",
    ("privacy", "workouts"): "privacy_workouts",
    ("privacy", "metrics"): "privacy_metrics",
    ("privacy", "search"): "privacy_search",
    ("plate_sizes", "kg"): "plate_sizes_kg",
    ("plate_sizes", "lb"): "plate_sizes_lb",
    ("quiet_hours", "start"): "quiet_from",
    ("quiet_hours", "end"): "quiet_until",
    ("rest_timer_seconds",): "rest_timer_seconds",
    ("first_weekday",): "first_weekday",
}


def lock_preferences(actor: Actor) -> Preferences:
    """One's own preferences, locked for the rest of the transaction."""
    return Preferences.objects.select_for_update().get(pk=actor.user_id)


@transaction.atomic
def update_preferences(actor: Actor, *, values: Mapping[str, Any]) -> Preferences:
    """Change what `values` names, at any depth; lists are replaced whole, None brings a default back."""
    preferences = lock_preferences(actor)
    unit = preferences.weight_unit
    changed = []
    for path, column in COLUMNS.items():
        named, value = _at(values, path)
        if named:
            field = Preferences._meta.get_field(column)
            setattr(preferences, column, field.get_default() if value is None else value)  # type: ignore[union-attr]
            changed.append(column)
    if (preferences.quiet_from is None) != (preferences.quiet_until is None):
        missing = "start" if preferences.quiet_from is None else "end"
        raise Invalid(errors=[error(f"/quiet_hours/{missing}", "required", "Quiet hours have a start and an end.")])
    if preferences.quiet_from is not None and preferences.quiet_from == preferences.quiet_until:
        raise Invalid(errors=[error("/quiet_hours/end", "invalid", "Quiet hours end at another time than they start.")])
    if "notifications" in values:
        preferences.notifications = _overrides(preferences.notifications, values["notifications"])
        changed.append("notifications")
    if changed:
        preferences.save(update_fields=changed)
    if "privacy_workouts" in changed:
        announce_access_changed(actor.user_id)
    if "language" in values:
        language = values["language"] or User._meta.get_field("language").get_default()
        User.objects.filter(pk=actor.user_id).update(language=language)
    if preferences.weight_unit != unit:
        session_cache.refresh_facts(actor.user_id)
    return preferences


def _at(values: Mapping[str, Any], path: tuple[str, ...]) -> tuple[bool, Any]:
    """Whether `values` says anything at `path`, and what; None for an object clears all that it holds."""
    here: Any = values
    for name in path:
        if here is None:
            return True, None
        if name not in here:
            return False, None
        here = here[name]
    return True, here


def _overrides(present: Mapping[str, Any], given: Mapping[str, Any] | None) -> dict[str, dict[str, bool]]:
    """The person's own choices after a partial update; None takes a choice back."""
    merged = {kind: dict(channels) for kind, channels in present.items()} if given is not None else {}
    for kind, channels in (given or {}).items():
        own = {} if channels is None else {**merged.get(kind, {}), **channels}
        merged[kind] = {channel: chosen for channel, chosen in own.items() if chosen is not None}
    return {kind: channels for kind, channels in merged.items() if channels}
