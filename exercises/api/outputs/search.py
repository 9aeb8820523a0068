"""How the answer of a search looks, and the options of the filters."""

from rest_framework import serializers

from exercises.api.outputs.library import ExerciseOutput
from exercises.enums import Language


class HighlightOutput(serializers.Serializer):
    field = serializers.ChoiceField([("name", "Name"), ("alias", "Alias")])
    text = serializers.CharField()
    ranges = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(min_value=0), min_length=2, max_length=2),
        help_text="[start, end) of each found word, in Unicode code points",
    )


class FoundExercise(ExerciseOutput):
    highlights = HighlightOutput(many=True)


class FacetOutput(serializers.Serializer):
    value = serializers.CharField()
    count = serializers.IntegerField(min_value=0)


class FacetsOutput(serializers.Serializer):
    muscles = FacetOutput(many=True)
    equipment = FacetOutput(many=True)
    kind = FacetOutput(many=True)
    difficulty = FacetOutput(many=True)


class SearchOutput(serializers.Serializer):
    search_id = serializers.UUIDField(help_text="names this search; the same on each of its pages")
    count = serializers.IntegerField(allow_null=True, help_text="exact up to 1,000, null beyond")
    count_at_least = serializers.IntegerField(required=False, help_text="only where there are more than 1,000")
    results = FoundExercise(many=True)
    facets = FacetsOutput()
    next_cursor = serializers.CharField(allow_null=True)


class FiltersOutput(serializers.Serializer):
    """Every option of each filter, with how many exercises of the library it leaves."""

    muscle = FacetOutput(many=True)
    equipment = FacetOutput(many=True)
    kind = FacetOutput(many=True)
    difficulty = FacetOutput(many=True)
    pattern = FacetOutput(many=True)
    tracking = FacetOutput(many=True)


class SearchFigures(serializers.Serializer):
    searches = serializers.IntegerField(min_value=0)
    listings = serializers.IntegerField(min_value=0, help_text="without a query")
    in_vain = serializers.IntegerField(min_value=0, help_text="found nothing")
    opened = serializers.IntegerField(min_value=0, help_text="a result was opened")
    added = serializers.IntegerField(min_value=0, help_text="a result was put into a workout")
    clicked = serializers.IntegerField(min_value=0, help_text="either of them")


class SearchDay(SearchFigures):
    day = serializers.DateField()


class SearchedQuery(serializers.Serializer):
    query = serializers.CharField(help_text="in plain words")
    language = serializers.ChoiceField(Language.choices)
    searches = serializers.IntegerField(min_value=3)
    in_vain = serializers.IntegerField(min_value=0)
    clicked = serializers.IntegerField(min_value=0)
    click_through = serializers.FloatField(min_value=0, max_value=1)
    found = serializers.IntegerField(min_value=0, help_text="on average, each search up to 1,000")


class AnalyticsOutput(SearchFigures):
    """What people search for, without who they are."""

    since = serializers.DateField()
    until = serializers.DateField()
    click_through = serializers.FloatField(
        min_value=0, max_value=1, allow_null=True, help_text="searches of which a result was opened or put to use"
    )
    days = SearchDay(many=True)
    top = SearchedQuery(many=True, help_text="at most 50")
    no_results = SearchedQuery(many=True, help_text="at most 50 that found nothing, the most frequent first")
