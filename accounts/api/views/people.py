"""Other people."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.outputs import cards
from fitai.common.api import ApiView, respond_tagged, tag_of
from fitai.common.openapi import IF_NONE_MATCH, describe


class PersonView(ApiView):
    @describe("A person", responses={200: cards.PersonPageOutput}, parameters=[IF_NONE_MATCH], tags=["users"])
    def get(self, request: Request, id: UUID) -> Response:
        """The card of everybody whom the caller can see, and as much of the profile as that person lets them read."""
        shape = cards.read_person(self.actor, id)
        return respond_tagged(request, tag_of(shape), shape)
