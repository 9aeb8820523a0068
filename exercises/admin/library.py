"""The library as moderators see it: find, read, edit, translate."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.decorators import display

from exercises.admin.fields import ArrayFilter, LinesField, WordsField
from exercises.enums import Contraindication, Equipment, Muscle, Status
from exercises.models import Exercise, Translation, Variation
from exercises.operations.saying import said_by
from fitai.common.admin import ForModerators

TEXTS = ("name", "aliases", "instructions", "mistakes")
STATUS_COLOURS = {
    Status.DRAFT: "info",
    Status.PENDING: "warning",
    Status.APPROVED: "success",
    Status.REJECTED: "danger",
    Status.ARCHIVED: "secondary",
}


class TextsForm(forms.ModelForm):
    aliases = LinesField(required=False, help_text="one a line")
    instructions = LinesField(required=False, help_text="one step a line")
    mistakes = LinesField(required=False, help_text="one a line")


class ExerciseForm(TextsForm):
    primary_muscles = WordsField(Muscle)
    secondary_muscles = WordsField(Muscle, required=False)
    equipment = WordsField(Equipment)
    contraindications = WordsField(Contraindication, required=False)


class MuscleFilter(ArrayFilter):
    title, parameter_name, field, vocabulary = "primary muscle", "muscle", "primary_muscles", Muscle


class EquipmentFilter(ArrayFilter):
    title, parameter_name, field, vocabulary = "equipment", "gear", "equipment", Equipment


class OwnerFilter(admin.SimpleListFilter):
    title, parameter_name = "made by", "made_by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("catalogue", "The catalogue"), ("people", "People")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(owner__isnull=self.value() == "catalogue") if self.value() else queryset


class TranslationInline(ForModerators, StackedInline):
    model = Translation
    form = TextsForm
    fields = ["language", *TEXTS]
    extra = 0
    tab = True


class VariationInline(ForModerators, TabularInline):
    model = Variation
    fk_name = "exercise"
    autocomplete_fields = ["other"]
    extra = 0
    tab = True


@admin.register(Exercise)
class ExerciseAdmin(ForModerators, ModelAdmin):
    form = ExerciseForm
    list_display = ["name", "slug", "shown_status", "kind", "muscles", "gear", "difficulty", "owner", "version"]
    list_filter = ["status", "kind", MuscleFilter, EquipmentFilter, "difficulty", "pattern", "tracking", OwnerFilter]
    list_select_related = ["owner"]
    list_per_page = 50
    search_fields = ["name", "slug", "aliases"]
    ordering = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    raw_id_fields = ["owner"]
    readonly_fields = ["version", "rating", "rating_count", "created_at", "updated_at", "history"]
    inlines = [TranslationInline, VariationInline]
    compressed_fields = True
    warn_unsaved_form = True
    fieldsets = [
        (None, {"fields": [("name", "slug"), ("status", "language"), ("owner", "history")]}),
        ("Texts", {"fields": ["aliases", "instructions", "mistakes"]}),
        ("What it trains", {"fields": ["primary_muscles", "secondary_muscles", "equipment", "contraindications"]}),
        (
            "Movement",
            {"fields": [("kind", "pattern"), ("mechanic", "force"), ("difficulty", "form_profile")]},
        ),
        (
            "Logging",
            {
                "fields": [
                    ("tracking", "bodyweight_share"),
                    ("unilateral", "per_hand"),
                    ("met", "met_code"),
                ]
            },
        ),
        ("Record", {"fields": [("version", "rating", "rating_count"), ("created_at", "updated_at"), "deleted_at"]}),
    ]

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, exercise: Exercise) -> tuple[str, str]:
        return exercise.status, exercise.get_status_display()

    @display(description="primary muscles")
    def muscles(self, exercise: Exercise) -> str:
        return ", ".join(Muscle(name).label for name in exercise.primary_muscles)

    @display(description="equipment")
    def gear(self, exercise: Exercise) -> str:
        return ", ".join(Equipment(name).label for name in exercise.equipment)

    @display(description="history")
    def history(self, exercise: Exercise) -> str:
        address = reverse("admin:exercises_exerciseevent_changelist")
        return format_html('<a href="{}?{}">All versions</a>', address, urlencode({"pgh_obj": exercise.pk}))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What is saved with one press of the button is one version, in the name of who pressed it."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic(), said_by(request.user.pk, "admin"):
            return super().changeform_view(request, object_id, form_url, extra_context)

    def has_delete_permission(self, request: HttpRequest, obj: Exercise | None = None) -> bool:
        """Workouts may use it: archive it instead."""
        return False
