"""What people think of exercises, with the comments that only moderators and their authors read."""

from functools import partial
from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts.admin.shared import ReadOnly, is_moderator, staff_actor
from exercises.models import Rating
from exercises.operations.ratings import BARELY, FULLY, remove_rating
from fitai.common.admin import Act, Acting

REMOVE: Final = partial(
    Act,
    question="Remove these ratings?",
    consequence="The exercises are rated without them. Their authors can rate again.",
    button="Remove",
    done="removed",
)


class CommentFilter(admin.SimpleListFilter):
    title, parameter_name = "comment", "comment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "With a comment"), ("no", "Without")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rating]) -> QuerySet[Rating]:
        if self.value() is None:
            return queryset
        return queryset.filter(comment="") if self.value() == "no" else queryset.exclude(comment="")


@admin.register(Rating)
class RatingAdmin(ReadOnly, Acting):
    """The latest first."""

    list_display = ["exercise", "user", "shown_stars", "comment", "counts", "updated_at"]
    list_filter = [CommentFilter, "stars", ("updated_at", RangeDateTimeFilter)]
    list_filter_submit = True
    list_select_related = ["exercise", "user"]
    search_fields = ["exercise__name", "exercise__slug", "user__username", "comment"]
    ordering = ["-updated_at", "-id"]
    paginator = InfinitePaginator
    show_full_result_count = False
    list_per_page = 50
    actions = ["remove_ratings"]
    fields = ["exercise", "user", "stars", "comment", "weight", "created_at", "updated_at"]

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return is_moderator(request)

    @display(description="stars", ordering="stars")
    def shown_stars(self, rating: Rating) -> str:
        return "★" * rating.stars + "☆" * (5 - rating.stars)

    @display(description="counts", label={"fully": "success", "a quarter": "info", "a twentieth": "warning"})
    def counts(self, rating: Rating) -> str:
        return {FULLY: "fully", BARELY: "a quarter"}.get(rating.weight, "a twentieth")

    @admin.action(description="Remove as spam", permissions=["manage"])
    def remove_ratings(self, request: HttpRequest, chosen: QuerySet[Rating]) -> HttpResponse | None:
        actor, ratings = staff_actor(request), chosen.select_related("exercise")
        return self.carry_out(request, ratings, REMOVE(perform=lambda rating: remove_rating(actor, rating.pk)))
