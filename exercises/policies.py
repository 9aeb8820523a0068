"""Who may do what in the exercise library."""

from typing import Any

from exercises.enums import MediaStatus, Status
from exercises.models import Media
from fitai.common.actors import Actor


def is_own_work(actor: Actor, exercise: Any) -> bool:
    """It is the actor's, and nobody else's business yet."""
    return exercise.owner_id == actor.user_id and exercise.status in (Status.DRAFT, Status.PENDING, Status.REJECTED)


def can_edit(actor: Actor, exercise: Any) -> bool:
    """At once: its owner until it is in the library, and moderators. Everybody else may propose."""
    return actor.is_moderator or is_own_work(actor, exercise)


def can_propose(actor: Actor, exercise: Any) -> bool:
    """An edit, for moderators to decide on: of what the library offers."""
    return exercise.status == Status.APPROVED


def can_submit(actor: Actor, exercise: Any) -> bool:
    """For the library: who made it."""
    return exercise.owner_id == actor.user_id


def can_moderate(actor: Actor, subject: Any) -> bool:
    """Decide what becomes of it, look after what people say of it, and see what they search for."""
    return actor.is_moderator


def can_approve(actor: Actor, author_id: Any) -> bool:
    """Let something into the library. A moderator's own needs another pair of eyes; an admin answers for everything."""
    return actor.is_moderator and (author_id != actor.user_id or "admin" in actor.roles)


def can_decide_media(actor: Actor, media: Media) -> bool:
    """Say what becomes of a picture or video: moderators, of their own only admins."""
    return actor.is_moderator and (media.author_id != actor.user_id or "admin" in actor.roles)


def can_remove_media(actor: Actor, media: Media) -> bool:
    """Who sent it and whose exercise it is of, until it is in the library; then moderators."""
    if media.status == MediaStatus.APPROVED:
        return actor.is_moderator
    return actor.user_id in (media.author_id, media.exercise.owner_id)
