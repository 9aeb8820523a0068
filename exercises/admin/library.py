"""The library as moderators see it: find, read, edit, translate."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.dataclasses import UnfoldAction
from unfold.datasets import BaseDataset
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin.shared import staff_actor
from exercises.admin.acts import ARCHIVE, RESTORE, ask, revert_to
from exercises.admin.fields import ArrayFilter, LinesField, WordsField
from exercises.admin.many import edit_together
from exercises.admin.merging import merge_one
from exercises.admin.reading import refusal_said
from exercises.admin.versions import HistoryTab, tabs_of
from exercises.content import TEXTS, VARIATIONS, Content, content_of
from exercises.enums import Contraindication, Equipment, Muscle, Status
from exercises.models import Exercise, Translation, Variation
from exercises.models.moderation import REASON_LENGTH
from exercises.operations.content import content_now, is_taken
from exercises.operations.decisions import seen
from exercises.operations.moderation import edit_exercise
from exercises.operations.saying import said_by
from fitai.common.admin import ForModerators, is_admin, is_moderator
from fitai.common.problems import Problem

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
    note = forms.CharField(
        required=False,
        max_length=REASON_LENGTH,
        widget=UnfoldAdminTextInputWidget,
        help_text="why it is edited; history shows it",
    )
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "seen_version" in self.fields and not self.instance._state.adding:
            self.fields["seen_version"].initial = self.instance.version

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if is_taken(slug, itself=self.instance.pk, owner_id=self.instance.owner_id):
            raise forms.ValidationError("Another exercise has this address.")
        return slug

    def clean(self) -> dict[str, Any]:
        """Refuse what somebody else changed since the form was opened."""
        said: dict[str, Any] = super().clean() or {}
        if not self.instance._state.adding:
            try:
                seen(said.get("seen_version") or 0)(self.instance)
            except Problem as refusal:
                self.add_error(None, refusal_said(refusal))
        return said


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


class Part(ForModerators):
    """What an exercise says in other tables: history keeps what is taken away."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_moderator(request)


class TranslationInline(Part, StackedInline):
    model = Translation
    form = TextsForm
    fields = ["language", *TEXTS]
    extra = 0
    tab = True


class VariationInline(Part, TabularInline):
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
    readonly_fields = ["version", "rating", "rating_count", "created_at", "updated_at", "deleted_at"]
    actions = ["edit_together"]
    actions_detail = ["review_one", "archive_one", "restore_one", "merge_into"]
    inlines = [TranslationInline, VariationInline]
    change_form_before_template = "admin/exercises/seen.html"
    compressed_fields = True
    warn_unsaved_form = True
    fieldsets = [
        (None, {"fields": [("name", "slug"), ("status", "language"), ("owner", "note")]}),
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
        note = request.POST.get("note", "").strip()[:REASON_LENGTH]
        try:
            with transaction.atomic(), said_by(request.user.pk, "admin", note):
                return super().changeform_view(request, object_id, form_url, extra_context)
        except Problem as refusal:
            self.message_user(request, refusal_said(refusal), messages.ERROR)
            return redirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Exercise, form: forms.ModelForm, change: bool) -> None:
        """What is there already is written by the operation, with its languages and variations."""
        if not change:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        for formset in formsets:
            formset.save(commit=False)  # which notes what changed, for the log
        said = _said(form.instance, formsets)
        edit_exercise(
            staff_actor(request),
            form.instance.pk,
            {field: said.get(field) for field in {*content_now(Exercise.objects.get(pk=form.instance.pk)), *said}},
            seen_version=form.cleaned_data["seen_version"] if change else form.instance.version,
            circumstances={"slug": form.instance.slug, "met_code": form.instance.met_code},
            note=form.cleaned_data["note"].strip(),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Exercise]:
        """A draft is its owner's alone, and of those who run the server."""
        found: Any = super().get_queryset(request)
        return found if is_admin(request) else found.readable_by(staff_actor(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Exercise | None = None) -> list[str]:
        """Where it stands and whose it is changes by acts, not in the form."""
        return [*self.readonly_fields, *(["status", "owner"] if obj is not None else [])]

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "status":
            kwargs["choices"] = [(status, status.label) for status in (Status.APPROVED, Status.PENDING)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What moderators look after; somebody's draft is looked at by admins, and written by its owner."""
        mine = isinstance(obj, Exercise) and (
            obj.status == Status.DRAFT or (obj.deleted_at is not None and obj.owner_id is not None)
        )
        return not mine and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Exercise | None = None) -> bool:
        """Workouts may use it: archive it instead."""
        return False

    def get_changeform_datasets(self, request: HttpRequest) -> list[type[BaseDataset]]:
        return tabs_of(request)

    def get_custom_urls(self) -> Any:
        return (
            ("<uuid:pk>/revert/<int:number>/", "exercises_exercise_revert", revert_one),
            ("<uuid:pk>/merge/", "exercises_exercise_merge", merge_one),
        )

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The versions themselves, rather than Django's log of who pressed a button."""
        page = reverse("admin:exercises_exercise_change", args=[object_id])
        return redirect(f"{page}#dataset-{HistoryTab.model._meta.model_name}")

    @admin.action(description="Edit together", permissions=["change"])
    def edit_together(self, request: HttpRequest, chosen: QuerySet[Exercise]) -> HttpResponse | None:
        return edit_together(self, request, chosen)

    @action(description="Review", url_path="review", icon="rate_review", variant=ActionVariant.PRIMARY)
    def review_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:exercises_submission_change", unquote(object_id))

    @action(description="Archive", url_path="archive", icon="archive", variant=ActionVariant.DANGER)
    def archive_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ask(self, request, self.get_object(request, unquote(object_id)), ARCHIVE)

    @action(description="Bring back", url_path="restore", icon="unarchive")
    def restore_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ask(self, request, self.get_object(request, unquote(object_id)), RESTORE)

    @action(description="Merge into…", url_path="merge-into", icon="merge")
    def merge_into(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:exercises_exercise_merge", unquote(object_id))

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """What is possible where it stands."""
        exercise = self.get_object(request, unquote(str(object_id)))
        if exercise is None or exercise.merged_into_id is not None:
            return []
        acts = {
            Status.APPROVED: ("archive_one", "merge_into"),
            Status.PENDING: ("review_one", "merge_into"),
            Status.ARCHIVED: ("restore_one",),
        }.get(Status(exercise.shown_status), ())
        return [one for one in super().get_actions_detail(request, object_id) if one.action_name.endswith(acts)]


def revert_one(request: HttpRequest, pk: UUID, number: int, model_admin: ExerciseAdmin) -> HttpResponse:
    """Back to a version, after showing what that changes."""
    return ask(model_admin, request, model_admin.get_object(request, str(pk)), revert_to(number), number)


def _said(exercise: Exercise, formsets: Any) -> Content:
    """What the form and the rows of its tabs say together."""
    rows = {
        formset.model: [
            form.cleaned_data
            for form in formset.forms
            if form.cleaned_data.get(formset.fk.name) and not form.cleaned_data.get("DELETE")
        ]
        for formset in formsets
    }
    translations = {row["language"]: {name: row[name] for name in TEXTS} for row in rows.get(Translation, [])}
    variations = [{"id": row["other"].pk, "relation": row["relation"]} for row in rows.get(Variation, [])]
    return content_of(vars(exercise), {"translations": translations, VARIATIONS: variations})
