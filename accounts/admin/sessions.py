"""Devices that people are logged in on."""

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from accounts.admin.shared import ReadOnly
from accounts.models import Session


class SessionInline(ReadOnly, TabularInline):
    model = Session
    fields = ["name", "address", "user_agent", "created_at", "last_used_at", "expires_at", "revoked_at"]
    ordering = ["-created_at"]
    verbose_name_plural = "devices"
    per_page = 20
    tab = True


@admin.register(Session)
class SessionAdmin(ReadOnly, ModelAdmin):
    """Devices, without what would let anybody act as one."""

    list_display = ["user", "name", "address", "created_at", "last_used_at", "is_logged_in"]
    list_filter = [("last_used_at", RangeDateTimeFilter)]
    list_filter_submit = True
    list_select_related = ["user"]
    search_fields = ["user__username", "name", "address"]
    ordering = ["-created_at"]
    show_full_result_count = False
    fields = [
        "user",
        "name",
        "address",
        "user_agent",
        "created_at",
        "last_used_at",
        "expires_at",
        "ends_at",
        "revoked_at",
    ]

    @display(description="logged in", boolean=True)
    def is_logged_in(self, session: Session) -> bool:
        return session.is_live
