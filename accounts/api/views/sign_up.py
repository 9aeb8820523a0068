"""Making an account, and proving its address."""

from django.utils.translation import get_language_from_request
from rest_framework.request import Request

from accounts.api.inputs import sign_up as inputs
from accounts.api.outputs import people as outputs
from accounts.api.views.doors import DoorView
from accounts.errors import LinkInvalid, ReauthRequired, TooManyTries
from accounts.operations import addresses, sign_up
from fitai.common.api import ApiView, respond
from fitai.common.openapi import IDEMPOTENCY_KEY, describe
from fitai.common.rendering import Response
from fitai.common.throttling import request_address


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
    limit = "sign-in"

    @describe("Ask for the verification mail again", request=inputs.EmailInput, responses={202: None}, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Answers the same whether or not the address is known. At most three mails an hour."""
        sign_up.resend_verification(**self.read(inputs.EmailInput))
        return respond(None, 202)


class ChangeEmailView(ApiView):
    @describe(
        "Change my e-mail address",
        request=inputs.ChangeEmailInput,
        responses={202: None},
        problems=[ReauthRequired, TooManyTries],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Mails a link to the new address, which takes the place of the old one when it is followed. The old one is
        told. Needs the password, or a log-in of the last 10 minutes; answers the same whoever has the address."""
        addresses.change_email(self.actor, **self.read(inputs.ChangeEmailInput), address=request_address(request)[:64])
        return respond(None, 202)
