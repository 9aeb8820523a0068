"""What happened to the access of people."""

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import RangeDateTimeFilter

from accounts.admin.shared import ReadOnly
from accounts.models import SecurityEvent


class SecurityEventInline(ReadOnly, TabularInline):
    model = SecurityEvent
    fields = ["kind", "address", "created_at", "detail"]
    ordering = ["-created_at"]
    per_page = 20
    tab = True


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnly, ModelAdmin):
    """Log-ins, refusals, reuse of tokens, and what staff did."""

    list_display = ["created_at", "kind", "user", "address", "detail"]
    list_filter = ["kind", ("created_at", RangeDateTimeFilter)]
    list_filter_submit = True
    list_select_related = ["user"]
    search_fields = ["user__username", "address"]
    ordering = ["-created_at"]
    show_full_result_count = False
    fields = ["kind", "user", "address", "session_id", "detail", "created_at"]
