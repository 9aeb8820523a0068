"""Catalogues of others: when they are read, how that went, and what became of each exercise."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminURLInputWidget

from exercises.admin.history import ReadOnlyAdmin
from exercises.enums import EntryOutcome, Status
from exercises.models import Source, SourceEntry
from exercises.operations.sources import request_import
from exercises.sources.fetching import is_web
from fitai.common.admin import Act, Acting, ForModerators, is_admin

OUTCOME_COLOURS = {
    EntryOutcome.MATCHED: "success",
    EntryOutcome.DRAFTED: "info",
    EntryOutcome.UPDATED: "info",
    EntryOutcome.CHANGED: "warning",
    EntryOutcome.IGNORED: "secondary",
    EntryOutcome.GONE: "secondary",
}
IMPORT = Act(
    question="Read these sources now?",
    consequence="What the library has not becomes drafts, which wait for you. Nothing else changes.",
    button="Import now",
    done="about to be read",
    perform=lambda source: request_import(source.pk),
)


class SourceForm(forms.ModelForm):
    license_url = forms.URLField(required=False, assume_scheme="https", widget=UnfoldAdminURLInputWidget)

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip()
        if "://" in address and not is_web(address):
            raise forms.ValidationError("Only http and https addresses and files are read.")
        return address


@admin.register(Source)
class SourceAdmin(ForModerators, Acting, ModelAdmin):
    """Moderators read and ask for a reading; where the server reads from is for admins to say."""

    form = SourceForm
    list_display = ["name", "kind", "schedule", "shown_state", "last_run_at", "last_outcome", "exercises"]
    list_filter = [("kind", ChoicesDropdownFilter), "enabled"]
    ordering = ["name"]
    actions = ["import_now"]
    actions_detail = ["import_one"]
    readonly_fields = ["last_run_at", "last_outcome", "exercises"]
    fieldsets = [
        (None, {"fields": [("name", "kind"), "address", ("license", "license_url"), ("every_hours", "enabled")]}),
        ("Last reading", {"fields": ["last_run_at", "last_outcome", "exercises"]}),
    ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_admin(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_admin(request)

    def has_read_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_view_permission(request)

    @display(description="read")
    def schedule(self, source: Source) -> str:
        if not source.enabled:
            return "off"
        return f"every {source.every_hours} h" if source.every_hours else "when asked"

    @display(description="state", label={"fine": "success", "failed": "danger", "new": "info"})
    def shown_state(self, source: Source) -> tuple[str, str]:
        if source.last_run_at is None:
            return "new", "Never read"
        return ("failed", "Failed") if source.last_failed else ("fine", "Fine")

    @display(description="exercises")
    def exercises(self, source: Source) -> SafeString | str:
        if source.last_run_at is None:
            return "–"
        address = reverse("admin:exercises_sourceentry_changelist", query={"source__id__exact": source.pk})
        return format_html('<a class="fit-link fit-nowrap" href="{}">Its exercises</a>', address)

    @admin.action(description="Import now", permissions=["read"])
    def import_now(self, request: HttpRequest, chosen: QuerySet[Source]) -> HttpResponse | None:
        return self.carry_out(request, chosen, IMPORT)

    @action(description="Import now", url_path="import", icon="cloud_download", permissions=["read"])
    def import_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.carry_out_one(request, object_id, IMPORT)


@admin.register(SourceEntry)
class SourceEntryAdmin(ReadOnlyAdmin):
    list_display = ["name", "source", "shown_outcome", "matched_by", "here", "license", "author", "seen_at"]
    list_filter = [
        ("outcome", ChoicesDropdownFilter),
        ("source", RelatedDropdownFilter),
        ("matched_by", ChoicesDropdownFilter),
    ]
    list_filter_submit = True
    list_select_related = ["source", "exercise"]
    list_per_page = 50
    paginator = InfinitePaginator
    show_full_result_count = False
    search_fields = ["name", "external_id"]
    ordering = ["-id"]
    fieldsets = [
        (None, {"fields": [("name", "source"), ("external_id", "seen_at"), ("outcome", "matched_by"), "here"]}),
        ("Whose it is", {"fields": ["author", ("license", "license_url"), "url"]}),
        ("What had to be guessed", {"fields": ["doubts"]}),
    ]
    readonly_fields = ["here"]

    @display(description="outcome", ordering="outcome", label=OUTCOME_COLOURS)
    def shown_outcome(self, entry: SourceEntry) -> tuple[str, str]:
        return entry.outcome, entry.get_outcome_display()

    @display(description="in the library")
    def here(self, entry: SourceEntry) -> SafeString | str:
        if entry.exercise is None:
            return "–"
        address = reverse("admin:exercises_exercise_change", args=[entry.exercise.pk])
        status = Status(entry.exercise.status).label.lower()
        return format_html('<a class="fit-link" href="{}">{}</a> ({})', address, entry.exercise.name, status)
