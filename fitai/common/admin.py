"""The admin's manners, shared by all apps, and the pages of what the platform keeps: events and jobs."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from fitai.common import jobs
from fitai.common.models import Event, Job
from fitai.common.problems import Conflict, Problem

SECRETIVE = re.compile(r"token|secret|passw|authorization|cookie|(^|_)(key|code|link)$", re.IGNORECASE)


def is_admin(request: HttpRequest) -> bool:
    """Who runs the server sees everything; moderators see what they moderate, and nobody's training."""
    return request.user.is_active and getattr(request.user, "is_superuser", False)


def is_moderator(request: HttpRequest) -> bool:
    """Who looks after what people share: moderators, and admins."""
    roles: frozenset[str] = getattr(request.user, "roles", frozenset())
    return is_admin(request) or (request.user.is_active and "moderator" in roles)


def without_secrets(value: Any) -> Any:
    """JSON with dots in place of what would let its reader act as somebody."""
    if isinstance(value, dict):
        return {name: "•••" if SECRETIVE.search(name) else without_secrets(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [without_secrets(inner) for inner in value]
    return value


def as_json(value: Any) -> SafeString:
    """JSON as people read it."""
    return format_html(
        '<pre class="fit-json">{}</pre>', json.dumps(without_secrets(value), indent=2, ensure_ascii=False)
    )


@dataclass(frozen=True, slots=True)
class Act:
    """Something that staff does to rows after saying yes: `perform` is given each, and may refuse with a Problem. With
    `asks`, a text is asked for under this label (`reason` of the form), without which nothing is done."""

    question: str
    consequence: str
    button: str
    done: str
    perform: Callable[[Any], None]
    asks: str = ""


def said_reason(request: HttpRequest) -> str:
    """What somebody wrote where an act asks for it."""
    return request.POST.get("reason", "").strip()


class ForModerators:
    """Pages on which moderators read and write; taking away is left to admins."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_moderator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_moderator(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_moderator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_moderator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_admin(request)


class Acting(ModelAdmin):
    """Pages on which staff does something to rows, after saying yes."""

    def carry_out(self, request: HttpRequest, rows: Iterable[Model], act: Act) -> HttpResponse | None:
        """Ask first; after the yes do it to each row, write it down in its history, and say how it went."""
        unsaid = bool(act.asks) and not said_reason(request)
        if request.POST.get("confirmed") != "yes" or unsaid:
            context = {
                **self.admin_site.each_context(request),
                "opts": self.model._meta,
                "title": act.question,
                "act": act,
                "rows": list(rows),
                "action": request.POST.get("action"),
                "back": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
            }
            return TemplateResponse(request, "admin/confirm_act.html", context)
        count = 0
        for row in rows:
            try:
                act.perform(row)
            except Problem as refusal:
                self.message_user(request, f"{row}: {refusal}", messages.ERROR)
                continue
            self.log_change(request, row, act.done.capitalize())
            count += 1
        if count:
            noun = self.opts.verbose_name if count == 1 else self.opts.verbose_name_plural
            self.message_user(request, f"{count} {noun} {act.done}.", messages.SUCCESS)
        return None

    def carry_out_one(self, request: HttpRequest, object_id: str, act: Act) -> HttpResponse:
        """The same from the page of one row."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        page = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        return self.carry_out(request, [row], act) or redirect(page)


class AdminsOnly(Acting):
    """Rows that are written by operations alone: to be looked at, by admins.

    Pages are not counted, so that a table of millions opens as fast as a table of ten.
    """

    paginator = InfinitePaginator
    show_full_result_count = False
    list_disable_select_all = True
    list_per_page = 50
    list_filter_submit = True
    actions: list[str] = []

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_admin(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_admin(request)

    def has_manage_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_admin(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


# ── Jobs ─────────────────────────────────────────────────────────────────────────────────────────


def retry_job(job: Job) -> None:
    """From the start, with all attempts; only what failed or was cancelled."""
    _with_locked(job, (Job.Status.FAILED, Job.Status.CANCELLED), jobs.retry)


def cancel_job(job: Job) -> None:
    """At once when it waits, at its next write when it runs."""
    _with_locked(job, (Job.Status.QUEUED, Job.Status.PROCESSING), jobs.cancel)


def _with_locked(job: Job, allowed: tuple[Job.Status, ...], change: Callable[[Job], None]) -> None:
    with transaction.atomic():
        locked = Job.objects.select_for_update().get(pk=job.pk)
        if locked.status not in allowed:
            raise Conflict(f"it is {locked.get_status_display().lower()}")
        change(locked)


RETRY = Act(
    question="Retry these jobs?",
    consequence="They start again from the beginning, with all their attempts.",
    button="Retry",
    done="queued again",
    perform=retry_job,
)
CANCEL = Act(
    question="Cancel these jobs?",
    consequence="What waits is cancelled at once; what runs stops at its next write.",
    button="Cancel the work",
    done="cancelled",
    perform=cancel_job,
)


class KindFilter(DropdownFilter):
    """The kinds there are handlers for, so that no table is read for the choice."""

    title, parameter_name = "kind", "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, kind) for kind in sorted(jobs.HANDLERS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class QueueFilter(DropdownFilter):
    title, parameter_name = "queue", "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(queue, queue) for queue in sorted({handler.queue for handler in jobs.HANDLERS.values()})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        return queryset.filter(queue=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(AdminsOnly):
    """What is to be done, what is being done, and what went wrong."""

    list_display = ["kind", "shown_status", "queue", "tries", "due", "lease", "trouble", "made"]
    list_filter = [("status", ChoicesDropdownFilter), KindFilter, QueueFilter]
    search_fields = ["id"]  # shows the box; `get_search_results` says what it finds
    search_help_text = "Job id, dedupe key, request id, username"
    ordering = ["-id"]
    actions = ["retry_jobs", "cancel_jobs"]
    actions_detail = ["retry_one", "cancel_one"]
    fieldsets = [
        (None, {"fields": [("kind", "queue"), ("status", "user"), ("dedupe_key", "request_id")]}),
        ("Attempts", {"fields": [("tries", "due"), ("lease", "heartbeat_at"), ("created_at", "finished_at")]}),
        ("Work", {"fields": [("stage", "done_so_far"), "shown_payload", "shown_result"]}),
        ("Trouble", {"fields": ["shown_error", "last_error"]}),
    ]
    readonly_fields = [
        "shown_status",
        "tries",
        "due",
        "lease",
        "done_so_far",
        "shown_payload",
        "shown_result",
        "shown_error",
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Job], search_term: str
    ) -> tuple[QuerySet[Job], bool]:
        """By exact keys, so that each search reads an index or a person's few rows."""
        term = search_term.strip()
        if not term:
            return queryset, False
        people = get_user_model().objects.filter(username__iexact=term)
        found = Q(dedupe_key=term) | Q(request_id=term) | Q(user__in=people)
        identifier = as_uuid(term)
        return queryset.filter(found if identifier is None else found | Q(pk=identifier) | Q(user=identifier)), False

    @display(
        description="status",
        ordering="status",
        label={"queued": "info", "processing": "warning", "succeeded": "success", "failed": "danger"},
    )
    def shown_status(self, job: Job) -> tuple[str, str]:
        return job.status, "Stopping" if job.cancel_requested and job.finished_at is None else job.get_status_display()

    @display(description="attempts")
    def tries(self, job: Job) -> str:
        return f"{job.attempts} of {job.max_attempts}"

    @display(description="due", ordering="not_before")
    def due(self, job: Job) -> str:
        if job.status != Job.Status.QUEUED:
            return "–"
        return "now" if job.not_before <= timezone.now() else f"{job.not_before:%d %b, %H:%M:%S}"

    @display(description="lease", ordering="lease_until")
    def lease(self, job: Job) -> str:
        if job.lease_until is None:
            return "–"
        return f"{'until' if job.lease_until > timezone.now() else 'ran out'} {job.lease_until:%H:%M:%S}"

    @display(description="error")
    def trouble(self, job: Job) -> str:
        said = job.error["detail"] if job.error else job.last_error
        return said if len(said) <= 80 else f"{said[:79]}…"

    @display(description="made", ordering="created_at")
    def made(self, job: Job) -> SafeString:
        return format_html('<span class="fit-nowrap">{}</span>', f"{job.created_at:%d %b, %H:%M:%S}")

    @display(description="progress")
    def done_so_far(self, job: Job) -> str:
        return f"{job.progress:.0%}"

    @display(description="payload")
    def shown_payload(self, job: Job) -> SafeString:
        return as_json(job.payload)

    @display(description="result")
    def shown_result(self, job: Job) -> SafeString | str:
        return "–" if job.result is None else as_json(job.result)

    @display(description="error")
    def shown_error(self, job: Job) -> SafeString | str:
        return "–" if job.error is None else as_json(job.error)

    @admin.action(description="Retry from the start", permissions=["manage"])
    def retry_jobs(self, request: HttpRequest, chosen: QuerySet[Job]) -> HttpResponse | None:
        return self.carry_out(request, chosen, RETRY)

    @admin.action(description="Cancel", permissions=["manage"])
    def cancel_jobs(self, request: HttpRequest, chosen: QuerySet[Job]) -> HttpResponse | None:
        return self.carry_out(request, chosen, CANCEL)

    @action(description="Retry", url_path="retry", icon="replay", permissions=["manage"])
    def retry_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.carry_out_one(request, object_id, RETRY)

    @action(
        description="Cancel", url_path="cancel", icon="cancel", permissions=["manage"], variant=ActionVariant.DANGER
    )
    def cancel_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.carry_out_one(request, object_id, CANCEL)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[UnfoldAction]:
        """Only what is possible where the job stands."""
        job = self.get_object(request, unquote(object_id))
        if job is None:
            return []
        wanted = "retry_one" if job.status in (Job.Status.FAILED, Job.Status.CANCELLED) else "cancel_one"
        if job.status == Job.Status.SUCCEEDED:
            return []
        offered = super().get_actions_detail(request, object_id)
        return [one for one in offered if one.action_name.endswith(wanted)]


# ── Events ───────────────────────────────────────────────────────────────────────────────────────


@admin.register(Event)
class EventAdmin(AdminsOnly):
    """What happened, newest first, in every stream."""

    list_display = ["seq", "type", "shown_stream", "user", "done", "shown_verdict"]
    list_display_links = ["seq", "type"]
    list_filter = [("status", ChoicesDropdownFilter)]
    list_select_related = ["user"]
    search_fields = ["stream"]  # shows the box; `get_search_results` says what it finds
    search_help_text = "Stream, workout id, type, username"
    ordering = ["-id"]
    fieldsets = [
        (None, {"fields": [("type", "seq"), "shown_stream", ("user", "actor_id"), ("status", "reorders")]}),
        ("When and where", {"fields": [("at", "created_at"), ("device_id", "op_id")]}),
        ("What", {"fields": ["shown_payload"]}),
    ]
    readonly_fields = ["shown_stream", "shown_payload", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).defer("answer", "digest")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        """By exact words, so that a search never reads the whole log for a part of one."""
        term = search_term.strip()
        if not term:
            return queryset, False
        identifier = as_uuid(term)
        if identifier is not None:
            return queryset.filter(stream__in=[f"workout:{identifier}", f"user:{identifier}"]), False
        if ":" in term:
            return queryset.filter(stream=term), False
        if "." in term:
            return queryset.filter(type=term), False
        return queryset.filter(user__in=get_user_model().objects.filter(username__iexact=term)), False

    @display(description="stream")
    def shown_stream(self, event: Event) -> SafeString:
        address = reverse("admin:common_event_changelist", query={"q": event.stream})
        return format_html('<a class="fit-link fit-nowrap" href="{}">{}</a>', address, event.stream)

    @display(description="at", ordering="at")
    def done(self, event: Event) -> str:
        return f"{event.at:%d %b %Y, %H:%M:%S}"

    @display(description="verdict", label={"applied": "success", "superseded": "warning", "reordered": "info"})
    def shown_verdict(self, event: Event) -> tuple[str, str]:
        if event.status == Event.Status.SUPERSEDED:
            return "superseded", "Superseded"
        return ("reordered", "Came late") if event.reorders else ("applied", "Applied")

    @display(description="payload")
    def shown_payload(self, event: Event) -> SafeString:
        return as_json(event.payload)


def as_uuid(term: str) -> UUID | None:
    """The id that a search term is, if it is one."""
    try:
        return UUID(term)
    except ValueError:
        return None
