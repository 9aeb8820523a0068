"""Form fields for arrays, and filters over them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet, TextChoices
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget


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


class ArrayFilter(admin.SimpleListFilter):
    """Rows whose array holds a word."""

    field: str
    vocabulary: type[TextChoices]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.vocabulary.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.field}__contains": [self.value()]}) if self.value() else queryset
