"""People who know each other, made without their routes."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Friendship, User
from tests.cast import make_person


def befriend(one: User, *others: User, at: datetime | None = None) -> None:
    """Make them friends of `one`; each later one is the newer friend."""
    start = at or timezone.now() - timedelta(days=1)
    Friendship.objects.bulk_create(
        Friendship(**Friendship.pair(one.pk, other.pk), requester=other, accepted_at=start + timedelta(seconds=number))
        for number, other in enumerate(others)
    )


def crowd(*names: str, **values: Any) -> list[User]:
    """Several people."""
    return [make_person(name, **values) for name in names]


def set_privacy(user: User, **audiences: str) -> None:
    """Who may see which part of somebody."""
    preferences = user.preferences
    for part, audience in audiences.items():
        setattr(preferences, f"privacy_{part}", audience)
    preferences.save()
