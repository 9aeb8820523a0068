"""Staff at their desks."""

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import User
from tests.cast import make_person


@pytest.fixture
def operator(db: None) -> User:
    """Who runs the server."""
    return make_person("olga", display_name="Olga", role=Role.ADMIN, is_staff=True, is_superuser=True)


@pytest.fixture
def desk(operator: User) -> Client:
    """The admin, in the browser of who runs the server."""
    client = Client()
    client.force_login(operator)
    return client
