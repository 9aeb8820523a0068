"""The short form for simple clients: `/sessions` and `/sets`, over the same operations."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from fitai.common.api import respond, respond_tagged
from fitai.common.idempotency import requested_key
from fitai.common.openapi import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, PAGING, describe
from fitai.common.pagination import paginate_fetched, paginate_sequence
from fitai.common.problems import Forbidden, IdTaken, Invalid, NotFound, PreconditionFailed, error, not_found_in_body
from fitai.common.rendering import Response
from workouts.api import inputs, outputs
from workouts.api.doors import WorkoutDoor, body_of, chosen_id, stored_etag
from workouts.api.views import SetsView, load_visible, whole
from workouts.errors import ImpossibleTransition, OpIdReused
from workouts.rows.pages import read_summaries


class SessionsView(WorkoutDoor):
    query = ("cursor", "limit")

    @describe("Sessions, active ones first", responses={200: inputs.WorkoutPage}, parameters=PAGING)
    def get(self, request: Request) -> Response:
        order = ("active", "performed_at", "id")
        fetch = read_summaries(self.actor, order=order)
        return respond(paginate_fetched(request, fetch, names=order, shape=outputs.summaries))

    @describe(
        "Start training",
        request=inputs.SessionInput,
        responses={201: inputs.WorkoutOutput},
        parameters=[IDEMPOTENCY_KEY],
        problems=[OpIdReused, IdTaken],
    )
    def post(self, request: Request) -> HttpResponseBase:
        self.read(inputs.SessionInput)  # less than a workout may say of itself
        body = body_of(request)
        id = chosen_id(body, requested_key(request), self.actor.user_id)
        return self.act(
            UUID(id),
            ("workout.create", {**body, "id": id}),
            ("workout.start", {}),
            answer=lambda applied: (201, outputs.applied_shape(applied)),
            location=f"/api/v1/sessions/{id}",
        )


class SessionView(WorkoutDoor):
    @describe("One session, whole", responses={200: inputs.WorkoutOutput}, parameters=[IF_NONE_MATCH])
    def get(self, request: Request, id: UUID) -> Response:
        stored = load_visible(self, id)
        return respond_tagged(request, stored_etag(stored), outputs.stored_shapes([stored])[0])

    @describe(
        "Finish a session",
        request=inputs.EndSessionInput,
        responses={200: inputs.WorkoutOutput},
        parameters=[IDEMPOTENCY_KEY, IF_MATCH],
        problems=[Forbidden, OpIdReused, ImpossibleTransition, PreconditionFailed],
    )
    def patch(self, request: Request, id: UUID) -> HttpResponseBase:
        self.require_row(id)
        verb = {"completed": "complete", "cancelled": "cancel"}[self.read(inputs.EndSessionInput)["status"]]
        return self.act(id, (f"workout.{verb}", {}), answer=whole)


class SessionSetsView(SetsView):
    query = ("session_id", "cursor", "limit")

    @describe(
        "The sets of a session, in its order",
        responses={200: inputs.SetPage},
        parameters=[
            OpenApiParameter("session_id", {"type": "string", "format": "uuid"}, required=True),
            *PAGING,
        ],
    )
    def get(self, request: Request) -> Response:
        try:
            session_id = UUID(request.query_params["session_id"])
        except KeyError:
            raise Invalid(errors=[error("?session_id", "required", "Name the session.")]) from None
        except ValueError:
            raise NotFound() from None
        stored = load_visible(self, session_id)
        shape = outputs.stored_shapes([stored])[0]
        places: dict[str, tuple[str, ...]] = {}
        items: list[dict[str, Any]] = []
        for entry in shape["exercises"]:
            for item in entry["sets"]:
                places[item["id"]] = (entry["rank"], entry["id"], item["rank"], item["id"])
                items.append({**item, "exercise_id": entry["exercise_id"], "seq": shape["seq"]})
        return respond(paginate_sequence(request, items, key=lambda item: places[item["id"]]))

    @describe(
        "Log a set",
        request=inputs.SessionSetInput,
        responses={201: inputs.LoggedSetOutput},
        parameters=[IDEMPOTENCY_KEY],
        problems=[Forbidden, OpIdReused, IdTaken],
    )
    # The session is named in the body.
    def post(self, request: Request) -> HttpResponseBase:  # type: ignore[override]
        body = body_of(request)
        values = dict(body)
        if "session_id" not in values:
            raise Invalid(errors=[error("/session_id", "required", "Name the session.")])
        try:
            session_id = UUID(values.pop("session_id"))
        except (ValueError, TypeError, AttributeError):
            raise not_found_in_body("/session_id", "session") from None
        try:
            return self.log(session_id, values)
        except NotFound:
            raise not_found_in_body("/session_id", "session") from None
