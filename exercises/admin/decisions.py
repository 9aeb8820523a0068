"""What moderators decided: the audit trail, which nobody edits."""

from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from exercises.admin.history import ReadOnlyAdmin
from exercises.enums import Verdict
from exercises.models import Decision

VERDICT_COLOURS: Final = {
    Verdict.APPROVED: "success",
    Verdict.REJECTED: "danger",
    Verdict.EDITED: "info",
    Verdict.REVERTED: "warning",
    Verdict.MERGED: "primary",
    Verdict.ARCHIVED: "default",
    Verdict.RESTORED: "success",
}


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """Every decision, the newest first."""

    list_display = ["when", "by", "shown_verdict", "about", "shown_reason", "edit", "version"]
    list_display_links = ["when"]
    list_filter = [
        ("moderator", AutocompleteSelectFilter),
        ("verdict", ChoicesDropdownFilter),
        ("exercise", AutocompleteSelectFilter),
        ("at", RangeDateFilter),
    ]
    list_filter_submit = True
    list_select_related = ["exercise", "moderator"]
    list_per_page = 50
    paginator = InfinitePaginator
    show_full_result_count = False
    search_fields = ["exercise__name", "reason"]
    ordering = ["-id"]
    fields = ["when", "by", "shown_verdict", "about", "reason", "edit", "version"]
    readonly_fields = fields

    @display(description="decided", ordering="id")
    def when(self, decision: Decision) -> SafeString:
        return format_html('<span class="fit-nowrap">{}</span>', f"{decision.at:%d %b %Y, %H:%M}")

    @display(description="moderator")
    def by(self, decision: Decision) -> str:
        return "gone" if decision.moderator is None else decision.moderator.shown_name

    @display(description="decision", label=VERDICT_COLOURS)
    def shown_verdict(self, decision: Decision) -> tuple[str, str]:
        return decision.verdict, decision.get_verdict_display()

    @display(description="exercise")
    def about(self, decision: Decision) -> SafeString:
        address = reverse("admin:exercises_exercise_change", args=[decision.exercise_id])
        return format_html('<a class="fit-link" href="{}">{}</a>', address, decision.exercise.name)

    @display(description="reason")
    def shown_reason(self, decision: Decision) -> str:
        return decision.reason if len(decision.reason) <= 100 else f"{decision.reason[:99]}…"

    @display(description="edit")
    def edit(self, decision: Decision) -> SafeString | str:
        if decision.proposal_id is None:
            return "–"
        address = reverse("admin:exercises_proposal_change", args=[decision.proposal_id])
        return format_html('<a class="fit-link" href="{}">proposal</a>', address)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """No row twice: neither exercise nor reason is of many."""
        found, _ = super().get_search_results(request, queryset, search_term)
        return found, False
