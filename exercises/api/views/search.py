"""Searching the exercise library, what its filters offer, and what people search for."""

from django.utils import timezone
from rest_framework.request import Request

from exercises.api import filters
from exercises.api.inputs.search import AnalyticsInput, SearchInput
from exercises.api.language import ACCEPT_LANGUAGE, asked_language, in_language
from exercises.api.outputs.library import shape_all
from exercises.api.outputs.search import AnalyticsOutput, FiltersOutput, SearchOutput
from exercises.operations.searches import note_search
from exercises.policies import can_moderate
from exercises.rows import catalogue_version, read_in_order
from exercises.search.analytics import analyse
from exercises.search.highlights import highlights
from exercises.search.match import search
from exercises.search.options import count_options
from fitai.common.actors import require
from fitai.common.api import ApiView, etag_of, is_current, respond, respond_tagged
from fitai.common.openapi import IF_NONE_MATCH, describe
from fitai.common.problems import Forbidden
from fitai.common.rendering import Response
from fitai.common.scopes import Scope


class FiltersView(ApiView):
    @describe(
        "Options of all filters, with counts", responses={200: FiltersOutput, 304: None}, parameters=[IF_NONE_MATCH]
    )
    def get(self, request: Request) -> Response:
        """Counts are of the library, without the caller's own exercises."""
        version = catalogue_version()
        etag = etag_of("filters", version)
        return respond_tagged(request, etag, None if is_current(request, etag) else count_options(version))


class SearchView(ApiView):
    limit = "search"
    scope = Scope.EXERCISES_READ

    @describe("Search exercises", request=SearchInput, responses={200: SearchOutput}, parameters=[ACCEPT_LANGUAGE])
    def post(self, request: Request) -> Response:
        """As people think: muscles by any name, abbreviations, slips of the keys, names as other apps write them."""
        language = asked_language(request)
        search_id, asked = filters.search_from(self.read(SearchInput), self.actor, language)
        found = search(asked)
        if asked.after is None:
            note_search(search_id, asked, found)
        shown = shape_all(read_in_order(self.actor, language, found.ids)) if found.ids else []
        answer = {
            "search_id": search_id,
            "count": None if found.more_than_counted else found.count,
            **({"count_at_least": found.count} if found.more_than_counted else {}),
            "results": [{**one, "highlights": highlights(found.query, one)} for one in shown],
            "facets": found.facets,
            "next_cursor": filters.encode(search_id, found.next),
        }
        return in_language(respond(answer), language)


class SearchAnalyticsView(ApiView):
    query = ("days",)

    @describe(
        "What people search for",
        responses={200: AnalyticsOutput},
        problems=[Forbidden],
        parameters=[AnalyticsInput],
    )
    def get(self, request: Request) -> Response:
        """For moderators. Nobody knows who searched; queries of fewer than 3 searches are counted and not listed. What
        was searched in the last minute may be missing."""
        require(can_moderate, self.actor, None)
        return respond(analyse(self.read_query(AnalyticsInput)["days"], timezone.now()))
