"""Who coaches whom, and what coaches may see."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from rest_framework.request import Request

from accounts.api.inputs import coaches as inputs
from accounts.api.outputs import coaches as outputs
from accounts.errors import AlreadyCoaching, AlreadyInvited
from accounts.models import Coaching
from accounts.operations import coaches
from fitai.common.actors import require_verified
from fitai.common.api import ApiView, check_if_match, respond, respond_tagged, tag_of
from fitai.common.openapi import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, PAGING, describe
from fitai.common.pagination import paginate
from fitai.common.problems import EmailUnverified, Forbidden, IdTaken, NotFound, PreconditionFailed
from fitai.common.rendering import Response

NEWEST_FIRST = ("-created_at", "-id")
CHANGE = """The client sets `areas`, what the coach may see; the coach answers the invitation with `action`. Of the
other's member it is 403."""


class CoachesView(ApiView):
    query = ("cursor", "limit")
    idempotent = True

    @describe(
        "My coaches and those I invited, newest first",
        responses={200: outputs.CoachingPage},
        parameters=PAGING,
        tags=["users"],
    )
    def get(self, request: Request) -> Response:
        rows = Coaching.objects.as_client(self.actor).values(*outputs.COLUMNS)
        return respond(paginate(request, rows, order=NEWEST_FIRST, shape=outputs.coaching_shapes))

    @describe(
        "Invite a coach",
        request=inputs.InviteCoachInput,
        responses={201: outputs.CoachingOutput},
        parameters=[IDEMPOTENCY_KEY],
        problems=[EmailUnverified, IdTaken, AlreadyInvited],
        tags=["users"],
    )
    def post(self, request: Request) -> Response:
        """Once they accept, they see the areas named here, and nothing else that others would not. The same
        invitation again is the same row. At most 20 new ones a day."""
        require_verified(self.actor)
        said = self.read(inputs.InviteCoachInput)
        coaching = coaches.invite_coach(self.actor, coach_id=said["user_id"], areas=said["areas"], id=said.get("id"))
        shape = outputs.read_coaching(coaching.pk)
        return respond(shape, 201, location=f"/api/v1/users/coaches/{coaching.pk}", headers={"ETag": tag_of(shape)})


class CoachingView(ApiView):
    @describe(
        "A coaching or an invitation",
        responses={200: outputs.CoachingOutput, 304: None},
        parameters=[IF_NONE_MATCH],
        tags=["users"],
    )
    def get(self, request: Request, id: UUID) -> Response:
        """To its client and its coach, until either ends it."""
        row = Coaching.objects.visible_to(self.actor).filter(pk=id).values(*outputs.COLUMNS).first()
        if row is None:
            raise NotFound()
        shape = outputs.coaching_shape(row)
        return respond_tagged(request, tag_of(shape), shape)

    @describe(
        "Change what a coach may see, or answer an invitation",
        request=inputs.CoachingChange,
        responses={200: outputs.CoachingOutput},
        parameters=[IF_MATCH],
        problems=[Forbidden, AlreadyCoaching, PreconditionFailed],
        tags=["users"],
        description=CHANGE,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        coaches.require_may_say(self.actor, id, request.data if isinstance(request.data, Mapping) else ())
        said = self.read(inputs.CoachingChange, partial=True)
        with transaction.atomic():
            coaches.change_coaching(
                self.actor,
                id,
                values=said,
                check=lambda coaching: check_if_match(request, tag_of(outputs.read_coaching(coaching.pk))),
            )
        shape = outputs.read_coaching(id)
        return respond(shape, headers={"ETag": tag_of(shape)})

    put = patch

    @describe("End a coaching, or take an invitation back", responses={204: None}, tags=["users"])
    def delete(self, request: Request, id: UUID) -> Response:
        """By the client or the coach. The coach sees nothing more from then on, on open sockets too."""
        coaches.end_coaching(self.actor, id)
        return respond(None, 204)


class ClientsView(ApiView):
    query = ("cursor", "limit")

    @describe(
        "My clients and the invitations to answer, newest first",
        responses={200: outputs.CoachingPage},
        parameters=PAGING,
        tags=["users"],
    )
    def get(self, request: Request) -> Response:
        """Empty for who is not a coach."""
        rows = Coaching.objects.as_coach(self.actor).values(*outputs.COLUMNS)
        return respond(paginate(request, rows, order=NEWEST_FIRST, shape=outputs.coaching_shapes))
