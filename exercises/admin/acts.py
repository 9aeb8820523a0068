"""What moderators do to one exercise from its page, after a question: archive, restore, go back to a version."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.admin.shared import staff_actor
from exercises.admin.reading import difference, pointed, refusal_said
from exercises.content import Change, compare
from exercises.models import Exercise
from exercises.models.moderation import REASON_LENGTH
from exercises.operations.content import content_at, content_now
from exercises.operations.decisions import seen
from exercises.operations.exercises import restore_exercise, revert_exercise
from exercises.operations.moderation import archive_exercise
from fitai.common.actors import Actor
from fitai.common.problems import Problem

ExerciseEvent = apps.get_model("exercises", "ExerciseEvent")  # made by pghistory


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before, and what is done after the yes: to the version that was shown, with the words given."""

    title: str
    consequence: str
    button: str
    done: str
    perform: Callable[[Actor, UUID, int, str], Any]
    asks: str = ""
    alarming: bool = False


ARCHIVE = Question(
    title="Archive this exercise?",
    consequence="It leaves the library and every search. Workouts and templates keep it, and show it as archived.",
    button="Archive",
    done="archived",
    perform=lambda actor, pk, version, reason: archive_exercise(actor, pk, seen_version=version, reason=reason),
    asks="Why? Who made it reads this.",
    alarming=True,
)
RESTORE = Question(
    title="Bring this exercise back?",
    consequence="It is in the library again, for everybody.",
    button="Bring back",
    done="brought back",
    perform=lambda actor, pk, version, reason: restore_exercise(actor, pk, check=seen(version), reason=reason),
    asks="Why? Who made it reads this.",
)


def revert_to(number: int) -> Question:
    """Going back to a version."""
    return Question(
        title=f"Revert to version {number}?",
        consequence="It says again what it said then, as a new version. Where it stands, its address and media stay.",
        button="Revert",
        done=f"back to version {number}",
        perform=lambda actor, pk, version, reason: revert_exercise(actor, pk, number, check=seen(version)),
    )


def changes_back_to(exercise: Exercise, number: int) -> list[Change]:
    """What going back to a version would change; 404 where there is none."""
    event = ExerciseEvent.objects.filter(pgh_obj=exercise.pk, version=number).order_by("-pgh_id").values().first()
    if event is None:
        raise Http404
    return compare(content_now(exercise), content_at(exercise.pk, number, event))


def ask(
    page: Any, request: HttpRequest, exercise: Exercise | None, question: Question, number: int = 0
) -> HttpResponse:
    """Ask; do it after the yes; lead back to the exercise with what came of it."""
    if exercise is None:
        raise Http404
    if not page.has_change_permission(request, exercise):
        raise PermissionDenied
    address = reverse("admin:exercises_exercise_change", args=[exercise.pk])
    version = request.POST.get("seen_version", "")
    if request.method == "POST" and version.isascii() and version.isdigit() and len(version) < 10:
        reason = request.POST.get("reason", "").strip()[:REASON_LENGTH]
        try:
            question.perform(staff_actor(request), exercise.pk, int(version), reason)
        except Problem as refusal:
            page.message_user(request, refusal_said(refusal), messages.ERROR)
        else:
            page.message_user(request, f"{exercise.name} is {question.done}.", messages.SUCCESS)
        return redirect(address)
    changes = changes_back_to(exercise, number) if number else []
    names = pointed(changes)
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "original": exercise,
        "title": question.title,
        "question": question,
        "exercise": exercise,
        "differences": [difference(change, names) for change in changes],
        "comparing": bool(number),
        "length": REASON_LENGTH,
        "back": address,
    }
    return TemplateResponse(request, "admin/exercises/act.html", context)
