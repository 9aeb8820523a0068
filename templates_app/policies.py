"""What somebody may do to a template."""

from fitai.common.actors import Actor
from templates_app.models import Template


def can_edit(actor: Actor, template: Template) -> bool:
    """Its author alone; who wants it otherwise makes a copy."""
    return template.owner_id == actor.user_id
