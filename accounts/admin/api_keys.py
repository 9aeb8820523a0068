"""Keys with which services act for people."""

from unfold.admin import TabularInline

from accounts.admin.shared import ReadOnly
from accounts.models import ApiKey


class ApiKeyInline(ReadOnly, TabularInline):
    """Without what would let anybody act as one."""

    model = ApiKey
    fields = ["prefix", "name", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at"]
    readonly_fields = fields
    ordering = ["-created_at"]
    per_page = 20
    tab = True
