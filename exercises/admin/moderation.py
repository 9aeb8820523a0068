"""The queue of what awaits review, and the page of each case, where moderators decide one after the other."""

from typing import Any, Final
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts.admin.shared import staff_actor
from accounts.models import User
from exercises.admin.cases import CasePage, DecisionForm, decide
from exercises.admin.history import ReadOnlyAdmin
from exercises.admin.queue import (
    FOUND,
    KINDS,
    PAGE,
    Case,
    Filters,
    count_queue,
    read_cases,
    read_keys,
    read_queue,
)
from exercises.admin.reading import (
    Difference,
    Field,
    difference,
    fields_of,
    findings_of_case,
    names_of,
    pointed,
    refusal_said,
)
from exercises.content import Change, Content, compare
from exercises.enums import Muscle, ProposalStatus, Status
from exercises.models import Exercise, Proposal, Submission
from exercises.operations.content import content_now
from exercises.operations.exercises import findings_of
from exercises.operations.moderation import conflicts
from exercises.policies import can_approve
from fitai.common.problems import Problem

PROPOSAL_COLOURS: Final = {
    ProposalStatus.PENDING: "warning",
    ProposalStatus.APPROVED: "success",
    ProposalStatus.REJECTED: "danger",
    ProposalStatus.WITHDRAWN: "default",
}


