"""`?status=&from=&to=&exercise=&template=` of the history."""

from collections.abc import Mapping
from typing import Any

import django_filters
from rest_framework.request import Request

from accounts.models import Profile
from exercises.models import Exercise
from fitai.common.actors import Actor
from fitai.common.moments import moment
from fitai.common.problems import Invalid, NotFound, error
from workouts.enums import Status
from workouts.models import Set, Workout

PARAMETERS = ("status", "from", "to", "exercise", "template", "cursor", "limit")


class WorkoutFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=Status.choices)
    exercise = django_filters.UUIDFilter()
    template = django_filters.UUIDFilter()


CONDITIONS = {
    "status": "w.status = %(status)s",
    "exercise": "EXISTS (SELECT FROM workouts_set s WHERE s.user_id = w.user_id AND s.exercise_id = %(exercise)s"
    " AND s.workout_id = w.id AND s.performed_at = w.performed_at AND s.completed AND s.shows)",
    "template": "w.template_id = %(template)s",
    "from": "w.performed_at >= %(from)s",
    "to": "w.performed_at < %(to)s",
}


def asked(request: Request, actor: Actor) -> tuple[list[str], dict[str, Any]]:
    """The conditions that the query names, with their values; a value that means nothing is 422, an id that the actor
    cannot know 404."""
    if request.query_params.keys().isdisjoint(CONDITIONS):
        return [], {}
    filters = WorkoutFilter(request.query_params, queryset=Workout.objects.none())
    if not filters.is_valid():
        found = filters.form.errors.as_data()
        raise Invalid(
            errors=[
                error(f"?{name}", entry.code or "invalid", " ".join(entry.messages))
                for name, entries in found.items()
                for entry in entries
            ]
        )
    values = {name: value for name, value in filters.form.cleaned_data.items() if value not in (None, "")}
    values = known(actor, values)
    for name in ("from", "to"):
        if name in request.query_params:
            values[name] = moment(request.query_params[name], name, lambda: zone_of(actor))
    return [CONDITIONS[name] for name in values], values


def zone_of(actor: Actor) -> str:
    return Profile.objects.values_list("time_zone", flat=True).get(user_id=actor.user_id)


def known(actor: Actor, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked for, an exercise by the id that it has today; 404 for an exercise or a template that is neither
    offered to this person nor in their own history."""
    found = dict(asked)
    exercise, template = asked.get("exercise"), asked.get("template")
    if exercise is not None:
        done = Set.objects.own(actor).filter(exercise_id=exercise, completed=True)
        offered = Exercise.objects.visible_to(actor).meant_by(exercise).values_list("pk", flat=True).first()
        if offered is None and not done.exists():
            raise NotFound()
        found["exercise"] = offered or exercise
    if template is not None and not Workout.objects.own(actor).present().filter(template_id=template).exists():
        raise NotFound()
    return found
