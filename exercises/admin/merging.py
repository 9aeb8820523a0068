"""Merging two exercises that are one: find the one that stays, look at both, and say yes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.admin.shared import staff_actor
from exercises.admin.reading import Difference, difference, pointed, refusal_said
from exercises.content import compare
from exercises.models import Exercise, Use
from exercises.models.moderation import REASON_LENGTH
from exercises.operations.content import content_now
from exercises.operations.merging import merge_exercises
from exercises.search.match import Search, search
from fitai.common.actors import Actor
from fitai.common.admin import as_uuid
from fitai.common.problems import Problem

OFFERED = 8
SIDES = ("duplicate", "into")


def merge_one(request: HttpRequest, pk: UUID, model_admin: Any) -> HttpResponse:
    """From the page of the duplicate: `?q=` finds the one that stays, `?into=` shows both, POST merges them."""
    duplicate = model_admin.get_object(request, str(pk))
    if duplicate is None or duplicate.merged_into_id is not None:
        raise Http404
    if not model_admin.has_change_permission(request, duplicate):
        raise PermissionDenied
    actor = staff_actor(request)
    into_id = as_uuid(request.POST.get("into") or request.GET.get("into") or "")
    into = Exercise.objects.visible_to(actor).filter(pk=into_id).first() if into_id else None
    if request.method == "POST" and into is not None:
        return _merge(request, model_admin, actor, duplicate, into)
    query = request.GET.get("q", duplicate.name)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": duplicate,
        "title": "Merge into another exercise",
        "duplicate": duplicate,
        "into": into,
        "query": query,
        "offered": [] if into else _offered(actor, duplicate, query),
        "differences": _differences(duplicate, into) if into else [],
        "uses": _uses(duplicate),
        "length": REASON_LENGTH,
        "back": reverse("admin:exercises_exercise_change", args=[duplicate.pk]),
    }
    return TemplateResponse(request, "admin/exercises/merge.html", context)


def _merge(request: HttpRequest, model_admin: Any, actor: Actor, duplicate: Exercise, into: Exercise) -> HttpResponse:
    said = [request.POST.get(f"seen_{side}", "") for side in SIDES]
    seen = tuple(int(one) if one.isascii() and one.isdigit() and len(one) < 10 else 0 for one in said)
    note = request.POST.get("reason", "").strip()[:REASON_LENGTH]
    try:
        merge_exercises(actor, duplicate.pk, into.pk, note=note, seen_versions=(seen[0], seen[1]))
    except Problem as refusal:
        model_admin.message_user(request, refusal_said(refusal), messages.ERROR)
        return redirect(f"{request.path}?into={into.pk}")
    said_so = f"{duplicate.name} is {into.name} now. Workouts, plans and form analyses follow in the background."
    model_admin.message_user(request, said_so, messages.SUCCESS)
    return redirect("admin:exercises_exercise_change", into.pk)


def _offered(actor: Actor, duplicate: Exercise, query: str) -> list[Exercise]:
    """What may be meant, best first."""
    ids = [id for id in search(Search(actor, duplicate.language, query, limit=OFFERED + 1)).ids if id != duplicate.pk]
    found = Exercise.objects.in_bulk(ids[:OFFERED])
    return [found[id] for id in ids if id in found and found[id].status == "approved"]


def _differences(duplicate: Exercise, into: Exercise) -> list[Difference]:
    changes = compare(content_now(duplicate), content_now(into))
    names = pointed(changes)
    return [difference(change, names) for change in changes]


def _uses(exercise: Exercise) -> dict[str, int]:
    """How many people, workouts and sets follow."""
    uses = Use.objects.filter(exercise=exercise)
    counted = uses.aggregate(people=Count("user", distinct=True), workouts=Count("pk"), sets=Sum("sets", default=0))
    return {str(name): int(number) for name, number in counted.items()}
