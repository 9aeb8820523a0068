"""Friends, and who asks to be one."""

from functools import partial
from uuid import UUID

from rest_framework.request import Request

from accounts.api.inputs import friends as inputs
from accounts.api.outputs import cards
from accounts.errors import FriendsAlready, Yourself
from accounts.operations import friends
from accounts.rows.friends import NAMES, friends_page, requests_page
from fitai.common.api import ApiView, respond
from fitai.common.openapi import PAGING, describe
from fitai.common.pagination import paginate_fetched
from fitai.common.rendering import Response

TAGS = ["users"]


class FriendsView(ApiView):
    query = ("cursor", "limit")

    @describe("My friends", responses={200: cards.FriendPage}, parameters=PAGING, tags=TAGS)
    def get(self, request: Request) -> Response:
        """The newest friendship first. Friends whom the caller muted are among them: here they are found again."""
        shape = partial(cards.friend_shapes, self.actor, time="friends_since")
        return respond(paginate_fetched(request, friends_page(self.actor), names=NAMES, shape=shape))


class FriendRequestsView(ApiView):
    query = ("cursor", "limit")

    @describe(
        "Requests to be friends, of both directions",
        responses={200: cards.FriendRequestPage},
        parameters=PAGING,
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """Newest first; `relation` says who asks: `asks_you` or `requested`. Requests of the muted are left out."""
        shape = partial(cards.friend_shapes, self.actor, time="requested_at")
        return respond(paginate_fetched(request, requests_page(self.actor), names=NAMES, shape=shape))


class RequestFriendshipView(ApiView):
    @describe(
        "Ask somebody to be friends",
        request=inputs.PersonInput,
        responses={200: cards.MutualOutput},
        problems=[Yourself],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """Who has asked the caller becomes a friend at once. Asking again is no error, and tells nobody. At most 50 new
        requests a day; one that nobody accepts lapses after 90 days."""
        user_id = self.read(inputs.PersonInput)["user_id"]
        friends.request_friendship(self.actor, user_id)
        return respond(cards.read_card(self.actor, user_id))


class FriendView(ApiView):
    @describe(
        "Answer a request",
        request=inputs.AnswerInput,
        responses={200: cards.MutualOutput},
        problems=[FriendsAlready],
        tags=TAGS,
    )
    def put(self, request: Request, user_id: UUID) -> Response:
        """Who is declined does not learn of it: the request goes on to wait in their list."""
        friends.require_answerable(self.actor, user_id)
        action = self.read(inputs.AnswerInput)["action"]
        answer = friends.accept_request if action == "accept" else friends.decline_request
        answer(self.actor, user_id)
        return respond(cards.read_card(self.actor, user_id))

    @describe("End a friendship, or take back a request", responses={204: None}, tags=TAGS)
    def delete(self, request: Request, user_id: UUID) -> Response:
        friends.end_friendship(self.actor, user_id)
        return respond(None, 204)
