"""What people look for in the library, without who they are."""

from django.db import models
from django.db.models import Q

from exercises.enums import Language


class LoggedSearch(models.Model):
    """The first page of a search, and whether anything came of it. Nothing in it leads to a person."""

    search_id = models.UUIDField(primary_key=True, help_text="as the answer names it")
    at = models.DateTimeField()
    language = models.CharField(max_length=10, choices=Language)
    query = models.CharField(max_length=200, blank=True, help_text="in plain words; nothing where all was listed")
    found = models.PositiveIntegerField(help_text="up to 1,000")
    sort = models.CharField(max_length=20)
    filtered = models.BooleanField(help_text="whether any filter was set")
    opened = models.BooleanField(default=False, help_text="whether a result was opened")
    added = models.BooleanField(default=False, help_text="whether a result was put into a workout")

    class Meta:
        verbose_name = "search"
        verbose_name_plural = "searches"
        constraints = [models.CheckConstraint(condition=Q(language__in=Language.values), name="search_language_known")]
        indexes = [models.Index(fields=["at"], name="search_at")]

    def __str__(self) -> str:
        return self.query or "everything"
