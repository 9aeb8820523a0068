"""Rating an exercise."""

from uuid import UUID

from rest_framework.request import Request

from exercises.api.inputs.ratings import RateInput
from exercises.api.outputs.ratings import RatingOutput, rating_shape
from exercises.operations import ratings
from fitai.common.api import ApiView, respond, respond_tagged, tag_of
from fitai.common.openapi import IF_NONE_MATCH, describe
from fitai.common.rendering import Response


class RateView(ApiView):
    @describe("One's own rating of an exercise", responses={200: RatingOutput, 304: None}, parameters=[IF_NONE_MATCH])
    def get(self, request: Request, id: UUID) -> Response:
        shown = rating_shape(ratings.read_rating(self.actor, id))
        return respond_tagged(request, tag_of(shown), shown)

    @describe("Rate an exercise, or change one's rating", request=RateInput, responses={200: RatingOutput})
    def post(self, request: Request, id: UUID) -> Response:
        """One rating a person. It counts fully once they have completed a workout with the exercise, a quarter until
        then, and a twentieth while also their address is not verified or their account is younger than a day."""
        ratings.read_rating(
            self.actor, id
        )  # whether there is such an exercise comes before what is wrong with the body
        rated = ratings.rate_exercise(self.actor, id, values=self.read(RateInput))
        return respond(rating_shape(rated))

    @describe("Take one's rating of an exercise back", responses={204: None})
    def delete(self, request: Request, id: UUID) -> Response:
        ratings.take_rating_back(self.actor, id)
        return respond(None, 204)
