"""allauth's door to us: its mails become jobs, its secrets are sealed, and nothing of it needs a cookie session."""

from io import BytesIO
from typing import Any

import requests
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.http import HttpRequest

from accounts.google import ask_google
from accounts.mails import request_notice_mail, request_verification_mail
from accounts.models import User
from fitai.common.sealing import seal, unseal

NOT_IN_USERNAMES = r"[^a-zA-Z0-9\s@._-]"  # of an address allauth takes what stands before the @
PURPOSE = "second factor"  # of what is sealed


class AccountAdapter(DefaultAccountAdapter):
    """How allauth's flows run behind an API."""

    def stash_verified_email(self, request: HttpRequest | None, email: str) -> None:
        """Nobody arrives with an address that was proven elsewhere."""

    def unstash_verified_email(self, request: HttpRequest | None) -> None:
        return None

    def is_email_verified(self, request: HttpRequest | None, email: str) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Flash messages belong to pages."""

    def send_confirmation_mail(self, request: HttpRequest | None, emailconfirmation: Any, signup: bool) -> None:
        address = emailconfirmation.email_address
        request_verification_mail(address.email, address_id=address.pk)


class SocialAdapter(DefaultSocialAccountAdapter):
    """How allauth's log-in through Google runs behind an API, and whom it lets in."""

    def list_apps(self, request: HttpRequest | None, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Google, as the settings have it; rows in the database would be a second truth."""
        return [SocialApp(provider="google", client_id=settings.GOOGLE_CLIENT_ID, secret=settings.GOOGLE_CLIENT_SECRET)]

    def get_requests_session(self) -> requests.Session:
        """allauth asks for tokens through our one way out."""
        session = requests.Session()
        session.trust_env, session.max_redirects = False, 0
        session.mount("https://", SafeTransport())
        session.mount("http://", SafeTransport())
        return session

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """The account that has verified the address. allauth would also take one that only claims it, and so lead the
        owner into an account that somebody else made in their name."""
        address = sociallogin.email_addresses[0].email
        owner = User.objects.filter(emailaddress__email=address, emailaddress__verified=True).first()
        return None if owner is None else (owner, address)

    def save_user(self, request: HttpRequest | None, sociallogin: SocialLogin, form: Any = None) -> User:
        """A new account that owns the address, under a name that Google knows and nobody has here."""
        told, newcomer = sociallogin.account.extra_data, sociallogin.user
        address = sociallogin.email_addresses[0].email
        person = User.objects.create_person(
            username=get_account_adapter().generate_unique_username(
                [told.get("name"), told.get("given_name"), address, "athlete"], regex=NOT_IN_USERNAMES
            ),
            email=address,
            verified=True,
            password=newcomer.password,  # none that works
            display_name=told.get("name", "")[:60].strip(),
            language=newcomer.language,
        )
        sociallogin.user = sociallogin.account.user = person
        sociallogin.account.save()
        return person

    def send_notification_mail(self, template: str, user: User, *args: Any, **kwargs: Any) -> None:
        """The one that allauth's linking sends: that there is a new way in."""
        request_notice_mail("google_linked", user.pk)


class SafeTransport(requests.adapters.BaseAdapter):
    """What `requests` sends goes out through `safe_http`, whatever it says of timeouts and proxies."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        sent: Any = request  # a form, whose body is text
        headers = {name: value for name, value in sent.headers.items() if name != "Content-Length"}
        answer = ask_google(sent.method, sent.url, content=sent.body.encode(), headers=headers)
        response = requests.Response()
        response.status_code, response.url, response.request = answer.status, sent.url, request
        response.headers.update(answer.headers)
        response.raw = BytesIO(answer.body)
        return response

    def close(self) -> None:
        """It keeps nothing open."""


class MfaAdapter(DefaultMFAAdapter):
    """How allauth keeps what an authenticator app and recovery codes are made from."""

    def encrypt(self, text: str) -> str:
        return seal(text.encode(), PURPOSE).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text.encode(), PURPOSE).decode()
