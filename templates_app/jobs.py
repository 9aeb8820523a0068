"""What happens to templates by itself."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from exercises.rows import merged_into
from fitai.common.jobs import Claim, handles
from templates_app.operations.merging import enrolments_with, follow_maxes, refresh_figures, templates_with

BATCH = 200


@handles("templates.follow_merge", max_attempts=10)
def follow_merge(claim: Claim) -> Mapping[str, Any]:
    """What is kept beside the plans that hold a duplicate is of the exercise that stands for it, each in a short
    transaction of its own. What has followed is found no more, so that a run that was stopped goes on where it was."""
    duplicate_id = UUID(claim.payload["duplicate_id"])
    counted = {"templates": 0, "enrolments": 0}
    while merged_into([duplicate_id]):
        templates, enrolments = templates_with(duplicate_id, BATCH), enrolments_with(duplicate_id, BATCH)
        for template_id, owner_id in templates.items():
            with claim.writing():
                refresh_figures(owner_id, template_id)
        for enrolment_id in enrolments:
            with claim.writing():
                follow_maxes(enrolment_id)
        counted["templates"] += len(templates)
        counted["enrolments"] += len(enrolments)
        if not templates and not enrolments:
            break
        claim.advance(0, f"{counted['templates']} templates")
    return counted