@admin.register(Submission)
class SubmissionAdmin(CasePage, ReadOnlyAdmin):
    """What awaits review; here lie new exercises, and the queue of them and of proposed edits."""

    kind = "exercise"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self.decide_many(request)
        filters = Filters.of(request.GET)
        asked = request.GET.get("page", "")
        page = min(max(int(asked), 1), 10_000) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
        cases, total = read_queue(filters, start=(page - 1) * PAGE), count_queue(filters)
        joined = f"{filters.query}&" if filters.query else "?"
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Awaiting review",
            "cases": cases,
            "total": total,
            "filters": filters,
            "choices": [
                ("kind", "Kind of case", KINDS, filters.kind),
                ("found", "Findings", FOUND, filters.found),
                ("muscle", "Primary muscle", dict(Muscle.choices), filters.muscle),
            ],
            "previous": f"{joined}page={page - 1}" if page > 1 else "",
            "following": f"{joined}page={page + 1}" if page * PAGE < total else "",
        }
        return TemplateResponse(request, "admin/exercises/queue.html", context)

    def decide_many(self, request: HttpRequest) -> HttpResponse:
        """Ask for the words first; then each case by itself: one that is refused leaves the others as they are."""
        queue = f"{reverse('admin:exercises_submission_changelist')}{Filters.of(request.GET).query}"
        verdict = "approve" if request.POST.get("verdict") == "approve" else "reject"
        keys = read_keys(request.POST.getlist("case"))
        if not keys:
            self.message_user(request, "Nothing was chosen.", messages.WARNING)
            return redirect(queue)
        form = DecisionForm({**request.POST.dict(), "seen_version": 0} if "confirmed" in request.POST else None)
        if form.is_valid():
            reason = form.said(rejecting=verdict == "reject")
            if verdict == "approve" or reason:
                self._decide_each(request, keys, verdict, reason)
                return redirect(queue)
            form.add_error("reason", "Say why, so that their authors can do better.")
        cases: list[tuple[Case, str]] = []
        for case in read_cases(keys):
            seen = keys.get((case.kind, case.pk))
            if seen is not None:
                cases.append((case, f"{case.kind}:{case.pk}:{seen}"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{verdict.capitalize()} these {len(cases)}?",
            "cases": cases,
            "verdict": verdict,
            "form": form,
            "back": queue,
        }
        return TemplateResponse(request, "admin/exercises/decide_many.html", context)

    def _decide_each(self, request: HttpRequest, keys: dict[tuple[str, UUID], int], verdict: str, reason: str) -> None:
        names = {(case.kind, case.pk): case.name for case in read_cases(keys)}
        done = 0
        for (kind, pk), seen in keys.items():
            try:
                decide(staff_actor(request), kind, pk, verdict, seen=seen, reason=reason)
                done += 1
            except Problem as refusal:
                name = names.get((kind, pk), "One of them")
                self.message_user(request, f"{name}: {refusal_said(refusal)}", messages.ERROR)
        if done:
            word = "approved" if verdict == "approve" else "rejected"
            self.message_user(request, f"{done} {'case' if done == 1 else 'cases'} {word}.", messages.SUCCESS)

    def name_of(self, pk: UUID) -> str:
        return Exercise.objects.values_list("name", flat=True).get(pk=pk)

    def read(self, request: HttpRequest, pk: UUID, form: DecisionForm) -> HttpResponse | None:
        """The exercise as a whole; None when it does not wait any more."""
        actor = staff_actor(request)
        exercise = Exercise.objects.select_related("owner", "submission").filter(
            pk=pk, status=Status.PENDING, deleted_at=None
        )
        found: Exercise | None = exercise.first()
        if found is None:
            if request.method != "POST":
                self.message_user(request, "It does not await review any more.", messages.WARNING)
            return None
        content = content_now(found)
        noted: Submission | None = getattr(found, "submission", None)
        if noted is None or noted.version != found.version:  # imported, or edited by another way
            with transaction.atomic():
                findings = [finding.shape() for finding in findings_of(actor, found)]
        else:
            findings = noted.findings
        fields: list[Field] = fields_of(content, names_of(content), leave_out=("name",))
        return self.show(
            request,
            pk,
            found,
            form,
            found.version,
            author=found.owner,
            since=found.submitted_at or found.created_at,
            fields=fields,
            findings=findings_of_case(findings),
            may_approve=can_approve(actor, found.owner_id),
            pending=True,
        )


@admin.register(Proposal)
class ProposalAdmin(CasePage, ReadOnlyAdmin):
    """Every proposed edit, the newest first; those that wait are in the queue."""

    kind = "proposal"
    list_display = ["proposed", "about", "by", "shown_fields", "shown_status", "decided"]
    list_display_links = ["proposed", "about"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("exercise", AutocompleteSelectFilter),
        ("author", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    list_select_related = ["exercise", "author"]
    list_per_page = 50
    paginator = InfinitePaginator
    show_full_result_count = False
    search_fields = ["exercise__name", "note"]
    ordering = ["-id"]

    @display(description="proposed", ordering="created_at")
    def proposed(self, proposal: Proposal) -> str:
        return f"{proposal.created_at:%d %b %Y, %H:%M}"

    @display(description="exercise", ordering="exercise__name")
    def about(self, proposal: Proposal) -> str:
        return proposal.exercise.name

    @display(description="author", header=True)
    def by(self, proposal: Proposal) -> tuple[str, str]:
        return proposal.author.shown_name, f"@{proposal.author.username}"

    @display(description="changes")
    def shown_fields(self, proposal: Proposal) -> str:
        return ", ".join(name.replace("_", " ") for name in proposal.changes)

    @display(description="status", ordering="status", label=PROPOSAL_COLOURS)
    def shown_status(self, proposal: Proposal) -> tuple[str, str]:
        return proposal.status, proposal.get_status_display()

    @display(description="decided", ordering="decided_at")
    def decided(self, proposal: Proposal) -> str:
        return "–" if proposal.decided_at is None else f"{proposal.decided_at:%d %b %Y, %H:%M}"

    def name_of(self, pk: UUID) -> str:
        return Proposal.objects.values_list("exercise__name", flat=True).get(pk=pk)

    def read(self, request: HttpRequest, pk: UUID, form: DecisionForm) -> HttpResponse | None:
        """What it changes, beside what the exercise says now; a decided one beside what its author saw."""
        proposal = Proposal.objects.select_related("exercise", "author", "decided_by").filter(pk=pk).first()
        if proposal is None:
            raise Http404
        exercise: Exercise = proposal.exercise
        pending = proposal.status == ProposalStatus.PENDING
        now: Content = content_now(exercise)
        beside = now if pending else proposal.before
        changes = [Change(name, beside.get(name), value) for name, value in proposal.changes.items()]
        clashing = conflicts(exercise, proposal) if pending else []
        since = [Change(name, proposal.before[name], now.get(name)) for name in clashing]
        names = {**names_of(now), **pointed([*changes, *since])}
        differences: list[Difference] = [difference(change, names) for change in _in_order(changes)]
        author: User = proposal.author
        return self.show(
            request,
            pk,
            exercise,
            form,
            proposal.version,
            proposal=proposal,
            author=author,
            since=proposal.created_at,
            note=proposal.note,
            differences=differences,
            changed_since=[difference(change, names) for change in since],
            clashing=clashing,
            unchanged=fields_of(now, names, leave_out=proposal.changes),
            findings=findings_of_case(proposal.findings),
            may_approve=can_approve(staff_actor(request), proposal.author_id),
            pending=pending,
            in_library=exercise.status == Status.APPROVED and exercise.deleted_at is None,
        )


def _in_order(changes: list[Change]) -> list[Change]:
    """Changes in the order of the fields."""
    before, after = ({change.field: getattr(change, side) for change in changes} for side in ("before", "after"))
    return [Change(one.field, before[one.field], after[one.field]) for one in compare(before, after)]
