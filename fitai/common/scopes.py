"""What an API key may do: scopes, and the one that each route needs.

A scope is an area and whether it reads or writes; writing does not include reading. Which area a route belongs to
follows from its path. A route that is in no area is closed to keys, so a new one is closed until somebody decides:
log-in, devices, keys, the second factor, the account itself, coaches and background jobs (an export is one) stay so.
"""

import re

from django.db.models import TextChoices

READING = ("GET", "HEAD", "OPTIONS")


class Scope(TextChoices):
    """Of a key, chosen by the person whose key it is."""

    PROFILE_READ = "profile:read", "profile and preferences"
    PROFILE_WRITE = "profile:write", "change profile, preferences and avatar"
    METRICS_READ = "metrics:read", "body metrics"
    METRICS_WRITE = "metrics:write", "log and change body metrics"
    FRIENDS_READ = "friends:read", "friends, blocks, and people whom the owner may see"
    FRIENDS_WRITE = "friends:write", "requests, friendships, blocks and mutes"
    NOTIFICATIONS_READ = "notifications:read", "notifications"
    NOTIFICATIONS_WRITE = "notifications:write", "mark notifications as read"
    EXERCISES_READ = "exercises:read", "the exercise library, and search in it"
    EXERCISES_WRITE = "exercises:write", "one's own exercises"
    TEMPLATES_READ = "templates:read", "templates, and what is next in one"
    TEMPLATES_WRITE = "templates:write", "write, generate and begin templates"
    WORKOUTS_READ = "workouts:read", "workouts, sets and their events"
    WORKOUTS_WRITE = "workouts:write", "log and change workouts"
    ANALYSIS_READ = "analysis:read", "form analyses"
    ANALYSIS_WRITE = "analysis:write", "have videos analysed"


AREAS = {
    "users/profile": "profile",
    "users/preferences": "profile",
    "users/upload-avatar": "profile",
    "users/metrics": "metrics",
    "users/friends": "friends",
    "users/blocks": "friends",
    "users/search": "friends",
    "users/{}": "friends",
    "users/notifications": "notifications",
    "exercises": "exercises",
    "templates": "templates",
    "workouts": "workouts",
    "sessions": "workouts",
    "sets": "workouts",
    "form-analyses": "analysis",
}
"""By how a path below /api/v1/ begins, `{}` for an id. Whole segments; nothing here that nobody has thought of."""


def needed_scope(method: str, path: str) -> Scope | None:
    """The scope that a key needs for a route, whose path is as the router or the OpenAPI document writes it; None
    where the route is closed to keys."""
    first, *rest = re.sub(r"<[^>]*>|{[^}]*}", "{}", path).removeprefix("/").removeprefix("api/v1/").split("/")
    area = AREAS.get("/".join([first, *rest[:1]])) or AREAS.get(first)
    return None if area is None else Scope(f"{area}:{'read' if method in READING else 'write'}")
