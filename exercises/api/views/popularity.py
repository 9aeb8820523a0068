"""What is trained: popular exercises, and statistics."""

from rest_framework.request import Request

from exercises import figures
from exercises.api.inputs.popularity import PopularInput
from exercises.api.language import ACCEPT_LANGUAGE, asked_language, in_language
from exercises.api.outputs.popularity import PopularPage, StatsOutput, popular_shapes, stats_shape
from exercises.api.views.library import PAGE_PARAMETERS
from exercises.models import UsageTotals
from exercises.rows import catalogue_version
from exercises.search.options import count_options
from fitai.common.api import ApiView, etag_of, is_current, respond_tagged, tag_of
from fitai.common.openapi import IF_NONE_MATCH, describe
from fitai.common.pagination import paginate_fetched
from fitai.common.rendering import Response


class PopularView(ApiView):
    query = ("window", "limit", "cursor")

    @describe("Popular exercises", responses={200: PopularPage, 304: None}, parameters=[PopularInput, *PAGE_PARAMETERS])
    def get(self, request: Request) -> Response:
        """Those of the library that were trained in the window, the most popular first; counted every hour."""
        window, language = self.read_query(PopularInput)["window"], asked_language(request)
        version = (catalogue_version(), figures.counted_at())
        etag = etag_of(*version, self.actor.user_id, language, request.get_full_path())
        page = None
        if not is_current(request, etag):
            fetch = figures.read_popular(self.actor, language, window)
            page = paginate_fetched(request, fetch, names=figures.PLACED, shape=popular_shapes)
        return in_language(respond_tagged(request, etag, page), language)


class StatsView(ApiView):
    @describe(
        "Statistics of the library and of one's own training",
        responses={200: StatsOutput, 304: None},
        parameters=[ACCEPT_LANGUAGE, IF_NONE_MATCH],
    )
    def get(self, request: Request) -> Response:
        language = asked_language(request)
        kinds, totals = count_options()["kind"], UsageTotals.objects.first()
        shown = stats_shape(kinds, totals, *figures.read_own(self.actor, language))
        return in_language(respond_tagged(request, tag_of(shown), shown), language)
