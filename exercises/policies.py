"""Who may do what in the exercise library."""

from uuid import UUID

from exercises.enums import MediaStatus
from exercises.models import Media
from fitai.common.actors import Actor


def can_decide_media(actor: Actor, media: Media) -> bool:
    """Say what becomes of a picture or video: moderators, of their own only admins."""
    return actor.is_moderator and (media.author_id != actor.user_id or "admin" in actor.roles)


def can_order_media(actor: Actor, exercise_id: UUID) -> bool:
    """Say which picture of an exercise is shown first."""
    return actor.is_moderator


def can_remove_media(actor: Actor, media: Media) -> bool:
    """Who sent it and whose exercise it is of, until it is in the library; then moderators."""
    if media.status == MediaStatus.APPROVED:
        return actor.is_moderator
    return actor.user_id in (media.author_id, media.exercise.owner_id)


def can_take_media_down(actor: Actor, media: Media) -> bool:
    """Out of the library: moderators, their own too."""
    return actor.is_moderator
