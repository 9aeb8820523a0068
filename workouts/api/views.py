"""The REST routes of workouts."""

from typing import Any
from uuid import UUID

import fractional_indexing
from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from exercises.operations.searches import note_click
from fitai.common.api import ApiView, is_current, respond, respond_tagged
from fitai.common.events import wire
from fitai.common.idempotency import requested_key
from fitai.common.models import Event
from fitai.common.openapi import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, PAGING, describe
from fitai.common.pagination import here, paginate_fetched, requested_limit
from fitai.common.problems import Forbidden, IdTaken, Invalid, NotFound, PreconditionFailed, error
from fitai.common.rendering import Response
from workouts.api import inputs, outputs
from workouts.api.batches import read_batch
from workouts.api.doors import WorkoutDoor, body_of, chosen_id, stored_etag, taken_search_id, workout_etag
from workouts.api.filters import PARAMETERS, asked
from workouts.api.planned import planned
from workouts.core.guests import guest_event
from workouts.enums import Status
from workouts.errors import ImpossibleTransition, OpIdReused
from workouts.models import Workout
from workouts.operations.access import load_seen, read_seen
from workouts.operations.apply import apply
from workouts.operations.results import Applied
from workouts.operations.store import Stored
from workouts.rows.pages import NEWEST_FIRST, read_active, read_summaries

WRITE = [IDEMPOTENCY_KEY, IF_MATCH]
REFUSALS = [Forbidden, OpIdReused, PreconditionFailed]
PLACE = OpenApiParameter("reference", str, OpenApiParameter.PATH, description="Its place, counted from 0, or its id.")


def whole(applied: Applied) -> tuple[int, Any]:
    return 200, outputs.applied_shape(applied)


def nothing(applied: Applied) -> tuple[int, Any]:
    """What is gone has no shape; the `ETag` says which version of the workout is without it."""
    return 204, None


class WorkoutsView(WorkoutDoor):
    query = PARAMETERS

    @describe(
        "The history, newest first",
        responses={200: inputs.WorkoutPage},
        parameters=[
            OpenApiParameter("status", str, enum=[str(status) for status in Status]),
            OpenApiParameter("from", str, description="A time, or a date in the person's own zone; included."),
            OpenApiParameter("to", str, description="A time, or a date; not included."),
            OpenApiParameter("exercise", {"type": "string", "format": "uuid"}),
            OpenApiParameter("template", {"type": "string", "format": "uuid"}),
            *PAGING,
        ],
    )
    def get(self, request: Request) -> Response:
        where, values = asked(request, self.actor)
        fetch = read_summaries(self.actor, where=where, values=values, order=NEWEST_FIRST)
        page = paginate_fetched(request, fetch, names=NEWEST_FIRST, shape=outputs.summaries)
        return respond(page)

    @describe(
        "Make a workout: empty, planned, from a past one, or whole after the fact",
        request=inputs.CreateWorkoutInput,
        responses={201: inputs.WorkoutOutput},
        parameters=[IDEMPOTENCY_KEY],
        problems=[OpIdReused, IdTaken],
    )
    def post(self, request: Request) -> HttpResponseBase:
        body = body_of(request)
        id = chosen_id(body, requested_key(request), self.actor.user_id)
        payload, facts = planned(self.actor, body, id)
        return self.act(
            UUID(id),
            ("workout.create", payload),
            sent={**body, "id": id},
            facts=facts,
            answer=lambda applied: (201, outputs.applied_shape(applied)),
            location=f"/api/v1/workouts/{id}",
        )


class ActiveWorkoutsView(ApiView):
    query = ("cursor", "limit")

    @describe("Those in progress or paused, newest first", responses={200: inputs.ActiveWorkouts}, parameters=PAGING)
    def get(self, request: Request) -> Response:
        fetch = read_active(self.actor)
        return respond(paginate_fetched(request, fetch, names=NEWEST_FIRST, shape=outputs.whole_rows))


class WorkoutView(WorkoutDoor):
    @describe("One workout, whole", responses={200: inputs.WorkoutOutput}, parameters=[IF_NONE_MATCH])
    def get(self, request: Request, id: UUID) -> Response:
        if "If-None-Match" in request.headers:
            seen = read_seen(self.actor, id, "change_seq")
            if seen is not None and is_current(request, tag := workout_etag(id, *seen[0], whole=seen[1])):
                return respond_tagged(request, tag, None)
        stored = load_visible(self, id)
        return respond_tagged(request, stored_etag(stored), outputs.stored_shapes([stored])[0])

    @describe(
        "Name, notes, body weight",
        request=inputs.UpdateWorkoutInput,
        responses={200: inputs.WorkoutOutput},
        parameters=WRITE,
        problems=REFUSALS,
    )
    def patch(self, request: Request, id: UUID) -> HttpResponseBase:
        return self.act(id, ("workout.update", body_of(request)), answer=whole)

    @describe(
        "Name, notes, body weight (a partial body is enough)",
        request=inputs.UpdateWorkoutInput,
        responses={200: inputs.WorkoutOutput},
        parameters=WRITE,
        problems=REFUSALS,
    )
    def put(self, request: Request, id: UUID) -> HttpResponseBase:
        return self.patch(request, id)

    @describe("Delete; it can be restored for 30 days", responses={204: None}, parameters=WRITE, problems=REFUSALS)
    def delete(self, request: Request, id: UUID) -> HttpResponseBase:
        return self.act(id, ("workout.delete", {}), answer=nothing)


