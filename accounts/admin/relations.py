"""How people stand to each other, on the page of each."""

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from accounts.admin.shared import ReadOnly
from accounts.models import Block, Friendship


class FriendshipInline(ReadOnly, TabularInline):
    """A pair is one row with its people in order, so there is an inline for each side."""

    model = Friendship
    ordering = ["-created_at"]
    per_page = 20
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Friendship]:
        return super().get_queryset(request).select_related("low", "high", "requester")


class FriendshipLowInline(FriendshipInline):
    fk_name = "low"
    fields = ["high", "requester", "created_at", "accepted_at", "declined_at"]
    verbose_name_plural = "friends and requests"


class FriendshipHighInline(FriendshipInline):
    fk_name = "high"
    fields = ["low", "requester", "created_at", "accepted_at", "declined_at"]
    verbose_name_plural = "more friends and requests"


class BlockInline(ReadOnly, TabularInline):
    model = Block
    fk_name = "blocker"
    fields = ["blocked", "created_at"]
    ordering = ["-created_at"]
    verbose_name_plural = "blocks"
    per_page = 20
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Block]:
        return super().get_queryset(request).select_related("blocked")
