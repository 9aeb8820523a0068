"""Starting a plan, moving through it, and leaving it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts.models import Profile
from exercises.rows import merged_into
from fitai.common.actors import Actor
from fitai.common.problems import Invalid, NotFound, error
from templates_app.enums import EnrolmentStatus, MaxSource
from templates_app.models import Enrolment, Template
from templates_app.plan import Plan, Week
from templates_app.querysets import EnrolmentQuerySet
from templates_app.rows import read_known, read_tree

Maxes = Mapping[str, Mapping[str, Any] | None]
"""Exercise id → {value: text, unit, source}, or None to forget one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody is in a plan: a week by its number, a day (None: its first), and the pass through the weeks."""

    week: int
    day_id: UUID | None
    round: int


@transaction.atomic
def start_template(
    actor: Actor,
    template_id: UUID,
    *,
    started_on: date | None = None,
    training_maxes: Maxes | None = None,
    week: int | None = None,
    day_id: UUID | None = None,
    round: int | None = None,
    version: int | None = None,
    at: datetime | None = None,
    is_new: bool = False,
    stands: Callable[[], Standing] | None = None,
) -> tuple[Enrolment, bool]:
    """Train by a template from today, or from another day and place; whether this began it.

    `at` is the moment of a beginning that is told of later; `is_new` that the caller has seen that they do not train by
    it, which saves asking. `stands` says where the person has come to: workouts move
    the place on, and are not known here; without it they are where they began.

    Starting a plan that one trains by already changes what is given here and leaves the rest: that is how somebody
    moves to another place or version, or corrects a training max. 404 for a template that the actor neither sees nor
    trains by; 422 for a version, week, day or exercise that it does not have, or not for the actor.
    """
    now = at or timezone.now()
    enrolment = None if is_new else _active(actor, template_id).select_for_update().first()
    if enrolment is None:
        template = Template.objects.visible_to(actor).filter(pk=template_id).first()
        if template is None:
            raise NotFound()
        plan = _open(actor, template, version or template.version, "/version")
        values = {
            "version": version or template.version,
            "started_on": started_on or today_of(actor, now),
            **_place(plan, week, day_id),
            "round": round or 1,
            "positioned_at": now,
            "training_maxes": _merged({}, training_maxes or {}, plan, now),
            "created_at": now,
        }
        # Two at once: the second one finds what the first one made, and changes it as asked.
        enrolment, created = Enrolment.objects.select_for_update().get_or_create(
            user_id=actor.user_id, template_id=template_id, status=EnrolmentStatus.ACTIVE, defaults=values
        )
        if created:
            return enrolment, True
    is_other = version is not None and version != enrolment.version
    if version is not None and is_other:
        plan = require_version(actor, template_id, version)
    else:
        plan = _plan(template_id, enrolment.version)
    changes: dict[str, Any] = {}
    if started_on is not None:
        changes["started_on"] = started_on
    if training_maxes:
        changes["training_maxes"] = _merged(enrolment.training_maxes, training_maxes, plan, now)
    is_placed = week is not None or day_id is not None
    if is_other or is_placed or round is not None:
        here = stands() if stands else Standing(enrolment.week, enrolment.day_id, enrolment.round)
        place = _place(plan, week, day_id) if is_placed else _translated(plan, here)
        changes |= {
            "version": version or enrolment.version,
            **place,
            "round": round or here.round,
            "positioned_at": now,
        }
    return _write(enrolment, changes), False


def require_version(actor: Actor, template_id: UUID, number: int, *, pointer: str = "/version") -> Plan:
    """The plan of a version that the actor may begin; 422 where there is none for them.

    Its author may have withdrawn the template from those who train by it, and an old version may hold exercises that
    only its author sees.
    """
    template = Template.objects.visible_to(actor).filter(pk=template_id).first()
    if template is None:
        raise _no_version(pointer)
    return _open(actor, template, number, pointer)


@transaction.atomic
def leave_template(actor: Actor, template_id: UUID) -> None:
    """Train by it no more; what was trained stays. 404 for who does not train by it."""
    enrolment = _active(actor, template_id).select_for_update().first()
    if enrolment is None:
        raise NotFound()
    _write(enrolment, {"status": EnrolmentStatus.LEFT, "ended_at": timezone.now()})


def enrolment_of(actor: Actor, template_id: UUID) -> Enrolment | None:
    """How the actor trains by a template now, if they do."""
    return _active(actor, template_id).first()


def version_left(actor: Actor, template_id: UUID, at: datetime) -> int | None:
    """The version by which the actor trained at that moment, in an enrolment that they have left since."""
    ended = Enrolment.objects.visible_to(actor).filter(template=template_id, created_at__lte=at, ended_at__gt=at)
    number: int | None = ended.order_by("-created_at").values_list("version", flat=True).first()
    return number


def today_of(actor: Actor, now: datetime) -> date:
    """The day that it is where the person lives."""
    zone = Profile.objects.filter(user_id=actor.user_id).values_list("time_zone", flat=True).first()
    return now.astimezone(ZoneInfo(zone or "UTC")).date()


def _active(actor: Actor, template_id: UUID) -> EnrolmentQuerySet:
    return Enrolment.objects.visible_to(actor).active().filter(template=template_id)


# ── Places and training maxes ────────────────────────────────────────────────────────────────────


def _open(actor: Actor, template: Template, number: int, pointer: str) -> Plan:
    plan = _plan(template.pk, number, pointer)
    if template.owner_id != actor.user_id and number != template.version:  # the current one was looked at
        known = read_known(actor, _named(plan))
        if any(one.private and not one.offered for one in known.values()):
            raise Invalid(errors=[error(pointer, "private", "That version holds exercises that only its author sees.")])
    return plan


def _plan(template_id: UUID, number: int, pointer: str = "/version") -> Plan:
    found = read_tree(template_id, number)
    if found is None:
        raise _no_version(pointer)
    return Plan.from_json(found[0])


def _no_version(pointer: str) -> Invalid:
    return Invalid(errors=[error(pointer, "not_found", "The template has no such version.")])


def _place(plan: Plan, week: int | None, day_id: UUID | None) -> dict[str, Any]:
    """A week and a day of the plan; a day alone names its week."""
    if week is not None and week > len(plan.weeks):
        raise Invalid(errors=[error("/week", "max_value", f"The plan has {len(plan.weeks)} weeks.")])
    if day_id is None:
        return {"week": week or 1, "day_id": None}
    found = _week_of(plan, day_id)
    if found is None or week not in (None, found.number):
        raise Invalid(errors=[error("/day_id", "not_found", "There is no such day in that week of the plan.")])
    return {"week": found.number, "day_id": day_id}


def _translated(plan: Plan, here: Standing) -> dict[str, Any]:
    """The same place in another version: the same day if it is there, else the same week, else the beginning."""
    found = None if here.day_id is None else _week_of(plan, here.day_id)
    if found is not None:
        return {"week": found.number, "day_id": here.day_id}
    return {"week": here.week if here.week <= len(plan.weeks) else 1, "day_id": None}


def _week_of(plan: Plan, day_id: UUID) -> Week | None:
    return next((week for week, day in plan.days() if day.id == str(day_id)), None)


def _named(plan: Plan) -> set[str]:
    """The exercises of a plan and their substitutes."""
    return {id for _, day in plan.days() for entry in day.exercises for id in (entry.exercise_id, *entry.substitutes)}


def _merged(present: Maxes, given: Maxes, plan: Plan, now: datetime) -> dict[str, Any]:
    """Training maxes with those given now in their place; only for exercises of the plan or their substitutes, under
    their own id or that of one that was merged into them."""
    unknown = given.keys() - _named(plan)
    if unknown:
        with suppress(ValueError):  # no id at all
            merged = {str(old): str(new) for old, new in merged_into(map(UUID, unknown)).items()}
            given = {merged.get(id, id): one for id, one in given.items()}
            unknown = given.keys() - _named(plan)
    if unknown:
        detail = "The plan has no such exercise."
        raise Invalid(errors=[error(f"/training_maxes/{id}", "not_found", detail) for id in sorted(unknown)])
    fresh = {
        id: one and {"source": MaxSource.GIVEN.value, **one, "given_at": now.isoformat()} for id, one in given.items()
    }
    return {id: one for id, one in {**present, **fresh}.items() if one is not None}


def _write(enrolment: Enrolment, changes: Mapping[str, Any]) -> Enrolment:
    changed = {name: value for name, value in changes.items() if getattr(enrolment, name) != value}
    for name, value in changed.items():
        setattr(enrolment, name, value)
    if changed:
        enrolment.save(update_fields=changed)
    return enrolment
