"""Other people."""

from uuid import UUID

from rest_framework.request import Request

from accounts.api.inputs.search import SEARCH_PARAMETERS, PeopleSearchInput
from accounts.api.outputs import cards
from accounts.places import cells_around
from accounts.rows.search import cells_near, search_people
from fitai.common.api import ApiView, respond, respond_tagged, tag_of
from fitai.common.openapi import IF_NONE_MATCH, PAGING, describe
from fitai.common.pagination import paginate_sequence, requested_limit
from fitai.common.rendering import Response


class SearchView(ApiView):
    limit = "search"
    query = ("q", "near", "cursor", "limit")

    @describe(
        "Search for people",
        responses={200: cards.CardPage},
        parameters=[*SEARCH_PARAMETERS, *PAGING],
        tags=["users"],
    )
    def get(self, request: Request) -> Response:
        """The very username first, then friends, friends of friends, people near, others; at most a hundred. Case and
        accents do not matter; where little begins as typed, one slip is forgiven. `near` ranks those whose profile is
        open to everyone, by fields of the map about 25 km wide; with `me` and no place of one's own it does nothing."""
        asked = self.read_query(PeopleSearchInput)
        cells: list[int] = []
        if "near" in asked:
            cells = cells_near(self.actor) if asked["near"] is None else cells_around(*asked["near"])
        people = search_people(self.actor, asked["q"], enough=requested_limit(request), cells=cells)
        page = paginate_sequence(request, people, key=lambda person: (f"{person.place:03}", str(person.id)))
        return respond({**page, "results": cards.found_shapes(self.actor, page["results"])})


class PersonView(ApiView):
    @describe("A person", responses={200: cards.PersonPageOutput}, parameters=[IF_NONE_MATCH], tags=["users"])
    def get(self, request: Request, id: UUID) -> Response:
        """The card of everybody whom the caller can see, and as much of the profile as that person lets them read."""
        shape = cards.read_person(self.actor, id)
        return respond_tagged(request, tag_of(shape), shape)
