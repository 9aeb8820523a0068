"""Who may do what in the exercise library."""

from fitai.common.actors import Actor


def can_read_analytics(actor: Actor, subject: None = None) -> bool:
    """What people search for is for who looks after the library."""
    return actor.is_moderator
