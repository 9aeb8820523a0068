"""Logging in through Google: a browser there and back, a native app with its ID token, and the link to an account."""

from secrets import token_urlsafe

from django.conf import settings
from django.utils.translation import get_language_from_request
from rest_framework.request import Request

from accounts import errors
from accounts.api.inputs import google as inputs
from accounts.api.outputs import google as outputs
from accounts.api.outputs.sessions import LoginOutput
from accounts.api.views.doors import SECRET, DoorView, admit
from accounts.operations import google
from fitai.common.api import ApiView, respond
from fitai.common.openapi import describe
from fitai.common.rendering import Response
from fitai.common.throttling import request_address

COOKIE = "fitai-google"
COOKIE_PATH = "/api/v1/auth/google"
ENTERING = [
    errors.GoogleEmailUnverified,
    errors.MfaRequired,
    errors.AccountLocked,
    errors.AccountDeleted,
    errors.GoogleLinkFirst,
    errors.GoogleNotConfigured,
]


class GoogleDoor(DoorView):
    limit = "sign-in"

    @property
    def language(self) -> str:
        return get_language_from_request(self.request._request)

    def enter(self, proof: google.Proof, *, device_name: str = "", restore: bool) -> Response:
        """The answer of a log-in."""
        device = self.device(device_name)
        return admit(google.log_in_with_google(proof, device=device, language=self.language, restore=restore))


class GoogleView(GoogleDoor):
    http_method_names = ["get", "post", "options"]  # a HEAD begins nothing
    query = ("next", "code_challenge")

    @describe(
        "Log in with Google, in a browser",
        responses={302: None},
        parameters=[inputs.BeginQuery],
        problems=[errors.GoogleNotConfigured],
        tags=["auth"],
    )
    def get(self, request: Request) -> Response:
        """Leads the browser to Google. It comes back to `next` with `?code=` for `POST /auth/google/exchange`, or with
        `?error=`: `cancelled`, `state`, `refused`, `email_unverified` or `unavailable`."""
        values = self.read_query(inputs.BeginQuery)
        # Tells whether it is this browser that comes back; it lets nobody in. Tabs of one browser share it.
        browser = request.COOKIES.get(COOKIE) or token_urlsafe(32)
        url = google.begin(browser=browser, next=values.get("next"), challenge=values.get("code_challenge", ""))
        response = respond(None, 302, location=url, headers=SECRET)
        response.set_cookie(
            COOKIE,
            browser,
            max_age=google.STATE_LIFETIME,
            path=COOKIE_PATH,
            secure=settings.PUBLIC_URL.startswith("https://"),
            httponly=True,
            samesite="Lax",
        )
        return response

    @describe(
        "Log in with Google, in a native app",
        request=inputs.IdTokenInput,
        responses={200: LoginOutput},
        problems=[errors.GoogleTokenInvalid, *ENTERING, errors.GoogleUnavailable],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """With the ID token that Google gave the app, and the nonce that the app asked for it with. Answers as
        `POST /auth/login` does."""
        values = self.read(inputs.IdTokenInput)
        return self.enter(google.proof_of_token(values.pop("id_token"), values.pop("nonce", None)), **values)


class CallbackView(GoogleDoor):
    http_method_names = ["get", "options"]

    @property
    def query(self) -> tuple[str, ...]:  # type: ignore[override]
        """Whatever Google sends along: refusing it would leave people nowhere."""
        return tuple(self.request.query_params)

    @describe(
        "Come back from Google",
        responses={302: None},
        parameters=[inputs.CallbackQuery],
        problems=[errors.GoogleNotConfigured],
        tags=["auth"],
    )
    def get(self, request: Request) -> Response:
        """Where Google leads the browser, and from where it is led to the app at once, with a code that works once
        within 60 seconds, or with a word why not."""
        told = {name: request.query_params.get(name, "") for name in ("state", "code", "error")}
        url = google.come_back(
            state=told["state"],
            browser=request.COOKIES.get(COOKIE, ""),
            code=told["code"],
            refusal=told["error"],
            device=self.device(),
        )
        return respond(None, 302, location=url, headers=SECRET)


class ExchangeView(GoogleDoor):
    @describe(
        "Trade the code of a browser for tokens",
        request=inputs.ExchangeInput,
        responses={200: LoginOutput},
        problems=[errors.GoogleCodeInvalid, *ENTERING],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Works once, within 60 seconds. Answers as `POST /auth/login` does."""
        values = self.read(inputs.ExchangeInput)
        return self.enter(google.proof_of_code(values.pop("code"), values.pop("code_verifier", "")), **values)


class LinkView(ApiView):
    @describe(
        "Link a Google account",
        request=inputs.LinkInput,
        responses={200: outputs.LinkedOutput},
        problems=[
            errors.ReauthRequired,
            errors.GoogleEmailUnverified,
            errors.GoogleLinkedElsewhere,
            errors.GoogleLinkedAlready,
            errors.GoogleNotConfigured,
            errors.GoogleUnavailable,
        ],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """It opens this account from now on. Takes a log-in of the last 10 minutes, or the password."""
        values = self.read(inputs.LinkInput)
        proof = (
            google.proof_of_token(values["id_token"], values.get("nonce"))
            if "id_token" in values
            else google.proof_of_code(values["code"], values["code_verifier"])
        )
        address = request_address(request)[:64]
        account = google.link_google(self.actor, proof, password=values.get("password"), address=address)
        return respond(outputs.linked_shape(account))

    @describe(
        "Unlink Google",
        request=inputs.UnlinkInput,
        responses={204: None},
        problems=[errors.ReauthRequired, errors.LastWayIn, errors.NotFound],
        tags=["auth"],
    )
    def delete(self, request: Request) -> Response:
        """Takes a log-in of the last 10 minutes, or the password. Never the last way into the account."""
        values = self.read(inputs.UnlinkInput)
        google.unlink_google(self.actor, **values, address=request_address(request)[:64])
        return respond(None, 204)
