"""Who may do what in the exercise library."""

from fitai.common.actors import Actor


def can_merge(actor: Actor, subject: object) -> bool:
    """Say that an exercise is another one."""
    return actor.is_moderator
