"""The log-in page of the admin."""

from django.test import Client

from accounts.enums import Role
from tests.cast import PASSWORD, make_person


def test_it_leads_to_the_admin_however_it_was_reached(db: None) -> None:
    make_person("olga", role=Role.ADMIN, is_staff=True, is_superuser=True)
    for address, target in (("", "/admin/"), ("?next=/admin/accounts/user/", "/admin/accounts/user/")):
        form = {"username": "olga", "password": PASSWORD}
        answer = Client().post(f"/admin/login/{address}", form)
        assert (answer.status_code, answer.headers["Location"]) == (302, target)
