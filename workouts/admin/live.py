"""A workout's page while somebody trains: who is there now, and whether the page is still true."""

import hashlib
from dataclasses import dataclass

from django.utils import timezone

from fitai.common.live import presence
from workouts.enums import ACTIVE, Status
from workouts.models import Workout

GOING_ON = (Status.PLANNED, *ACTIVE)


@dataclass(frozen=True, slots=True)
class Live:
    """What a page that keeps itself up to date was made of: it asks what there is since this `version`."""

    version: str
    here: str


def live_of(workout: Workout) -> Live | None:
    """None where nothing goes on any more."""
    if workout.status not in GOING_ON or workout.deleted_at is not None:
        return None
    here = _here(workout)
    # Once a minute the page is made anew though nothing happened: for the minutes trained, and whatever has no number.
    minute = int(timezone.now().timestamp()) // 60
    made_of = f"{workout.seq} {workout.status} {minute} {here}"
    return Live(hashlib.blake2b(made_of.encode(), digest_size=8).hexdigest(), here)


def _here(workout: Workout) -> str:
    """The devices that follow it, each once; nothing while Valkey is away."""
    followers = presence.followers(workout.stream)
    if followers is None:
        return ""
    owner = str(workout.user_id)
    devices = [
        one["device"] if one["user_id"] == owner else f"{one['device']} (coach)" for one in presence.shown(followers)
    ]
    return ", ".join(sorted(devices)) or "nobody"