class RestoreView(WorkoutDoor):
    @describe(
        "Bring a deleted workout back", responses={200: inputs.WorkoutOutput}, parameters=WRITE, problems=REFUSALS
    )
    def post(self, request: Request, id: UUID) -> HttpResponseBase:
        return self.act(id, ("workout.restore", body_of(request)), answer=whole)

    def require_row(self, workout_id: UUID) -> None:
        if not Workout.objects.own(self.actor).filter(pk=workout_id).exists():
            super().require_row(workout_id)


class TransitionView(WorkoutDoor):
    """Start, pause, resume, cancel."""

    verb = ""

    @describe(
        "Move the workout through its life",
        responses={200: inputs.WorkoutOutput},
        parameters=WRITE,
        problems=[*REFUSALS, ImpossibleTransition],
    )
    def post(self, request: Request, id: UUID) -> HttpResponseBase:
        return self.act(id, (f"workout.{self.verb}", body_of(request)), answer=whole)


class CompleteView(WorkoutDoor):
    @describe(
        "Finish; the answer has the summary",
        responses={200: inputs.CompletedWorkoutOutput},
        parameters=WRITE,
        problems=[*REFUSALS, ImpossibleTransition],
    )
    def post(self, request: Request, id: UUID) -> HttpResponseBase:
        return self.act(
            id,
            ("workout.complete", body_of(request)),
            answer=lambda applied: (200, outputs.completed_shape(applied)),
        )


class ExercisesView(WorkoutDoor):
    @describe(
        "Add an exercise",
        request=inputs.AddExerciseInput,
        responses={201: inputs.EntryOutput},
        parameters=WRITE,
        problems=[*REFUSALS, IdTaken],
    )
    def post(self, request: Request, id: UUID) -> HttpResponseBase:
        body = dict(body_of(request))
        search_id = taken_search_id(body)
        entry = chosen_id(body, requested_key(request), id)
        details = {name: body[name] for name in ("notes", "superset") if name in body}
        steps: list[tuple[str, Any]] = [
            ("exercise.add", {name: value for name, value in body.items() if name not in details} | {"id": entry})
        ]
        if details:
            steps.append(("exercise.update", {**details, "id": entry}))
        answered = self.act(
            id,
            *steps,
            sent=body,
            answer=lambda applied: (201, outputs.entry(applied, entry)),
            location=f"/api/v1/workouts/{id}/exercise/{entry}",
        )
        note_click(search_id, "added")
        return answered


class ExerciseView(WorkoutDoor):
    @describe(
        "Replace an exercise, or its note or superset",
        request=inputs.UpdateExerciseInput,
        responses={200: inputs.EntryOutput},
        parameters=[PLACE, *WRITE],
        problems=REFUSALS,
    )
    def put(self, request: Request, id: UUID, reference: str) -> HttpResponseBase:
        return self.act(
            id,
            ("exercise.update", body_of(request)),
            node=reference,
            answer=lambda applied: (200, outputs.entry(applied, touched(applied))),
        )

    @describe(
        "Remove an exercise with its sets",
        responses={204: None},
        parameters=[PLACE, *WRITE],
        problems=REFUSALS,
    )
    def delete(self, request: Request, id: UUID, reference: str) -> HttpResponseBase:
        return self.act(id, ("exercise.remove", {}), node=reference, answer=nothing)


class ReorderView(WorkoutDoor):
    @describe(
        "Put the exercises in a new order",
        request=inputs.ReorderInput,
        responses={200: inputs.WorkoutOutput},
        parameters=WRITE,
        problems=REFUSALS,
    )
    def post(self, request: Request, id: UUID) -> HttpResponseBase:
        self.require_row(id)
        order = [str(entry) for entry in self.read(inputs.ReorderInput)["order"]]

        def names_all(stored: Stored) -> None:
            present = [entry.id for entry in stored.state.shown_exercises()]
            if sorted(order) != sorted(present):
                raise Invalid(errors=[error("/order", "invalid", "Name every exercise of the workout once.")])

        if not order:
            stored = load_visible(self, id)
            names_all(stored)
            return respond(outputs.stored_shapes([stored])[0])
        ranks = fractional_indexing.generate_n_keys_between(None, None, len(order))
        steps = [("exercise.move", {"id": entry, "rank": rank}) for entry, rank in zip(order, ranks, strict=True)]
        return self.act(id, *steps, sent={"order": order}, check=names_all, answer=whole)


