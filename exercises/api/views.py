"""The doors of the exercise library."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from exercises.api import filters
from exercises.api.inputs import ListInput, SearchInput
from exercises.api.language import ACCEPT_LANGUAGE, asked_language, in_language
from exercises.api.outputs import ExerciseOutput, ExercisePage, FiltersOutput, SearchOutput, shape, shape_all
from exercises.enums import Equipment, Muscle
from exercises.errors import UnknownName
from exercises.rows import catalogue_version, read_in_order, read_page, read_rows
from exercises.search.highlights import highlights
from exercises.search.match import search
from exercises.search.options import count_options
from fitai.common.api import ApiView, etag_of, is_current, respond, respond_tagged
from fitai.common.openapi import IF_NONE_MATCH, PAGING, describe
from fitai.common.pagination import paginate_fetched
from fitai.common.problems import NotFound
from fitai.common.rendering import dumps
from fitai.common.scopes import Scope

PAGE_PARAMETERS = [*PAGING, ACCEPT_LANGUAGE, IF_NONE_MATCH]
LISTED = ("slug", "id")


class ReadingView(ApiView):
    """Exercises in the caller's language, with an entity tag."""

    def page(self, where: Iterable[str], values: Mapping[str, Any], order: tuple[str, ...] = LISTED) -> Response:
        """A page of the exercises that fit; 304 while the library is as the caller knows it."""
        request, language = self.request, asked_language(self.request)
        etag = etag_of(catalogue_version(), self.actor.user_id, language, request.get_full_path())
        page = None
        if not is_current(request, etag):
            fetch = read_page(self.actor, language, where=where, values=values, order=order)
            page = paginate_fetched(request, fetch, names=order, shape=shape_all)
        return in_language(respond_tagged(request, etag, page), language)

    def one(self, where: str, values: Mapping[str, Any], order: str = "e.id") -> Response:
        """One exercise, or 404. Its tag is that of its content, so that other exercises' changes keep it."""
        language = asked_language(self.request)
        rows = read_rows(self.actor, language, where=[where], values=values, order=order)
        if not rows:
            raise NotFound()
        shown = shape(rows[0])
        return in_language(respond_tagged(self.request, etag_of(dumps(shown)), shown), language)


class ExercisesView(ReadingView):
    query = ("muscle", "equipment", "kind", "difficulty", "pattern", "tracking", "q", "limit", "cursor")

    @describe(
        "List exercises",
        responses={200: ExercisePage, 304: None},
        parameters=[ListInput, *PAGE_PARAMETERS],
    )
    def get(self, request: Request) -> Response:
        """The library and the caller's own, by slug."""
        return self.page(*filters.conditions(self.read_query(ListInput), asked_language(request)))


class ExerciseView(ReadingView):
    @describe("An exercise", responses={200: ExerciseOutput, 304: None}, parameters=[ACCEPT_LANGUAGE, IF_NONE_MATCH])
    def get(self, request: Request, id: UUID) -> Response:
        return self.one("e.id = %(id)s", {"id": id})


class ExerciseBySlugView(ReadingView):
    @describe(
        "An exercise by its slug",
        responses={200: ExerciseOutput, 304: None},
        parameters=[ACCEPT_LANGUAGE, IF_NONE_MATCH],
    )
    def get(self, request: Request, slug: str) -> Response:
        """That of the library; else the caller's own of that slug."""
        return self.one("e.slug = %(slug)s", {"slug": slug}, order="(e.status = 'approved') DESC, e.id")


class ExercisesOfMuscleView(ReadingView):
    query = ("limit", "cursor")

    @describe(
        "Exercises that train a muscle",
        responses={200: ExercisePage, 304: None},
        problems=[UnknownName],
        parameters=PAGE_PARAMETERS,
    )
    def get(self, request: Request, muscle: str) -> Response:
        """Those aimed at it first, then those in which it helps."""
        filters.check_name(muscle, Muscle)
        trained = "%(muscle)s = ANY(e.primary_muscles) OR %(muscle)s = ANY(e.secondary_muscles)"
        return self.page([trained], {"muscle": muscle}, ("aimed", *LISTED))


class ExercisesWithEquipmentView(ReadingView):
    query = ("limit", "cursor")

    @describe(
        "Exercises that need a piece of equipment",
        responses={200: ExercisePage, 304: None},
        problems=[UnknownName],
        parameters=PAGE_PARAMETERS,
    )
    def get(self, request: Request, equipment: str) -> Response:
        filters.check_name(equipment, Equipment)
        return self.page(*filters.conditions({"equipment": equipment}, asked_language(request)))


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
