"""allauth's door to us: its mails become jobs, its secrets are sealed, and nothing of it needs a cookie session."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from accounts.mails import request_verification_mail
from fitai.common.sealing import seal, unseal

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


class MfaAdapter(DefaultMFAAdapter):
    """How allauth keeps what an authenticator app and recovery codes are made from."""

    def encrypt(self, text: str) -> str:
        return seal(text.encode(), PURPOSE).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text.encode(), PURPOSE).decode()
