"""What the library said at each time."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from exercises.models import Catalogue
from fitai.common.admin import ForModerators

ExerciseEvent = apps.get_model("exercises", "ExerciseEvent")  # made by pghistory


class ReadOnlyAdmin(ForModerators, ModelAdmin):
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ExerciseEvent)
class ExerciseEventAdmin(ReadOnlyAdmin):
    """What an exercise said at each time."""

    list_display = ["pgh_created_at", "pgh_label", "name", "slug", "status", "difficulty", "kind"]
    list_filter = ["pgh_label", "status"]
    search_fields = ["name", "slug"]
    ordering = ["-pgh_id"]


@admin.register(Catalogue)
class CatalogueAdmin(ReadOnlyAdmin):
    list_display = ["version", "files_digest"]
