"""Reading the exercise library."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from rest_framework.request import Request

from exercises.api import filters
from exercises.api.inputs.library import ListInput, OpenedInput
from exercises.api.language import ACCEPT_LANGUAGE, asked_language, in_language
from exercises.api.outputs.library import ExerciseOutput, ExercisePage, shape, shape_all
from exercises.enums import Equipment, Muscle
from exercises.errors import UnknownName
from exercises.operations.searches import note_click
from exercises.querysets import ARCHIVED, VISIBLE, readable
from exercises.rows import catalogue_version, read_page, read_rows
from fitai.common.api import ApiView, etag_of, is_current, respond_tagged
from fitai.common.openapi import IF_NONE_MATCH, PAGING, describe
from fitai.common.pagination import paginate_fetched
from fitai.common.problems import NotFound
from fitai.common.rendering import Response, dumps

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

    def one(self, where: str, values: Mapping[str, Any], order: str = "e.id", seen: str = VISIBLE) -> Response:
        """One exercise, or 404. Its tag is that of its content, so that other exercises' changes keep it."""
        language = asked_language(self.request)
        rows = read_rows(self.actor, language, where=[where], values=values, order=order, seen=seen)
        if not rows:
            raise NotFound()
        shown = shape(rows[0])
        return in_language(respond_tagged(self.request, tag_of(shown), shown), language)


def state_tag(id: object, version: object) -> str:
    """What `If-Match` is held to: a version of an exercise, however it was shown."""
    return etag_of("exercise", id, version)


def tag_of(shown: Mapping[str, Any]) -> str:
    """The entity tag of an exercise: its version, and after a dot what was shown of it."""
    state, content = (tag.strip('"') for tag in (state_tag(shown["id"], shown["version"]), etag_of(dumps(shown))))
    return f'"{state}.{content}"'


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
    query = ("search_id",)

    @describe(
        "An exercise",
        responses={200: ExerciseOutput, 304: None},
        parameters=[OpenedInput, ACCEPT_LANGUAGE, IF_NONE_MATCH],
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Also one that the library offers no longer (`archived`), as workouts and templates may hold it; of one that
        was a duplicate, `merged_into` says which stands for it."""
        search_id = self.read_query(OpenedInput).get("search_id")
        answer = self.one("e.id = %(id)s", {"id": id}, seen=readable(self.actor))
        note_click(search_id, "opened")
        return answer


class ExerciseBySlugView(ReadingView):
    @describe(
        "An exercise by its slug",
        responses={200: ExerciseOutput, 304: None},
        parameters=[ACCEPT_LANGUAGE, IF_NONE_MATCH],
    )
    def get(self, request: Request, slug: str) -> Response:
        """That of the library; else the caller's own of that slug; else what had it in the library once."""
        order = f"(e.status = 'approved' AND e.deleted_at IS NULL) DESC, ({VISIBLE}) DESC, e.id"
        return self.one("e.slug = %(slug)s", {"slug": slug}, order=order, seen=f"({VISIBLE}) OR ({ARCHIVED})")


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
