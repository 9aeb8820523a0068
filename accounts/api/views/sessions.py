"""Logging in and out, and the devices that are logged in."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.serializers import Serializer

from accounts import tickets
from accounts.api.inputs import sessions as inputs
from accounts.api.outputs import sessions as outputs
from accounts.api.views.doors import SECRET, DoorView, admit
from accounts.errors import (
    AccountDeleted,
    AccountLocked,
    InvalidCredentials,
    MfaRequired,
    SessionEnded,
    TooManyTries,
)
from accounts.models import Session
from accounts.operations import sessions
from fitai.common.api import ApiView, respond
from fitai.common.openapi import PAGING, describe
from fitai.common.pagination import paginate
from fitai.common.problems import Forbidden
from fitai.common.rendering import Response
from fitai.common.throttling import request_address


class LoginView(DoorView):
    limit = "sign-in"

    @describe(
        "Log in",
        request=inputs.LoginInput,
        responses={200: outputs.LoginOutput},
        problems=[InvalidCredentials, MfaRequired, AccountLocked, AccountDeleted, TooManyTries],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """With username or e-mail address. The device stays logged in until it is logged out or unused for 30 days.
        Where a second factor is on, the answer is `mfa_required` with a token for `POST /auth/mfa/verify`."""
        values = self.read(inputs.LoginInput)
        device = self.device(values.pop("device_name", ""))
        return admit(sessions.log_in(**values, device=device))


class RefreshView(DoorView):
    limit = "sign-in"

    @describe(
        "Trade a refresh token for a new pair",
        request=inputs.RefreshInput,
        responses={200: outputs.TokensOutput},
        problems=[SessionEnded],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Works once. A second use logs the device out, but for a repeat within 10 seconds, which answers the same."""
        token = self.read(inputs.RefreshInput)["refresh"]
        return respond(sessions.refresh_session(token=token, device=self.device())._asdict(), headers=SECRET)


class LogoutView(DoorView):
    query = ("everywhere",)

    @describe(
        "Log out",
        request=inputs.RefreshInput,
        responses={204: None},
        parameters=[inputs.EverywhereQuery],
        problems=[SessionEnded],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Ends the device of this refresh token, or with `?everywhere=true` all devices, sockets included."""
        everywhere = self.read_query(inputs.EverywhereQuery)["everywhere"]
        token = self.read(inputs.RefreshInput)["refresh"]
        sessions.log_out(token=token, device=self.device(), everywhere=everywhere)
        return respond(None, 204)


class TicketView(ApiView):
    @describe("A ticket for the WebSocket", responses={200: outputs.TicketOutput}, request=None, tags=["auth"])
    def post(self, request: Request) -> Response:
        """For clients that can set neither header nor subprotocol: `/ws/v1?ticket=…`, once within 30 seconds."""
        self.read(Serializer)
        if self.actor.session_id is None:
            raise Forbidden("Only a device that is logged in opens a socket.")
        body = {"ticket": tickets.issue(self.actor.session_id), "expires_in": tickets.LIFETIME_SECONDS}
        return respond(body, headers=SECRET)


class DevicesView(ApiView):
    query = ("cursor", "limit")

    @describe("Devices that are logged in", responses={200: outputs.DevicePage}, parameters=PAGING, tags=["auth"])
    def get(self, request: Request) -> Response:
        rows = Session.objects.visible_to(self.actor).values(*outputs.DEVICE_COLUMNS)
        return respond(
            paginate(
                request,
                rows,
                order=("-created_at", "-id"),
                shape=lambda page: outputs.device_shapes(page, current=self.actor.session_id),
            )
        )


class DeviceView(ApiView):
    @describe("Log out one device", responses={204: None}, tags=["auth"])
    def delete(self, request: Request, id: UUID) -> Response:
        sessions.remove_device(self.actor, id, address=request_address(request)[:64])
        return respond(None, 204)
