"""Who may do what in the exercise library."""

from typing import Any

from fitai.common.actors import Actor


def can_look_after(actor: Actor, subject: Any) -> bool:
    """Take spam away, and see what people search for."""
    return actor.is_moderator
