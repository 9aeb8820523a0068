"""Fixtures of the foundations' tests."""

from typing import Any

import pytest

from accounts.models import User
from tests.cast import ApiClient, client_of


@pytest.fixture(autouse=True)
def described_events() -> None:
    """Here events are made up."""


@pytest.fixture
def phone(athlete: User, settings: Any) -> ApiClient:
    """The athlete's phone, where the addresses of `tests.common.routes` exist; a fault is answered, not raised."""
    settings.ROOT_URLCONF = "tests.common.routes"
    return client_of(athlete, "phone", raise_request_exception=False)


@pytest.fixture
def nobody(settings: Any) -> ApiClient:
    """The same addresses, with nobody logged in."""
    settings.ROOT_URLCONF = "tests.common.routes"
    return ApiClient(raise_request_exception=False)
