"""What people were told."""

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display

from accounts.admin.shared import ReadOnly
from accounts.models import Notification, PushDevice


class NotificationInline(ReadOnly, TabularInline):
    model = Notification
    fk_name = "user"
    fields = ["kind", "count", "params", "happened_at", "read_at"]
    ordering = ["-happened_at"]
    per_page = 20
    tab = True


class PushDeviceInline(ReadOnly, TabularInline):
    """Without address and keys: whoever knows them can send."""

    model = PushDevice
    fields = ["name", "is_reachable", "created_at", "last_sent_at"]
    readonly_fields = ["is_reachable"]
    ordering = ["-created_at"]
    verbose_name_plural = "push devices"
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[PushDevice]:
        return super().get_queryset(request).select_related("session")

    @display(description="logged in", boolean=True)
    def is_reachable(self, device: PushDevice) -> bool:
        return device.session is None or device.session.is_live
