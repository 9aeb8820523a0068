"""allauth's door to us: its mails become jobs, and nothing of it needs a cookie session."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.mails import request_verification_mail


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
