"""Templates and enrolments follow the library where two exercises were made one.

A version stays as it was written, and is read with the exercises that it means today (`templates_app.rows`). What is
kept beside it follows here.
"""

from uuid import UUID

from django.db import transaction

from exercises.rows import merged_into
from fitai.common.actors import Actor
from fitai.common.clock import next_change_seq
from templates_app.content import named_exercises, stand_in_maxes
from templates_app.figures import figures
from templates_app.models import Enrolment, Template
from templates_app.plan import Plan
from templates_app.rows import read_known, read_tree


def templates_with(exercise_id: UUID, count: int) -> dict[UUID, UUID]:
    """At most so many templates, id → whose, deleted or not, that are found by this exercise."""
    held = Template.objects.filter(exercise_ids__contains=[exercise_id])
    return dict(held.values_list("pk", "owner_id")[:count])


def enrolments_with(exercise_id: UUID, count: int) -> list[UUID]:
    """At most so many enrolments that have a training max of this exercise."""
    held = Enrolment.objects.filter(training_maxes__has_key=str(exercise_id))
    return list(held.values_list("pk", flat=True)[:count])


@transaction.atomic
def refresh_figures(owner_id: UUID, template_id: UUID) -> None:
    """What lists say of a template, by the exercises that it means today. It counts as a change, as its weeks read
    otherwise now."""
    change_seq = next_change_seq(owner_id)
    template = Template.objects.select_for_update(of=("self",)).filter(pk=template_id).first()
    found = None if template is None else read_tree(template_id, template.version)
    if template is None or found is None:
        return
    weeks, _ = found
    known = read_known(Actor(user_id=owner_id, via="job"), (id for _, id in named_exercises(weeks)))
    columns = figures(Plan.from_json(weeks), {id: one.exercise for id, one in known.items()})
    Template.objects.filter(pk=template_id).update(**columns, change_seq=change_seq)


@transaction.atomic
def follow_maxes(enrolment_id: UUID) -> None:
    """The training maxes of an enrolment, by the exercises that they are of today."""
    enrolment = Enrolment.objects.select_for_update(of=("self",)).filter(pk=enrolment_id).first()
    if enrolment is not None:
        merged = merged_into(map(UUID, enrolment.training_maxes))
        stands = {str(old): str(new) for old, new in merged.items()}
        enrolment.training_maxes = stand_in_maxes(enrolment.training_maxes, stands)
        enrolment.save(update_fields=["training_maxes"])
