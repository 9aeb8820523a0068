"""What somebody may do to a form analysis."""

from analysis.form.models import FormAnalysis
from fitai.common.actors import Actor


def can_edit(actor: Actor, analysis: FormAnalysis) -> bool:
    """Its owner alone; a coach looks on."""
    return analysis.user_id == actor.user_id
