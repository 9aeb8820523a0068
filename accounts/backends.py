"""The admin's log-in form: the same counted checks of password and second factor as the API's."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.enums import SecurityEventKind
from accounts.errors import InvalidCode, InvalidCredentials, TooManyTries
from accounts.models import SecurityEvent, User
from accounts.operations.factors import places_of, prove_factor
from accounts.operations.sessions import Device, check_password
from fitai.common.throttling import request_address


class CountedBackend(ModelBackend):
    """Logs in by username or address, with a code where a second factor is on. Wrong tries count with the API's."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        code: str = "",
        **kwargs: Any,
    ) -> User | None:
        if request is None or username is None or password is None:
            return None
        device = Device(request_address(request)[:64], request.headers.get("User-Agent", "")[:300])
        try:
            user = check_password(login=username, password=password, device=device)
            if user.has_factor:
                prove_factor(user, code, places=places_of(user, device), address=device.address)
        except (InvalidCredentials, InvalidCode, TooManyTries):
            raise PermissionDenied from None
        if not self.user_can_authenticate(user):
            return None
        SecurityEvent.record(SecurityEventKind.LOGGED_IN, user_id=user.pk, address=device.address, via="admin")
        return user

    def user_can_authenticate(self, user: Any) -> bool:
        """Neither locked nor deleted; asked at log-in and with each page."""
        return super().user_can_authenticate(user) and user.deleted_at is None
