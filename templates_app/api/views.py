"""The doors of templates."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from exercises.api.language import ACCEPT_LANGUAGE, asked_language, in_language
from exercises.rows import catalogue_version
from fitai.common.api import ApiView, etag_of, is_current, respond, respond_tagged
from fitai.common.openapi import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, PAGING, describe
from fitai.common.pagination import paginate, paginate_fetched
from fitai.common.problems import EmailUnverified, Forbidden, IdTaken, Invalid, NotFound, PreconditionFailed
from fitai.common.rendering import Response
from templates_app.api import filters, outputs
from templates_app.api.inputs import DiffInput, Nothing, TemplateChanges, TemplateInput
from templates_app.content import named_exercises
from templates_app.diff import compare
from templates_app.errors import PrivateExercises
from templates_app.models import Template, TemplateVersion
from templates_app.operations.templates import (
    create_template,
    delete_template,
    restore_template,
    revert_template,
    update_template,
)
from templates_app.rows import AUTHOR, OF_VERSION, Row, read_exercises, read_page, read_state, read_versions, read_whole

ONE = [ACCEPT_LANGUAGE, IF_NONE_MATCH]
SAVE = [ACCEPT_LANGUAGE, IF_MATCH]
EDIT = [Forbidden, PreconditionFailed]


class TemplateDoor(ApiView):
    """A route about one template. Its tag has two parts: the template's own state, which `If-Match` is held to, and
    what its author and its exercises are called."""

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        """Whose row it is comes before what is wrong with the body."""
        if isinstance(exc, Invalid) and "id" in self.kwargs and not self.is_there(self.kwargs["id"]):
            exc = NotFound()
        return super().handle_exception(exc)

    def is_there(self, id: UUID) -> bool:
        return read_state(self.actor, id) is not None

    def tag(self, id: UUID, row: Row) -> str:
        author = (row[name] for name in AUTHOR)
        names = etag_of("names", *author, catalogue_version(), asked_language(self.request))
        return f'"{_state_of(id, row["change_seq"])}.{names.strip(chr(34))}"'

    def check(self, template: Template) -> None:
        """Refuse with 412 a change of a state that the caller has not seen (`If-Match`, optional)."""
        given = self.request.headers.get("If-Match")
        state = _state_of(template.pk, template.change_seq)
        seen = [tag.strip().strip('"').partition(".")[0] for tag in (given or "").split(",")]
        if given is not None and given.strip() != "*" and state not in seen:
            author = {name: getattr(template.owner, name) for name in AUTHOR}
            row = {"change_seq": template.change_seq, **author}
            raise PreconditionFailed(headers={"ETag": self.tag(template.pk, row)})

    def answer(self, id: UUID, status: int = 200, location: str | None = None) -> Response:
        """The template as it is now."""
        row = read_whole(self.actor, id)
        tag = self.tag(id, row)
        shown = outputs.whole(row, self.named(row))
        return in_language(
            respond(shown, status, location=location, headers={"ETag": tag}), asked_language(self.request)
        )

    def named(self, *rows: Row) -> list[Row]:
        """What the exercises of these plans are called."""
        ids = {id for row in rows for _, id in named_exercises(row["weeks"])}
        return read_exercises(self.actor, ids, asked_language(self.request))


def _state_of(id: UUID, change_seq: int) -> str:
    return etag_of("template", id, change_seq).strip('"')


class TemplatesView(TemplateDoor):
    query = (*filters.NAMES, "limit", "cursor")
    idempotent = True

    @describe(
        "List templates, newest first",
        responses={200: outputs.TemplatePage},
        parameters=[*filters.PARAMETERS, *PAGING],
    )
    def get(self, request: Request) -> Response:
        """The caller's own, and the public ones. Without their weeks. With `q`, what is named so comes before what is
        tagged so."""
        asked = self.read_query(filters.TemplateListInput)
        language = asked_language(request)
        where, values = filters.conditions(asked, self.actor, language)
        order = filters.order(asked, language)
        fetch = read_page(self.actor, where=where, values=values, order=order)
        return respond(paginate_fetched(request, fetch, names=tuple(order), shape=outputs.summaries))

    @describe(
        "Write a template",
        request=TemplateInput,
        responses={201: outputs.TemplateOutput},
        parameters=[IDEMPOTENCY_KEY, ACCEPT_LANGUAGE],
        problems=[EmailUnverified, IdTaken],
    )
    def post(self, request: Request) -> Response:
        """The whole tree in one body; a fault is answered with a pointer to its node."""
        template = create_template(self.actor, request.data)
        return self.answer(template.pk, 201, f"/api/v1/templates/{template.pk}")


class TemplateView(TemplateDoor):
    @describe("A template, whole", responses={200: outputs.TemplateOutput, 304: None}, parameters=ONE)
    def get(self, request: Request, id: UUID) -> Response:
        if "If-None-Match" in request.headers:
            state = read_state(self.actor, id)
            tag = "" if state is None else self.tag(id, state)
            if tag and is_current(request, tag):
                return in_language(respond_tagged(request, tag, None), asked_language(request))
        row = read_whole(self.actor, id)
        shown = outputs.whole(row, self.named(row))
        return in_language(respond_tagged(request, self.tag(id, row), shown), asked_language(request))

    @describe(
        "Save a template (a partial body is enough)",
        request=TemplateChanges,
        responses={200: outputs.TemplateOutput},
        parameters=SAVE,
        problems=[*EDIT, EmailUnverified, PrivateExercises],
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """A new version, unless nothing but the visibility differs. Who trains by it stays with their version."""
        update_template(self.actor, id, request.data, check=self.check)
        return self.answer(id)

    @describe(
        "Save a template (a partial body is enough)",
        request=TemplateChanges,
        responses={200: outputs.TemplateOutput},
        parameters=SAVE,
        problems=[*EDIT, EmailUnverified, PrivateExercises],
    )
    def put(self, request: Request, id: UUID) -> Response:
        """A new version, unless nothing but the visibility differs. Who trains by it stays with their version."""
        return self.patch(request, id)

    @describe("Delete a template; it can be restored", responses={204: None}, parameters=[IF_MATCH], problems=EDIT)
    def delete(self, request: Request, id: UUID) -> Response:
        """Workouts keep their version, and so do people who train by it."""
        delete_template(self.actor, id, check=self.check)
        return respond(None, 204)


class RestoreView(TemplateDoor):
    idempotent = True

    @describe(
        "Bring a deleted template back",
        responses={200: outputs.TemplateOutput},
        parameters=[IDEMPOTENCY_KEY, ACCEPT_LANGUAGE],
    )
    def post(self, request: Request, id: UUID) -> Response:
        self.read(Nothing)
        restore_template(self.actor, id)
        return self.answer(id)

    def is_there(self, id: UUID) -> bool:
        return Template.objects.own(self.actor).filter(pk=id).exists()


class VersionsView(ApiView):
    query = ("limit", "cursor")

    @describe("Versions of a template, newest first", responses={200: outputs.VersionPage}, parameters=PAGING)
    def get(self, request: Request, id: UUID) -> Response:
        if read_state(self.actor, id) is None:
            raise NotFound()
        rows = TemplateVersion.objects.filter(template=id).values("id", *OF_VERSION)
        return respond(paginate(request, rows, order=("-number", "-id"), shape=outputs.version_lines))


class VersionView(TemplateDoor):
    @describe("A version, whole", responses={200: outputs.VersionOutput, 304: None}, parameters=ONE)
    def get(self, request: Request, id: UUID, n: int) -> Response:
        """Who trains by it reads it also when its author has withdrawn the template."""
        row = read_versions(self.actor, id, [n])[0]
        tag = etag_of("version", id, n, row["generation"] is None, catalogue_version(), asked_language(request))
        shown = None if is_current(request, tag) else outputs.version(row, self.named(row))
        return in_language(respond_tagged(request, tag, shown), asked_language(request))


class DifferenceView(TemplateDoor):
    query = ("from", "to")

    @describe(
        "What changed between two versions",
        responses={200: outputs.DifferenceOutput},
        parameters=[DiffInput, ACCEPT_LANGUAGE],
    )
    def get(self, request: Request, id: UUID) -> Response:
        """In the order of the plan, each change with a sentence for people."""
        asked = self.read_query(DiffInput)
        newer = asked.get("to") or self.current(id)
        older = asked.get("from") or max(newer - 1, 1)
        rows = {row["number"]: row for row in read_versions(self.actor, id, [older, newer])}
        names = {str(one["id"]): one["name"] for one in self.named(*rows.values())}
        changes = compare(rows[older], rows[newer], names)
        return in_language(respond(outputs.difference(older, newer, changes)), asked_language(request))

    def current(self, id: UUID) -> int:
        number = Template.objects.visible_to(self.actor).filter(pk=id).values_list("version", flat=True).first()
        if number is None:
            raise NotFound()
        return int(number)


class RevertView(TemplateDoor):
    idempotent = True

    @describe(
        "Make an old version the newest one",
        responses={200: outputs.TemplateOutput},
        parameters=[IDEMPOTENCY_KEY, *SAVE],
        problems=[*EDIT, PrivateExercises],
    )
    def post(self, request: Request, id: UUID, n: int) -> Response:
        """A new version that says what that one said; nothing is lost. Where it says so already, nothing changes."""
        self.read(Nothing)
        revert_template(self.actor, id, n, check=self.check)
        return self.answer(id)
