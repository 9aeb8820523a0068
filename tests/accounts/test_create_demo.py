"""The accounts of a development server."""

import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from tests.cast import ApiClient


def run() -> str:
    output = StringIO()
    call_command("create_demo", stdout=output)
    return output.getvalue()


@pytest.fixture
def development(settings: Any, tmp_path: Path) -> Path:
    settings.DEMO_LOGIN = ("demo", "demo-fitai-2026")
    settings.FITAI_HOME = tmp_path
    return tmp_path


def test_makes_both_once(db: None, development: Path, anonymous: ApiClient) -> None:
    password_file = development / "admin_password"
    assert run() == (
        f"Demo account: demo / demo-fitai-2026\nAdmin account: admin, its password is in {password_file}\n"
    )
    assert stat.S_IMODE(password_file.stat().st_mode) == 0o600
    password = password_file.read_text().strip()
    answers = [
        anonymous.post("/api/v1/auth/login", {"login": login, "password": secret}).json()["user"]
        for login, secret in (("demo", "demo-fitai-2026"), ("admin", password))
    ]
    assert [(a["username"], a["role"], a["email_verified"]) for a in answers] == [
        ("demo", "user", True),
        ("admin", "admin", True),
    ]
    assert (run(), password_file.read_text().strip(), User.objects.count()) == ("", password, 2)


def test_not_elsewhere(db: None, settings: Any) -> None:
    assert not hasattr(settings, "DEMO_LOGIN")
    with pytest.raises(CommandError, match="development"):
        run()
    assert not User.objects.exists()
