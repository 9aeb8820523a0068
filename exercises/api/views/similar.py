"""What can stand in for an exercise."""

from uuid import UUID

from rest_framework.request import Request

from exercises.api.inputs.similar import AVAILABLE_EQUIPMENT, SimilarInput
from exercises.api.language import ACCEPT_LANGUAGE, asked_language, in_language
from exercises.api.outputs.similar import SimilarOutput, similar_shapes
from exercises.rows import read_in_order
from exercises.search.similar import find_similar
from fitai.common.api import ApiView, respond_tagged, tag_of
from fitai.common.openapi import IF_NONE_MATCH, LIMIT, describe
from fitai.common.pagination import requested_limit
from fitai.common.problems import NotFound
from fitai.common.rendering import Response


class SimilarView(ApiView):
    query = ("limit", "available_equipment")

    @describe(
        "Similar exercises, with the reasons",
        responses={200: SimilarOutput, 304: None},
        parameters=[LIMIT, AVAILABLE_EQUIPMENT, ACCEPT_LANGUAGE, IF_NONE_MATCH],
    )
    def get(self, request: Request, id: UUID) -> Response:
        """By the muscles they train, the pattern of movement, the equipment, and known variations."""
        language, available = asked_language(request), self.read_query(SimilarInput).get("available_equipment")
        found = find_similar(self.actor, id, language, limit=requested_limit(request), available=available)
        if found is None:
            raise NotFound()
        shown = {"results": similar_shapes(found, read_in_order(self.actor, language, [one.id for one in found]))}
        return in_language(respond_tagged(request, tag_of(shown), shown), language)
