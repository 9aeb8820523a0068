"""The library as moderators see it: find, read, edit, translate, and look back."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet, TextChoices
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from exercises.enums import Contraindication, Equipment, Muscle, Status
from exercises.models import Catalogue, Exercise, Translation, Variation
from fitai.common.admin import ForModerators

ExerciseEvent = apps.get_model("exercises", "ExerciseEvent")  # made by pghistory
TEXTS = ("name", "aliases", "instructions", "mistakes")
STATUS_COLOURS = {
    Status.DRAFT: "info",
    Status.PENDING: "warning",
    Status.APPROVED: "success",
    Status.REJECTED: "danger",
    Status.ARCHIVED: "secondary",
}


class LinesField(forms.Field):
    """A list of texts, one a line."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        lines = value if isinstance(value, list) else (value or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class WordsField(forms.MultipleChoiceField):
    """Any words of a vocabulary."""

    widget = UnfoldAdminCheckboxSelectMultipleWidget

    def __init__(self, vocabulary: type[TextChoices], *, required: bool = True) -> None:
        super().__init__(choices=vocabulary.choices, required=required)


class TextsForm(forms.ModelForm):
    aliases = LinesField(required=False, help_text="one a line")
    instructions = LinesField(required=False, help_text="one step a line")
    mistakes = LinesField(required=False, help_text="one a line")


class ExerciseForm(TextsForm):
    primary_muscles = WordsField(Muscle)
    secondary_muscles = WordsField(Muscle, required=False)
    equipment = WordsField(Equipment)
    contraindications = WordsField(Contraindication, required=False)


class ArrayFilter(admin.SimpleListFilter):
    """Rows whose array holds a word."""

    field: str
    vocabulary: type[TextChoices]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.vocabulary.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.field}__contains": [self.value()]}) if self.value() else queryset


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

    def has_delete_permission(self, request: HttpRequest, obj: Exercise | None = None) -> bool:
        """Workouts may use it: archive it instead."""
        return False


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