class SetsView(WorkoutDoor):
    @describe(
        "Log a set",
        request=inputs.LogSetInput,
        responses={201: inputs.LoggedSetOutput},
        parameters=WRITE,
        problems=[*REFUSALS, IdTaken],
    )
    def post(self, request: Request, id: UUID) -> HttpResponseBase:
        return self.log(id, body_of(request))

    def log(self, workout_id: UUID, said: dict[str, Any]) -> HttpResponseBase:
        body = dict(said)
        search_id = taken_search_id(body)
        item = chosen_id(body, requested_key(self.request), workout_id)
        answered = self.act(
            workout_id,
            ("set.add", {**body, "id": item}),
            sent=body,
            to_last_entry=True,
            answer=lambda applied: (201, outputs.flat_set(applied, item)),
            location=f"/api/v1/workouts/{workout_id}/set/{item}",
        )
        note_click(search_id, "added")
        return answered


class SetView(WorkoutDoor):
    @describe(
        "Correct a set (a partial body is enough)",
        request=inputs.SetValues,
        responses={200: inputs.LoggedSetOutput},
        parameters=[PLACE, *WRITE],
        problems=REFUSALS,
    )
    def put(self, request: Request, id: UUID, reference: str) -> HttpResponseBase:
        return self.act(
            id,
            ("set.update", body_of(request)),
            node=reference,
            answer=lambda applied: (200, outputs.flat_set(applied, touched(applied))),
        )

    @describe(
        "Delete a set; the records it held are withdrawn",
        responses={200: inputs.RemovedSetOutput},
        parameters=[PLACE, *WRITE],
        problems=REFUSALS,
    )
    def delete(self, request: Request, id: UUID, reference: str) -> HttpResponseBase:
        return self.act(
            id, ("set.remove", {}), node=reference, answer=lambda applied: (200, outputs.removed_set(applied))
        )


class RestView(WorkoutDoor):
    @describe(
        "Start the rest timer on every device",
        request=inputs.RestInput,
        responses={200: inputs.WorkoutOutput},
        parameters=WRITE,
        problems=REFUSALS,
    )
    def post(self, request: Request, id: UUID) -> HttpResponseBase:
        return self.act(id, ("rest.start", body_of(request)), answer=whole)

    @describe("Stop the rest timer", responses={204: None}, parameters=WRITE, problems=REFUSALS)
    def delete(self, request: Request, id: UUID) -> HttpResponseBase:
        return self.act(id, ("rest.stop", {}), answer=nothing)


class EventsView(ApiView):
    query = ("after_seq", "limit")

    @describe(
        "What happened after `after_seq`",
        responses={200: inputs.EventsOutput},
        parameters=[
            OpenApiParameter("after_seq", {"type": "integer", "minimum": 0, "default": 0}),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
        ],
    )
    def get(self, request: Request, id: UUID) -> Response:
        seen = read_seen(self.actor, id, "seq")
        if seen is None:
            raise NotFound()
        (head,), whole = seen
        raw = request.query_params.get("after_seq", "0")
        if not raw.isascii() or not raw.isdigit() or len(raw) > 18:
            raise Invalid(errors=[error("?after_seq", "invalid", "Give the last seq you have, a whole number.")])
        limit = requested_limit(request)
        rows = Event.objects.filter(stream=f"workout:{id}", seq__gt=int(raw)).order_by("seq")
        events = [wire(event) for event in rows[: limit + 1]]
        if not whole:
            events = [guest_event(event) for event in events]
        page = events[:limit]
        following = None
        if len(events) > limit:
            following = f"{here(request)}?after_seq={page[-1]['seq']}&limit={limit}"
        return respond({"results": page, "head": max(head, page[-1]["seq"] if page else 0), "next": following})


class OpsView(WorkoutDoor):
    @describe(
        "Apply a batch of operations, such as a device collects offline",
        request=inputs.BatchInput,
        responses={200: inputs.BatchOutput},
        problems=[Forbidden, IdTaken],
    )
    def post(self, request: Request, id: UUID) -> HttpResponseBase:
        sent_at, requests = read_batch(request.data, id)
        applied = apply(self.actor, id, requests, live=False, sent_at=sent_at)
        return respond(outputs.batch(applied))

    def creates(self) -> bool:
        match self.request.data:
            case {"ops": [{"type": "workout.create"}, *_]}:
                return True
        return False


def load_visible(view: ApiView, id: UUID) -> Stored:
    """The workout as the actor sees it, 404 for what they may not know of."""
    stored = load_seen(view.actor, id)
    if stored is None:
        raise NotFound()
    return stored


def touched(applied: Applied) -> str:
    """The id of the node that the first operation was about."""
    result = applied.results[0]
    if result.event is not None:
        return str(result.event.payload["id"])
    row = Event.objects.get(stream=f"workout:{applied.state.id}", seq=result.seq or 0)
    return str(row.payload["id"])
