"""What search reads; written by triggers only."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func

from exercises.models.library import Exercise


class TrigramsField(models.Field):
    """The three-letter pieces of each name, a bit for a piece: `exercises_trigrams` of the database."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "bit(1024)[]"


class SearchDocument(models.Model):
    """What search reads of an exercise in one language; written by triggers only.

    The table is partitioned by shelf: 0 holds what nearly everybody trains, 1 what is common or has a short name, 2 to
    9 an eighth each of the rest, and 10 what is not shared. What is asked for is looked for on one shelf after the
    other, until there is enough of it.
    """

    shelf = models.PositiveSmallIntegerField()
    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="documents", db_index=False)
    language = models.CharField(max_length=10)
    original = models.BooleanField(help_text="the exercise's own language")
    names = ArrayField(models.TextField(), help_text="name and aliases in plain letters, also with the equipment")
    trigrams = TrigramsField(help_text="of each name, by which it is compared with what was typed")
    vector = SearchVectorField(help_text="words, and as `m=chest` what filters ask for")
    steps = SearchVectorField(default="", help_text="words of the instructions")
    labels = models.GeneratedField(
        expression=Func(F("vector"), function="exercises_labels"),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
        help_text="those of the vector's labels that facets count",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shelf", "exercise", "language"], name="document_language")]
        indexes = [
            GinIndex(fields=["vector", "steps"], name="document_words", fastupdate=False),
            GinIndex(
                OpClass(Func(F("names"), function="exercises_joined"), name="gin_trgm_ops"), name="document_names"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.names[0]} ({self.language})"


class Word(models.Model):
    """A word of the shared names, by which misspelt words are understood; written by triggers only.

    Two words that people write as one are here too: "benchpress" is spelled "bench press".
    """

    word = models.CharField(max_length=60, primary_key=True)
    spelled = models.CharField(max_length=80)
    letters = models.CharField(max_length=60, db_index=True, help_text="sorted: finds swapped letters")

    class Meta:
        indexes = [GinIndex(fields=["word"], name="word_trigrams", opclasses=["gin_trgm_ops"], fastupdate=False)]

    def __str__(self) -> str:
        return self.word
