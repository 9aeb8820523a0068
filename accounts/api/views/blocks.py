"""Blocks and mutes."""

from uuid import UUID

from rest_framework.request import Request

from accounts.api.inputs import friends as inputs
from accounts.api.outputs import cards
from accounts.errors import Yourself
from accounts.models import Block
from accounts.operations import blocks, friends
from fitai.common.api import ApiView, respond
from fitai.common.openapi import PAGING, describe
from fitai.common.pagination import paginate
from fitai.common.rendering import Response

TAGS = ["users"]


class BlocksView(ApiView):
    query = ("cursor", "limit")

    @describe("People I block", responses={200: cards.BlockedPage}, parameters=PAGING, tags=TAGS)
    def get(self, request: Request) -> Response:
        """The latest first; those who are still there."""
        there = Block.objects.filter(blocker=self.actor.user_id, blocked__is_active=True, blocked__deleted_at=None)
        rows = there.values(*cards.BLOCKED_COLUMNS)
        return respond(paginate(request, rows, order=("-created_at", "-blocked_id"), shape=cards.blocked_shapes))

    @describe(
        "Block somebody",
        request=inputs.PersonInput,
        responses={200: cards.BlockedOutput},
        problems=[Yourself],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """From now on neither sees the other anywhere; friendship and requests between them end. Nobody is told."""
        block = blocks.block_person(self.actor, self.read(inputs.PersonInput)["user_id"])
        return respond(cards.blocked_shape(Block.objects.values(*cards.BLOCKED_COLUMNS).get(pk=block.pk)))


class BlockView(ApiView):
    @describe("Unblock somebody", responses={204: None}, tags=TAGS)
    def delete(self, request: Request, user_id: UUID) -> Response:
        blocks.unblock_person(self.actor, user_id)
        return respond(None, 204)


class MuteView(ApiView):
    @describe(
        "Mute somebody", request=inputs.Nothing, responses={200: cards.MutualOutput}, problems=[Yourself], tags=TAGS
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Leaves them out of what the caller is shown: search, suggestions, requests, news. They do not learn of it."""
        friends.require_visible(self.actor, id)
        self.read(inputs.Nothing)
        blocks.mute_person(self.actor, id)
        return respond(cards.read_card(self.actor, id))

    @describe("Show somebody again", responses={204: None}, tags=TAGS)
    def delete(self, request: Request, id: UUID) -> Response:
        """Who is not muted is no error."""
        blocks.unmute_person(self.actor, id)
        return respond(None, 204)
