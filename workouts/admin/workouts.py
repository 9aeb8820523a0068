"""Workouts in the admin: found by person, name or exercise, read as a timeline, deleted and brought back."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RadioFilter, RangeDateFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.utils import parse_date_str

from exercises.models import Exercise
from fitai.common.actors import Actor
from fitai.common.admin import Act, AdminsOnly, as_uuid
from fitai.common.ids import uuid7
from fitai.common.problems import Conflict
from workouts.admin.live import live_of
from workouts.admin.timeline import STATUS_COLOURS, page_of, seconds_trained
from workouts.admin.words import span
from workouts.enums import Status
from workouts.models import Record, Workout, WorkoutExercise
from workouts.operations.apply import apply
from workouts.operations.requests import Request


def delete_workout(workout: Workout) -> None:
    """As its owner would: it leaves every list and every record, and can be brought back for 30 days."""
    if workout.deleted_at is not None:
        raise Conflict("it is deleted already")
    _operate(workout, "workout.delete")


def restore_workout(workout: Workout) -> None:
    """Everything is as it was before the deletion, records included."""
    if workout.deleted_at is None:
        raise Conflict("it is not deleted")
    _operate(workout, "workout.restore")


def _operate(workout: Workout, type: str) -> None:
    """An operation in its owner's name, on the device `admin`. The history of the row says who of the staff it was."""
    actor = Actor(user_id=workout.user_id, via="admin")
    apply(actor, workout.pk, [Request(str(uuid7()), type, {}, actor.device_id)], live=True)


DELETE = Act(
    question="Delete these workouts?",
    consequence="They leave their owner's history and records on every device. They can be brought back for 30 days.",
    button="Delete",
    done="deleted",
    perform=delete_workout,
)
RESTORE = Act(
    question="Bring these workouts back?",
    consequence="Their owner sees them again on every device, with the records they hold.",
    button="Bring back",
    done="brought back",
    perform=restore_workout,
)


