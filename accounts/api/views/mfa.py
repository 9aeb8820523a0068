"""The second factor."""

from allauth.mfa.adapter import get_adapter
from rest_framework.request import Request

from accounts.api.inputs import mfa as inputs
from accounts.api.outputs import mfa as outputs
from accounts.api.outputs.sessions import LoginOutput
from accounts.api.views.doors import SECRET, DoorView, admit
from accounts.errors import (
    AccountDeleted,
    AccountLocked,
    FactorActive,
    FactorMissing,
    InvalidCode,
    MfaTokenInvalid,
    ReauthRequired,
    TooManyTries,
)
from accounts.operations import mfa
from accounts.operations.reauth import require_recent
from fitai.common.api import ApiView, respond
from fitai.common.openapi import describe
from fitai.common.problems import NotFound
from fitai.common.rendering import Response
from fitai.common.throttling import request_address


class ProvenView(ApiView):
    """What needs the password, or a log-in younger than 10 minutes."""

    def prove(self) -> None:
        require_recent(self.actor, password=self.read(inputs.ReauthInput).get("password"))

    @property
    def address(self) -> str:
        return request_address(self.request)[:64]


class TotpView(ProvenView):
    @describe(
        "Begin a second factor",
        request=inputs.ReauthInput,
        responses={200: outputs.TotpOutput},
        problems=[ReauthRequired, FactorActive, TooManyTries],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """A secret for an authenticator app (TOTP: 6 digits, 30 s). Nothing is asked at log-in until it is confirmed,
        within 15 minutes. Needs the password, or a log-in younger than 10 minutes: else a phone that was borrowed could
        lock its owner out."""
        self.prove()
        secret, url = mfa.begin_totp(self.actor)
        shape = {"secret": secret, "otpauth_url": url, "qr_svg": get_adapter().build_totp_svg(url)}
        return respond(shape, headers=SECRET)

    @describe(
        "Remove the second factor",
        request=inputs.ReauthInput,
        responses={204: None},
        problems=[ReauthRequired, NotFound, TooManyTries],
        tags=["auth"],
    )
    def delete(self, request: Request) -> Response:
        """Its recovery codes go with it. Needs the password, or a log-in younger than 10 minutes."""
        self.prove()
        mfa.remove_totp(self.actor, address=self.address)
        return respond(None, 204)


class ConfirmTotpView(ProvenView):
    @describe(
        "Confirm the second factor",
        request=inputs.CodeInput,
        responses={200: outputs.RecoveryCodesOutput},
        problems=[FactorActive, FactorMissing, TooManyTries],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """With a code that the app shows. From now on log-in asks for one. Keep the recovery codes: nobody can read
        them again, only make new ones."""
        code = self.read(inputs.CodeInput)["code"]
        codes = mfa.confirm_totp(self.actor, code=code, address=self.address)
        return respond({"recovery_codes": codes}, headers=SECRET)


class RecoveryCodesView(ProvenView):
    @describe("My second factor", responses={200: outputs.FactorOutput}, tags=["auth"])
    def get(self, request: Request) -> Response:
        """Whether it is on, and how many recovery codes are left. The codes themselves are shown when they are made,
        and never again."""
        return respond(mfa.read_factor(self.actor.user_id))

    @describe(
        "Make new recovery codes",
        request=inputs.ReauthInput,
        responses={200: outputs.RecoveryCodesOutput},
        problems=[ReauthRequired, FactorMissing, TooManyTries],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """The old ones work no longer. Needs the password, or a log-in younger than 10 minutes."""
        self.prove()
        return respond({"recovery_codes": mfa.renew_recovery_codes(self.actor, address=self.address)}, headers=SECRET)


class VerifyView(DoorView):
    limit = "sign-in"

    @describe(
        "Log in with the second factor",
        request=inputs.FactorLoginInput,
        responses={200: LoginOutput},
        problems=[MfaTokenInvalid, InvalidCode, AccountLocked, AccountDeleted, TooManyTries],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """After a log-in that was answered with `mfa_required`: its token, and a code of the app or a recovery code.
        Token and code work once."""
        values = self.read(inputs.FactorLoginInput)
        device = self.device(values.pop("device_name", ""))
        return admit(mfa.verify(**values, device=device))
