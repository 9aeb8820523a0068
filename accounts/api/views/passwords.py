"""Changing a password, and setting a new one by a link in a mail."""

from rest_framework.request import Request

from accounts.api.inputs import passwords as inputs
from accounts.api.inputs.sign_up import EmailInput
from accounts.api.views.doors import DoorView
from accounts.errors import ResetLinkInvalid, TooManyTries
from accounts.operations import passwords
from fitai.common.api import ApiView, respond
from fitai.common.openapi import describe
from fitai.common.rendering import Response
from fitai.common.throttling import request_address


class ChangePasswordView(ApiView):
    @describe(
        "Change my password",
        request=inputs.ChangePasswordInput,
        responses={204: None},
        problems=[TooManyTries],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Logs out every other device, and tells the owner by mail. At least 10 characters, not a common password."""
        values = self.read(inputs.ChangePasswordInput)
        passwords.change_password(self.actor, **values, address=request_address(request)[:64])
        return respond(None, 204)


class ForgotPasswordView(DoorView):
    limit = "sign-in"

    @describe("Ask for a new password", request=EmailInput, responses={202: None}, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Mails a link that sets a new password. Answers the same whether or not the address is known. At most three
        mails an hour."""
        passwords.request_reset(**self.read(EmailInput))
        return respond(None, 202)


class ResetPasswordView(DoorView):
    limit = "sign-in"

    @describe(
        "Set a new password",
        request=inputs.ResetPasswordInput,
        responses={204: None},
        problems=[ResetLinkInvalid],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """By the key of the mail, which works once, for an hour. Logs out every device: log in with the new one."""
        passwords.reset_password(**self.read(inputs.ResetPasswordInput), address=request_address(request)[:64])
        return respond(None, 204)
