"""Editing many exercises at once: choose, look at what would change, and do all of it or nothing."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from accounts.admin.shared import staff_actor
from exercises.admin.fields import WordsField
from exercises.admin.reading import Difference, difference, label, refusal_said
from exercises.content import Change, compare, content_of
from exercises.enums import (
    Contraindication,
    Difficulty,
    Equipment,
    Force,
    Kind,
    Mechanic,
    Pattern,
    Status,
    Tracking,
)
from exercises.models import Exercise
from exercises.models.moderation import REASON_LENGTH
from exercises.operations.moderation import edit_many
from fitai.common.admin import as_uuid
from fitai.common.problems import Problem

MOST: Final = 200  # in one transaction
LEFT: Final = ("", "Leave as it is")
NOTHING: Final = "-"


def _choice(vocabulary: Any, *, optional: bool = False) -> forms.ChoiceField:
    nothing = [(NOTHING, "Nothing")] if optional else []
    choices = [LEFT, *nothing, *vocabulary.choices]
    return forms.ChoiceField(choices=choices, required=False, widget=UnfoldAdminSelectWidget)


def _flag() -> forms.ChoiceField:
    choices = [LEFT, ("yes", "Yes"), ("no", "No")]
    return forms.ChoiceField(choices=choices, required=False, widget=UnfoldAdminSelectWidget)


class ManyForm(forms.Form):
    """What is to be the same in all of them. What is left empty stays."""

    difficulty = _choice(Difficulty)
    kind = _choice(Kind)
    pattern = _choice(Pattern, optional=True)
    mechanic = _choice(Mechanic, optional=True)
    force = _choice(Force, optional=True)
    tracking = _choice(Tracking)
    unilateral = _flag()
    per_hand = _flag()
    status = forms.ChoiceField(
        choices=[LEFT, (Status.ARCHIVED, "Archive them")], required=False, widget=UnfoldAdminSelectWidget
    )
    equipment = WordsField(Equipment, required=False)
    contraindications = WordsField(Contraindication, required=False)
    no_contraindications = forms.BooleanField(label="Take all of these away", required=False)
    reason = forms.CharField(
        label="Why",
        help_text="History and the authors of what is archived read it.",
        required=False,
        max_length=REASON_LENGTH,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = field.label or label(name)

    def changes(self) -> dict[str, Any]:
        """The fields that are to change, as the operation takes them."""
        said = {name: value for name, value in self.cleaned_data.items() if value and name != "reason"}
        if said.pop("no_contraindications", False):
            said["contraindications"] = []
        for name in ("unilateral", "per_hand"):
            if name in said:
                said[name] = said[name] == "yes"
        return {name: None if value == NOTHING else value for name, value in said.items()}


def edit_together(page: Any, request: HttpRequest, chosen: QuerySet[Exercise]) -> HttpResponse | None:
    """The form, then what it would change, then the deed. What was shown of each goes along as its version."""
    if not page.has_change_permission(request):
        raise PermissionDenied
    rows = list(chosen.order_by("name", "pk")[: MOST + 1])
    if len(rows) > MOST:
        page.message_user(request, f"These are too many: at most {MOST} at once.", messages.ERROR)
        return None
    step = request.POST.get("step", "")
    form = ManyForm(request.POST if step else None)
    changes = form.changes() if step and form.is_valid() else {}
    if step and form.is_valid() and not changes:
        form.add_error(None, "Choose what is to change.")
    if step == "apply" and changes:
        try:
            edited = edit_many(
                staff_actor(request),
                _seen(request.POST.getlist("seen"), rows),
                changes=changes,
                reason=form.cleaned_data["reason"].strip(),
            )
        except Problem as refusal:
            page.message_user(request, f"Nothing was changed. {refusal_said(refusal)}", messages.ERROR)
        else:
            page.message_user(request, f"{len(edited)} exercises edited.", messages.SUCCESS)
            return redirect(request.get_full_path())
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": f"Edit {len(rows)} exercises together" if len(rows) != 1 else "Edit 1 exercise",
        "rows": rows,
        "form": form,
        "previews": [(row, _differences(row, changes)) for row in rows] if changes and step != "back" else [],
        "back": reverse("admin:exercises_exercise_changelist"),
    }
    return TemplateResponse(request, "admin/exercises/many.html", context)


def _differences(row: Exercise, changes: dict[str, Any]) -> list[Difference]:
    """What would change of one of them."""
    now = content_of(vars(row), None) | {"status": row.status}
    return [difference(Change(one.field, one.before, one.after), {}) for one in compare(now, {**now, **changes})]


def _seen(keys: list[str], rows: list[Exercise]) -> dict[UUID, int]:
    """The version of each that was shown; what was not shown is not touched."""
    shown: dict[UUID, int] = {}
    for key in keys:
        id, _, version = key.partition(":")
        pk = as_uuid(id)
        if pk is not None and version.isascii() and version.isdigit() and len(version) < 10:
            shown[pk] = int(version)
    return {row.pk: shown[row.pk] for row in rows if row.pk in shown}
