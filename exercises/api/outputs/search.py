"""How the answer of a search looks, and the options of the filters."""

from rest_framework import serializers

from exercises.api.outputs.library import ExerciseOutput


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
