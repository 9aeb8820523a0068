"""What became of one's proposed edits."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request

from exercises.api.inputs.exercises import ProposalListInput
from exercises.api.outputs.proposals import COLUMNS, ProposalOutput, ProposalPage, shape_proposal, shape_proposals
from exercises.errors import WrongStatus
from exercises.models import Proposal
from exercises.operations.proposals import withdraw_proposal
from fitai.common.api import ApiView, respond, respond_tagged, tag_of
from fitai.common.openapi import IF_NONE_MATCH, PAGING, describe
from fitai.common.pagination import paginate
from fitai.common.problems import Forbidden, NotFound
from fitai.common.rendering import Response


class ProposalsView(ApiView):
    query = ("status", "limit", "cursor")

    @describe(
        "List proposed edits, newest first", responses={200: ProposalPage}, parameters=[ProposalListInput, *PAGING]
    )
    def get(self, request: Request) -> Response:
        """The caller's own; to moderators everybody's."""
        rows = Proposal.objects.visible_to(self.actor).filter(**self.read_query(ProposalListInput)).values(*COLUMNS)
        return respond(paginate(request, rows, order=("-id",), shape=shape_proposals))


class ProposalView(ApiView):
    @describe("A proposed edit", responses={200: ProposalOutput, 304: None}, parameters=[IF_NONE_MATCH])
    def get(self, request: Request, id: UUID) -> Response:
        row: Any = Proposal.objects.visible_to(self.actor).filter(pk=id).values(*COLUMNS).first()
        if row is None:
            raise NotFound()
        shown = shape_proposal(row)
        return respond_tagged(request, tag_of(shown), shown)

    @describe("Withdraw a proposed edit", responses={204: None}, problems=[Forbidden, WrongStatus])
    def delete(self, request: Request, id: UUID) -> Response:
        """While it awaits review. It stays in the list, as withdrawn."""
        withdraw_proposal(self.actor, id)
        return respond(None, 204)
