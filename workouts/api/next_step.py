"""Starting a plan and what comes next in it: both read the workouts, so their doors are here."""

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from exercises.api.language import ACCEPT_LANGUAGE, asked_language, in_language
from fitai.common.api import ApiView, etag_of, respond, respond_tagged
from fitai.common.openapi import IDEMPOTENCY_KEY, IF_NONE_MATCH, describe
from fitai.common.problems import Invalid, NotFound
from fitai.common.rendering import Response, dumps
from templates_app.api.inputs import StartInput, read_start
from templates_app.api.outputs import EnrolmentOutput, enrolment
from templates_app.operations.enrolments import enrolment_of, leave_template
from templates_app.rows import read_state
from workouts.api import inputs, outputs
from workouts.operations.next_step import find_next, start


class NextView(ApiView):
    query = ("day_id",)

    @describe(
        "What to do next in a plan, and why",
        responses={200: inputs.NextOutput},
        parameters=[
            OpenApiParameter("day_id", {"type": "string", "format": "uuid"}, description="This day instead."),
            ACCEPT_LANGUAGE,
            IF_NONE_MATCH,
        ],
    )
    def get(self, request: Request, id: UUID) -> Response:
        """The day after the last one that was completed, with every load worked out from what was logged and rounded to
        what the person can load. Without an enrolment it is as for a start today; nothing is written."""
        language = asked_language(request)
        try:
            found = find_next(self.actor, id, day_id=self._day_id(request), language=language)
        except Invalid:
            raise NotFound() from None  # an id in a query is an address
        shape = outputs.next_shape(found)
        return in_language(respond_tagged(request, etag_of(dumps(shape)), shape), language)

    def _day_id(self, request: Request) -> str | None:
        given = request.query_params.get("day_id")
        try:
            return None if given is None else str(UUID(given))
        except ValueError:
            raise NotFound() from None


class StartView(ApiView):
    idempotent = True

    @describe(
        "Train by a template",
        request=StartInput,
        responses={201: EnrolmentOutput, 200: EnrolmentOutput},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, id: UUID) -> Response:
        """201 for who begins. 200 for who trains by it already: what the body names changes, the rest stays, so that an
        empty body changes nothing. A week or a day moves them there in their present pass; another version keeps their
        place."""
        try:
            started, created = start(self.actor, id, **read_start(request.data))
        except Invalid:
            if enrolment_of(self.actor, id) is None and read_state(self.actor, id) is None:
                raise NotFound() from None  # whose it is comes before what is wrong with the body
            raise
        location = f"/api/v1/templates/{id}/next" if created else None
        return respond(enrolment(started), 201 if created else 200, location=location)

    @describe("Train by a template no more", responses={204: None})
    def delete(self, request: Request, id: UUID) -> Response:
        """What was trained stays. 404 for who does not train by it."""
        leave_template(self.actor, id)
        return respond(None, 204)
