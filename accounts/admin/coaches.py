"""Who coaches whom."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RangeDateTimeFilter

from accounts.admin import acts
from accounts.admin.shared import ReadOnly, by_staff, is_moderator
from accounts.models import Coaching
from accounts.operations.coaches import end_any_coaching
from fitai.common.admin import Acting


class CoachesInline(ReadOnly, TabularInline):
    model = Coaching
    fk_name = "client"
    fields = ["coach", "areas", "created_at", "accepted_at", "ended_at"]
    ordering = ["-created_at"]
    verbose_name_plural = "coaches"
    per_page = 20
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Coaching]:
        return super().get_queryset(request).select_related("client", "coach")


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
class CoachingAdmin(ReadOnly, Acting):
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
    def end_coachings(self, request: HttpRequest, coachings: QuerySet[Coaching]) -> HttpResponse | None:
        return self.carry_out(request, coachings, acts.END_COACHING(perform=by_staff(request, end_any_coaching)))
