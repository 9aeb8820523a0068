"""How a rating looks to its author."""

from typing import Any

from rest_framework import serializers

from exercises.operations.ratings import Rated
from fitai.common.rendering import plain


def rating_shape(rated: Rated) -> dict[str, Any]:
    return {
        "stars": rated.stars,
        "comment": rated.comment,
        "counts_fully": rated.counts_fully,
        "rating": plain(rated.rating),
        "rating_count": rated.rating_count,
    }


class RatingOutput(serializers.Serializer):
    """One's own rating of an exercise, and that of everybody."""

    stars = serializers.IntegerField(min_value=1, max_value=5, allow_null=True, help_text="null: not rated")
    comment = serializers.CharField(allow_null=True, help_text="shown to nobody but its author and moderators")
    counts_fully = serializers.BooleanField(help_text="as of somebody who has trained the exercise")
    rating = serializers.DecimalField(
        max_digits=3, decimal_places=2, allow_null=True, help_text="Bayesian average; null: not rated"
    )
    rating_count = serializers.IntegerField(min_value=0, help_text="everybody's, however much they count")