class DayFilter(RangeDateFilter):
    """From the first moment of one day to the last of another, in UTC."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Workout]) -> QuerySet[Workout]:
        first, last = (self._midnight(end) for end in ("from", "to"))
        if first is not None:
            queryset = queryset.filter(performed_at__gte=first)
        return queryset if last is None else queryset.filter(performed_at__lt=last + timedelta(days=1))

    def _midnight(self, end: str) -> datetime | None:
        day = parse_date_str(self.used_parameters.get(f"{self.parameter_name}_{end}") or "")
        return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


class ActiveFilter(RadioFilter):
    """Who is in the gym now."""

    title, parameter_name = "in the gym", "active"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Now"), ("no", "Not now")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Workout]) -> QuerySet[Workout]:
        return queryset.filter(active=self.value() == "yes") if self.value() else queryset


class DeletedFilter(RadioFilter):
    """Deleted workouts are out of sight until asked for."""

    title, parameter_name = "deletion", "deleted"
    all_option = ["", "Kept"]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Deleted"), ("all", "Both")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Workout]) -> QuerySet[Workout]:
        if self.value() == "all":
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() != "yes")


@admin.register(Workout)
class WorkoutAdmin(AdminsOnly):
    """Every visit to the gym, newest first."""

    list_display = ["shown_name", "person", "shown_status", "started", "trained", "sets", "volume", "record_count"]
    list_display_links = ["shown_name"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("performed_at", DayFilter),
        ("exercises__exercise", AutocompleteSelectFilter),
        ActiveFilter,
        DeletedFilter,
    ]
    list_select_related = ["user"]
    search_fields = ["name"]  # shows the box; `get_search_results` says what it finds
    search_help_text = "Person, name of the workout, exercise"
    ordering = ["-performed_at", "-id"]
    actions = ["delete_workouts", "restore_workouts"]
    actions_detail = ["delete_one", "restore_one"]
    change_form_template = "admin/workouts/workout/page.html"
    fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workout]:
        counted = (
            Record.objects.filter(workout=OuterRef("pk"))
            .order_by()
            .values("workout")
            .annotate(n=Count("pk"))
            .values("n")
        )
        records = Coalesce(Subquery(counted), 0, output_field=IntegerField())
        return super().get_queryset(request).select_related("user").annotate(records_held=records)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Workout], search_term: str
    ) -> tuple[QuerySet[Workout], bool]:
        """Each word must be in the person's names or address, the workout's name, or an exercise that it shows."""
        identifier = as_uuid(search_term.strip())
        if identifier is not None:
            return queryset.filter(Q(pk=identifier) | Q(user=identifier)), False
        for word in search_term.split():
            people = get_user_model().objects.filter(
                Q(username__icontains=word) | Q(display_name__icontains=word) | Q(email__icontains=word)
            )
            trained = WorkoutExercise.objects.filter(
                workout=OuterRef("pk"),
                added=True,
                removed=False,
                exercise__in=Exercise.objects.filter(name__icontains=word),
            )
            queryset = queryset.filter(Q(name__icontains=word) | Q(user__in=people) | Exists(trained))
        return queryset, False

    @display(description="workout")
    def shown_name(self, workout: Workout) -> str:
        return workout.name or "Workout"

    @display(description="person", header=True)
    def person(self, workout: Workout) -> tuple[str, str]:
        return workout.user.shown_name, f"@{workout.user.username}"

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, workout: Workout) -> tuple[str, str]:
        return workout.status, workout.get_status_display()

    @display(description="started", ordering="performed_at")
    def started(self, workout: Workout) -> str:
        return "–" if workout.started_at is None else f"{workout.started_at:%d %b %Y, %H:%M}"

    @display(description="trained", ordering="active_us")
    def trained(self, workout: Workout) -> str:
        seconds = seconds_trained(workout.active_us, workout.active_since)
        return span(seconds) if seconds else "–"

    @display(description="sets", ordering="total_sets")
    def sets(self, workout: Workout) -> int:
        return workout.total_sets

    @display(description="volume", ordering="total_volume_kg")
    def volume(self, workout: Workout) -> str:
        return f"{workout.total_volume_kg:,.0f} kg" if workout.total_volume_kg else "–"

    @display(description="records")
    def record_count(self, workout: Any) -> str:
        return str(workout.records_held or "–")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """An open page asks every few seconds what there is `since`; while that is nothing, this costs one row."""
        since, identifier = request.GET.get("since"), as_uuid(object_id)
        if since and identifier and self.has_view_permission(request):
            known = Workout.objects.only("seq", "status", "deleted_at", "user_id").filter(pk=identifier).first()
            live = None if known is None else live_of(known)
            if live is not None and live.version == since:
                return HttpResponse(status=204)
        return super().change_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], obj: Workout | None = None, **kwargs: Any
    ) -> HttpResponse:
        assert obj is not None  # noqa: S101  nobody adds a workout here
        asked = request.GET.get("events", "")
        context.update(
            title=obj.name or "Workout",
            subtitle=None,
            workout=obj,
            status_colour=STATUS_COLOURS[Status(obj.status)],
            page=page_of(obj, int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1),
            log_query=urlencode({"q": obj.stream}),
        )
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[UnfoldAction]:
        """Delete what is there, bring back what is not."""
        workout = self.get_object(request, unquote(object_id))
        if workout is None:
            return []
        wanted = "delete_one" if workout.deleted_at is None else "restore_one"
        offered = super().get_actions_detail(request, object_id)
        return [one for one in offered if one.action_name.endswith(wanted)]

    @admin.action(description="Delete", permissions=["manage"])
    def delete_workouts(self, request: HttpRequest, chosen: QuerySet[Workout]) -> HttpResponse | None:
        return self.carry_out(request, chosen, DELETE)

    @admin.action(description="Bring back", permissions=["manage"])
    def restore_workouts(self, request: HttpRequest, chosen: QuerySet[Workout]) -> HttpResponse | None:
        return self.carry_out(request, chosen, RESTORE)

    @action(
        description="Delete", url_path="remove", icon="delete", permissions=["manage"], variant=ActionVariant.DANGER
    )
    def delete_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.carry_out_one(request, object_id, DELETE)

    @action(description="Bring back", url_path="restore", icon="restore_from_trash", permissions=["manage"])
    def restore_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.carry_out_one(request, object_id, RESTORE)
