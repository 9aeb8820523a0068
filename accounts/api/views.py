"""The HTTP door of accounts."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language_from_request
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import inputs, outputs
from accounts.errors import (
    AccountDeleted,
    AccountLocked,
    InvalidCredentials,
    LinkInvalid,
    SessionEnded,
    TooManyTries,
)
from accounts.models import Session
from accounts.operations import preferences, profile, sessions, sign_up
from fitai.common.api import ApiView, check_if_match, etag_of, respond, respond_tagged
from fitai.common.openapi import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, PAGING, describe
from fitai.common.pagination import paginate
from fitai.common.rendering import dumps
from fitai.common.throttling import request_address

SECRET = {"Cache-Control": "no-store"}


class DoorView(ApiView):
    """A route for people who are not logged in. A stale access token that comes along is nobody's business here."""

    public = True
    authentication_classes = ()

    def device(self, name: str = "") -> sessions.Device:
        """Where this request comes from."""
        agent = self.request.headers.get("User-Agent", "")
        shown = "".join(char for char in agent if char.isprintable())
        return sessions.Device(address=request_address(self.request)[:64], user_agent=shown[:300], name=name)


class RegisterView(DoorView):
    limit = "register"
    idempotent = True
    newcomer: sign_up.Newcomer

    def prepare(self, request: Request) -> None:
        """Hashes the password."""
        language = get_language_from_request(request._request)
        self.newcomer = sign_up.meet(**self.read(inputs.RegisterInput), language=language)

    @describe(
        "Make an account",
        request=inputs.RegisterInput,
        responses={201: outputs.RegisteredOutput},
        parameters=[IDEMPOTENCY_KEY],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Makes the account and mails a link that proves the address. A taken address is answered like a free one."""
        user = sign_up.sign_up(self.newcomer, address=request_address(request)[:64])
        return respond(outputs.registered_shape(user), 201, location=f"/api/v1/users/{user.pk}")


class VerifyEmailView(DoorView):
    http_method_names = ["get", "options"]  # the HEAD of a mail scanner proves nothing
    query = ("key",)

    @describe(
        "Prove an e-mail address",
        responses={200: outputs.VerifiedOutput},
        parameters=[inputs.KeyQuery],
        problems=[LinkInvalid],
        tags=["auth"],
    )
    def get(self, request: Request) -> Response:
        """Follows the link of a verification mail. It works for three days; following it again is fine."""
        key = self.read_query(inputs.KeyQuery)["key"]
        claim = sign_up.confirm_email(key=key, address=request_address(request)[:64])
        return respond({"email": claim.email, "email_verified": claim.verified})


class ResendVerificationView(DoorView):
    @describe("Ask for the verification mail again", request=inputs.EmailInput, responses={202: None}, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Answers the same whether or not the address is known. At most three mails an hour."""
        sign_up.resend_verification(**self.read(inputs.EmailInput))
        return respond(None, 202)


class LoginView(DoorView):
    limit = "sign-in"

    @describe(
        "Log in",
        request=inputs.LoginInput,
        responses={200: outputs.LoginOutput},
        problems=[InvalidCredentials, AccountLocked, AccountDeleted, TooManyTries],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """With username or e-mail address. The device stays logged in until it is logged out or unused for 30 days."""
        values = self.read(inputs.LoginInput)
        device = self.device(values.pop("device_name", ""))
        entered = sessions.log_in(**values, device=device)
        user = outputs.me_shape(entered.user, email_verified=entered.email_verified)
        return respond({**entered.tokens._asdict(), "user": user}, headers=SECRET)


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


class ProfileView(ApiView):
    @describe("My profile", responses={200: outputs.ProfileOutput}, parameters=[IF_NONE_MATCH], tags=["users"])
    def get(self, request: Request) -> Response:
        shape = outputs.read_profile(self.actor.user_id)
        return respond_tagged(request, tag_of(shape), shape)

    @describe(
        "Change my profile",
        request=inputs.ProfileInput,
        responses={200: outputs.ProfileOutput},
        parameters=[IF_MATCH],
        tags=["users"],
    )
    def patch(self, request: Request) -> Response:
        """Changes what the body names; lists are replaced whole, null clears. The username changes once in 30 days."""
        values = self.read(inputs.ProfileInput, partial=True)
        with transaction.atomic():
            profile.lock_profile(self.actor)
            check_if_match(request, tag_of(outputs.read_profile(self.actor.user_id)))
            profile.update_profile(self.actor, values=values)
        shape = outputs.read_profile(self.actor.user_id)
        return respond(shape, headers={"ETag": tag_of(shape)})

    put = patch


class PreferencesView(ApiView):
    @describe("My preferences", responses={200: outputs.PreferencesOutput}, parameters=[IF_NONE_MATCH], tags=["users"])
    def get(self, request: Request) -> Response:
        shape = outputs.read_preferences(self.actor.user_id)
        return respond_tagged(request, tag_of(shape), shape)

    @describe(
        "Change my preferences",
        request=inputs.PreferencesInput,
        responses={200: outputs.PreferencesOutput},
        parameters=[IF_MATCH],
        tags=["users"],
    )
    def patch(self, request: Request) -> Response:
        """Changes what the body names, at any depth; lists are replaced whole, null brings the default back."""
        values = self.read(inputs.PreferencesInput, partial=True)
        with transaction.atomic():
            preferences.lock_preferences(self.actor)
            check_if_match(request, tag_of(outputs.read_preferences(self.actor.user_id)))
            preferences.update_preferences(self.actor, values=values)
        shape = outputs.read_preferences(self.actor.user_id)
        return respond(shape, headers={"ETag": tag_of(shape)})

    put = patch


def tag_of(shape: dict[str, Any]) -> str:
    """The entity tag of a resource that is read whole."""
    return etag_of(dumps(shape))
