"""Who coaches whom."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import RangeDateTimeFilter

from accounts.admin.shared import ReadOnly, is_moderator, staff_actor
from accounts.models import Coaching
from accounts.operations.coaches import end_any_coaching
from fitai.common.problems import Problem


class CoachesInline(ReadOnly, TabularInline):
    model = Coaching
    fk_name = "client"
    fields = ["coach", "areas", "created_at", "accepted_at", "ended_at"]
    ordering = ["-created_at"]
    verbose_name_plural = "coaches"
    per_page = 20
    tab = True


class ClientsInline(CoachesInline):
    fk_name = "coach"
    fields = ["client", *CoachesInline.fields[1:]]
    verbose_name_plural = "clients"


class OpenFilter(admin.SimpleListFilter):
    title = "open"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Coaching]) -> QuerySet[Coaching]:
        return queryset if self.value() is None else queryset.filter(ended_at__isnull=self.value() == "yes")


@admin.register(Coaching)
class CoachingAdmin(ReadOnly, ModelAdmin):
    """Coaches and what their clients let them see."""

    list_display = ["client", "coach", "areas", "created_at", "accepted_at", "ended_at"]
    list_filter = [OpenFilter, ("created_at", RangeDateTimeFilter)]
    list_filter_submit = True
    list_select_related = ["client", "coach"]
    search_fields = ["client__username", "coach__username"]
    ordering = ["-created_at"]
    show_full_result_count = False
    actions = ["end_coachings"]
    fields = ["client", "coach", "areas", "created_at", "accepted_at", "ended_at"]

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return is_moderator(request)

    @admin.action(description="End: the coach sees nothing more", permissions=["manage"])
    def end_coachings(self, request: HttpRequest, coachings: QuerySet[Coaching]) -> None:
        actor, count = staff_actor(request), 0
        for coaching in coachings:
            try:
                end_any_coaching(actor, coaching.pk)
                count += 1
            except Problem as refusal:
                self.message_user(request, f"{coaching}: {refusal}", messages.ERROR)
        if count:
            self.message_user(request, f"{count} ended.", messages.SUCCESS)
