"""Training together: the routes of groups."""

from uuid import UUID

from rest_framework.request import Request

from accounts.errors import Yourself
from fitai.common.api import ApiView, respond, respond_tagged, tag_of
from fitai.common.openapi import IDEMPOTENCY_KEY, IF_NONE_MATCH, PAGING, describe
from fitai.common.pagination import paginate
from fitai.common.problems import Forbidden, IdTaken
from fitai.common.rendering import Response
from workouts.api import group_shapes as shapes
from workouts.errors import GroupFull
from workouts.operations import groups
from workouts.rows.groups import LATEST_FIRST, memberships


class GroupsView(ApiView):
    query = ("cursor", "limit")
    idempotent = True

    @describe("Groups one has joined or is invited to", responses={200: shapes.GroupPage}, parameters=PAGING)
    def get(self, request: Request) -> Response:
        """The latest invitation first."""
        page = paginate(
            request,
            memberships(self.actor),
            order=LATEST_FIRST,
            shape=lambda rows: shapes.group_shapes(self.actor, rows),
        )
        return respond(page)

    @describe(
        "Make a group to train together in",
        request=shapes.CreateGroupInput,
        responses={201: shapes.GroupOutput},
        parameters=[IDEMPOTENCY_KEY],
        problems=[IdTaken, Yourself],
    )
    def post(self, request: Request) -> Response:
        """Everybody trains in a workout of their own; whoever has joined sees the others' sets as they are done, here
        and on the channel `group:<id>`. Of each they see the one workout that was put in, and never their notes, what
        they weigh, or other workouts."""
        body = self.read(shapes.CreateGroupInput)
        group = groups.create_group(
            self.actor,
            id=body.get("id"),
            name=body.get("name") or "",
            workout_id=body.get("workout_id"),
            invited=body.get("user_ids", ()),
        )
        shape = shapes.read_group(self.actor, group.pk)
        return respond(shape, 201, location=f"/api/v1/workouts/groups/{group.pk}")


class GroupView(ApiView):
    @describe("One group", responses={200: shapes.GroupOutput, 304: None}, parameters=[IF_NONE_MATCH])
    def get(self, request: Request, id: UUID) -> Response:
        shape = shapes.read_group(self.actor, id)
        return respond_tagged(request, tag_of(shape), shape)

    @describe("End a group", responses={204: None}, problems=[Forbidden])
    def delete(self, request: Request, id: UUID) -> Response:
        """Its owner alone. Everybody keeps their workout, and nobody sees the others' any more."""
        groups.delete_group(self.actor, id)
        return respond(None, 204)


class InviteView(ApiView):
    @describe(
        "Invite people to a group",
        request=shapes.InviteInput,
        responses={200: shapes.GroupOutput},
        problems=[Forbidden, GroupFull, Yourself],
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Any member invites friends, their coach and their clients, who are told once a day at most."""
        groups.require_may_invite(self.actor, id)
        groups.invite_to_group(self.actor, id, user_ids=self.read(shapes.InviteInput)["user_ids"])
        return respond(shapes.read_group(self.actor, id))


class JoinView(ApiView):
    @describe(
        "Join a group, or change the workout the others see",
        request=shapes.JoinInput,
        responses={200: shapes.GroupOutput},
        problems=[GroupFull],
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Whoever is invited. At most 20 people train in one group."""
        groups.require_part(self.actor, id)
        groups.join_group(self.actor, id, values=self.read(shapes.JoinInput))
        return respond(shapes.read_group(self.actor, id))


class LeaveView(ApiView):
    @describe(
        "Leave a group, decline an invitation, or take somebody out",
        request=shapes.LeaveInput,
        responses={200: shapes.GroupOutput, 204: None},
        problems=[Forbidden],
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Without a body for oneself (204); its owner names whom they take out (200 with the group). When the owner
        leaves, whoever joined first after them takes over; the last one to leave ends it."""
        groups.require_part(self.actor, id)
        user_id = self.read(shapes.LeaveInput).get("user_id")
        groups.leave_group(self.actor, id, user_id=user_id)
        if user_id is None or user_id == self.actor.user_id:
            return respond(None, 204)
        return respond(shapes.read_group(self.actor, id))
