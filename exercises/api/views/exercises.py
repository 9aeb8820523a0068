"""The life of an exercise: made, edited, submitted, deleted, restored, put back to an earlier version."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request

from exercises.api.inputs.exercises import ExerciseChanges, ExerciseInput, Nothing
from exercises.api.language import ACCEPT_LANGUAGE, asked_language, in_language
from exercises.api.outputs.history import HistoryPage, shape_versions
from exercises.api.outputs.library import ExerciseOutput, shape
from exercises.api.outputs.proposals import COLUMNS, ProposalOutput, shape_proposal
from exercises.api.views import library
from exercises.errors import Duplicate, WrongStatus
from exercises.history import read_history, versions
from exercises.models import Exercise, Proposal
from exercises.operations.exercises import (
    create_exercise,
    delete_exercise,
    may_edit,
    restore_exercise,
    revert_exercise,
    submit_exercise,
    update_exercise,
)
from exercises.querysets import readable
from exercises.rows import read_rows
from fitai.common.api import ApiView, check_if_match, respond
from fitai.common.openapi import IDEMPOTENCY_KEY, IF_MATCH, PAGING, describe
from fitai.common.pagination import paginate_fetched
from fitai.common.problems import EmailUnverified, Forbidden, IdTaken, NotFound, PreconditionFailed
from fitai.common.rendering import Response

SAVE = [ACCEPT_LANGUAGE, IF_MATCH]
ACT = [IDEMPOTENCY_KEY, *SAVE]
EDIT = [Forbidden, PreconditionFailed, WrongStatus]
SAVED = {200: ExerciseOutput, 202: ProposalOutput}


class ExerciseDoor(ApiView):
    """A route about one exercise."""

    def find(self, id: UUID) -> Exercise:
        """The exercise, if it is shown to the caller."""
        exercise: Exercise | None = Exercise.objects.readable_by(self.actor).filter(pk=id).first()
        if exercise is None:
            raise NotFound()
        return exercise

    def check(self, exercise: Exercise) -> None:
        """Refuse with 412 a change of a version that the caller has not seen (`If-Match`, optional)."""
        check_if_match(self.request, library.state_tag(exercise.pk, exercise.version))

    def answer(self, id: UUID, status: int = 200, location: str | None = None) -> Response:
        """The exercise as it is now."""
        language = asked_language(self.request)
        rows = read_rows(self.actor, language, where=["e.id = %(id)s"], values={"id": id}, seen=readable(self.actor))
        shown = shape(rows[0])
        headers = {"ETag": library.tag_of(shown)}
        return in_language(respond(shown, status, location=location, headers=headers), language)


class ExercisesView(library.ExercisesView, ExerciseDoor):
    idempotent = True

    @describe(
        "Make an exercise of one's own",
        request=ExerciseInput,
        responses={201: ExerciseOutput},
        parameters=[IDEMPOTENCY_KEY, ACCEPT_LANGUAGE],
        problems=[IdTaken, Duplicate],
    )
    def post(self, request: Request) -> Response:
        """Nobody else sees it until it is submitted and approved. Its slug is made of its name."""
        exercise = create_exercise(self.actor, self.read(ExerciseInput))
        return self.answer(exercise.pk, 201, f"/api/v1/exercises/{exercise.pk}")


class ExerciseView(library.ExerciseView, ExerciseDoor):
    @describe(
        "Edit an exercise (a partial body is enough)",
        request=ExerciseChanges,
        responses=SAVED,
        parameters=SAVE,
        problems=[*EDIT, EmailUnverified, Duplicate],
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """One's own until it is in the library, and anything by moderators, at once. An edit of what is in the library
        becomes a proposal that moderators decide on (202); what is proposed while it waits joins it."""
        may_edit(self.actor, self.find(id))
        saved = update_exercise(self.actor, id, self.read(ExerciseChanges), check=self.check)
        if isinstance(saved, Exercise):
            return self.answer(id)
        proposal = Proposal.objects.values(*COLUMNS).get(pk=saved.pk)
        return respond(shape_proposal(proposal), 202, location=f"/api/v1/exercises/proposals/{saved.pk}")

    @describe(
        "Edit an exercise (a partial body is enough)",
        request=ExerciseChanges,
        responses=SAVED,
        parameters=SAVE,
        problems=[*EDIT, EmailUnverified, Duplicate],
    )
    def put(self, request: Request, id: UUID) -> Response:
        """One's own until it is in the library, and anything by moderators, at once. An edit of what is in the library
        becomes a proposal that moderators decide on (202); what is proposed while it waits joins it."""
        return self.patch(request, id)

    @describe("Delete an exercise; it can be restored", responses={204: None}, parameters=[IF_MATCH], problems=EDIT)
    def delete(self, request: Request, id: UUID) -> Response:
        """One's own until it is in the library; what is there is archived, by moderators. Workouts and templates keep
        it."""
        delete_exercise(self.actor, id, check=self.check)
        return respond(None, 204)


class SubmitView(ExerciseDoor):
    idempotent = True

    @describe(
        "Submit an exercise to the library",
        request=Nothing,
        responses={200: ExerciseOutput},
        parameters=ACT,
        problems=[*EDIT, EmailUnverified],
    )
    def post(self, request: Request, id: UUID) -> Response:
        """A draft, or what was rejected and is better now. Moderators decide, and the caller is told."""
        self.find(id)
        self.read(Nothing)
        submit_exercise(self.actor, id, check=self.check)
        return self.answer(id)


class RestoreView(ExerciseDoor):
    idempotent = True

    @describe(
        "Bring a deleted exercise back",
        request=Nothing,
        responses={200: ExerciseOutput},
        parameters=ACT,
        problems=EDIT,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """One's own as it was; what was archived goes back into the library, by moderators."""
        self.find(id)
        self.read(Nothing)
        restore_exercise(self.actor, id, check=self.check)
        return self.answer(id)


class RevertView(ExerciseDoor):
    idempotent = True

    @describe(
        "Make an earlier version the newest one",
        request=Nothing,
        responses={200: ExerciseOutput},
        parameters=ACT,
        problems=EDIT,
    )
    def post(self, request: Request, id: UUID, n: int) -> Response:
        """A new version that says what that one said, in every language; nothing is lost. Its status, address and media
        stay."""
        self.find(id)
        self.read(Nothing)
        revert_exercise(self.actor, id, n, check=self.check)
        return self.answer(id)


class HistoryView(ExerciseDoor):
    query = ("limit", "cursor")

    @describe("Who changed what, newest first", responses={200: HistoryPage}, parameters=PAGING)
    def get(self, request: Request, id: UUID) -> Response:
        """Field by field. To its owner and to moderators from the first draft on, to others since it was approved."""
        exercise = self.find(id)
        whole = self.actor.is_moderator or exercise.owner_id == self.actor.user_id

        def shaped(rows: Any) -> list[dict[str, Any]]:
            return shape_versions(versions(self.actor, rows))

        fetch = read_history(self.actor, id, whole=whole)
        return respond(paginate_fetched(request, fetch, names=("version", "id"), shape=shaped))
