"""How people stand to each other, on the page of each."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display

from accounts.admin.shared import ReadOnly
from accounts.models import Block, Friendship


class FriendshipInline(ReadOnly, TabularInline):
    """A pair is one row with its people in order, so there is an inline for each side."""

    model = Friendship
    ordering = ["-created_at"]
    readonly_fields = ["friend"]
    per_page = 20
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Friendship]:
        return super().get_queryset(request).select_related("low", "high", "requester")

    @display(description="friend")
    def friend(self, pair: Friendship) -> SafeString:
        """The other of the two, with a way to their page."""
        other = pair.high if self.fk_name == "low" else pair.low
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:accounts_user_change", args=[other.pk]), other.username
        )


class FriendshipLowInline(FriendshipInline):
    fk_name = "low"
    fields = ["friend", "requester", "created_at", "accepted_at", "declined_at"]
    verbose_name_plural = "friends and requests"


class FriendshipHighInline(FriendshipInline):
    fk_name = "high"
    fields = ["friend", "requester", "created_at", "accepted_at", "declined_at"]
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
