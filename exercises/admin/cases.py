"""What the pages of all cases share: the form, the decision, and the way to the next case."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from accounts.admin.shared import staff_actor
from exercises.admin.queue import KINDS, Filters, address_of, case_after, count_queue, read_order
from exercises.admin.reading import refusal_said
from exercises.models import Exercise, Submission
from exercises.models.moderation import REASON_LENGTH
from exercises.operations.moderation import (
    approve_exercise,
    approve_proposal,
    reject_exercise,
    reject_proposal,
)
from fitai.common.actors import Actor
from fitai.common.admin import ForModerators, as_uuid
from fitai.common.problems import Problem

REASONS: Final = (
    "The steps do not say enough to train by: please describe the start, the movement and the end.",
    "The library has this exercise already, under another name.",
    "This could hurt somebody: please take the unsafe advice out.",
    "Links, addresses and advertising have no place in an exercise.",
    "What it says of muscles, equipment or how it is written down does not fit together.",
    "This is no exercise.",
)


class DecisionForm(forms.Form):
    """What a moderator says with a decision. `seen_version` is what the page showed."""

    seen_version = forms.IntegerField()
    canned = forms.ChoiceField(
        label="Reason",
        choices=[("", "Choose a reason, or write one"), *((reason, reason) for reason in REASONS)],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    reason = forms.CharField(
        label="In your own words",
        required=False,
        max_length=REASON_LENGTH,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    confirmed_over = forms.IntegerField(required=False)

    def said(self, *, rejecting: bool) -> str:
        """The words that the author reads: an approval has no canned ones."""
        words = [self.cleaned_data["canned"] if rejecting else "", self.cleaned_data["reason"].strip()]
        return "\n".join(word for word in words if word)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        length = len(said.get("canned") or "") + 1 + len(said.get("reason") or "")
        if length > REASON_LENGTH:
            self.add_error("reason", f"Together with the reason above these are {length} of {REASON_LENGTH} letters.")
        return said


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands in the queue."""

    number: int | None
    of: int
    previous: str
    following: str


def place_of(current: tuple[str, UUID], filters: Filters) -> Place:
    order = read_order(filters)
    if current not in order:
        return Place(None, len(order), "", "")
    at = order.index(current)
    previous = f"{address_of(*order[at - 1])}{filters.query}" if at else ""
    following = f"{address_of(*order[at + 1])}{filters.query}" if at + 1 < len(order) else ""
    return Place(at + 1, len(order), previous, following)


def decide(
    actor: Actor, kind: str, pk: UUID, verdict: str, *, seen: int, reason: str, confirmed_over: int | None = None
) -> None:
    """Approve or reject a case."""
    if kind == "exercise":
        operation: Callable[..., Any] = approve_exercise if verdict == "approve" else reject_exercise
        operation(actor, pk, seen_version=seen, reason=reason)
    elif verdict == "approve":
        approve_proposal(actor, pk, seen_version=seen, confirmed_over=confirmed_over, reason=reason)
    else:
        reject_proposal(actor, pk, seen_version=seen, reason=reason)


class CasePage(ForModerators):
    """The page of a case: read, decide, and the next one opens."""

    kind: str

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changeform_view(
        self: Any,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        pk = as_uuid(object_id or "")
        if pk is None:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = DecisionForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            answer = self.after(request, pk, form)
            if answer is not None:
                return answer
        found = self.read(request, pk, form)
        return redirect("admin:exercises_submission_changelist") if found is None else found

    def after(self: Any, request: HttpRequest, pk: UUID, form: DecisionForm) -> HttpResponse | None:
        """Where a decision leads: to the next case, or nowhere when it is refused."""
        filters = Filters.of(request.GET)
        verdict = "approve" if request.POST.get("verdict") == "approve" else "reject"
        before = read_order(filters)
        said = form.cleaned_data
        try:
            decide(
                staff_actor(request),
                self.kind,
                pk,
                verdict,
                seen=said["seen_version"],
                reason=form.said(rejecting=verdict == "reject"),
                confirmed_over=said["confirmed_over"],
            )
        except Problem as refusal:
            self.message_user(request, refusal_said(refusal), messages.ERROR)
            return None
        name = self.name_of(pk)
        done = "Approved" if verdict == "approve" else "Rejected"
        left = count_queue(filters)
        self.message_user(request, f"{done}: {name}. {left or 'Nothing'} left to review.", messages.SUCCESS)
        return redirect(case_after((self.kind, pk), before, filters))

    def show(
        self: Any, request: HttpRequest, pk: UUID, exercise: Exercise, form: DecisionForm, seen: int, **context: Any
    ) -> HttpResponse:
        filters = Filters.of(request.GET)
        return TemplateResponse(
            request,
            "admin/exercises/case.html",
            {
                **self.admin_site.each_context(request),
                "opts": Submission._meta,
                "title": exercise.name,
                "exercise": exercise,
                "form": form,
                "seen": seen,
                "place": place_of((self.kind, pk), filters),
                "queue": f"{reverse('admin:exercises_submission_changelist')}{filters.query}",
                "kind_name": KINDS[self.kind],
                **context,
            },
        )
