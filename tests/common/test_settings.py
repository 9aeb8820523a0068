"""Production refuses to start on what would be a hole."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOOD = {
    "DJANGO_SETTINGS_MODULE": "fitai.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "ALLOWED_HOSTS": "fitai.example",
    "PUBLIC_URL": "https://fitai.example",
    "DATABASE_URL": "postgres://db.fitai.example/fitai",
    "REDIS_URL": "redis://cache.fitai.example/0",
    "EMAIL_URL": "smtp+tls://mail.fitai.example:587",
}
REQUIRED = ["SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"]


def start(home: Path, program: str = "", **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of its own; a change of None leaves the variable out."""
    ours = {*GOOD, "DEBUG", "DATABASE_POOL", "LOG_JSON", "FITAI_TEST_DB", "METRICS_TOKEN"}
    env = {name: value for name, value in os.environ.items() if name not in ours}
    env |= {**GOOD, "FITAI_HOME": str(home)}
    for name, value in changes.items():
        env.pop(name, None)
        if value is not None:
            env[name] = value
    command = [sys.executable, "-c", f"from django.conf import settings as s; s.DEBUG\n{program}"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


def refusal(run: subprocess.CompletedProcess[str]) -> str:
    """The last line of a start that was refused."""
    assert run.returncode == 1, "it started"
    return run.stderr.strip().splitlines()[-1]


def test_it_starts_on_good_values(tmp_path: Path) -> None:
    program = "print(s.DEBUG, s.ALLOWED_HOSTS, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT)"
    run = start(tmp_path, program, DEBUG="1")
    assert run.stdout == "False ['fitai.example'] True True True\n", run.stderr


@pytest.mark.parametrize(
    ("name", "value"), [*((name, None) for name in REQUIRED), ("REDIS_URL", ""), ("EMAIL_URL", "")]
)
def test_a_value_is_missing_or_empty(tmp_path: Path, name: str, value: str | None) -> None:
    assert name.partition("_")[0].lower() in refusal(start(tmp_path, **{name: value})).lower()


@pytest.mark.parametrize(
    "key",
    [
        "only-for-tests-0123456789-0123456789-0123456789",
        "django-insecure-" + "0123456789abcdef" * 4,
        "a" * 64,
        "change-me",
    ],
)
def test_a_key_that_is_no_secret(tmp_path: Path, key: str) -> None:
    assert "SECRET_KEY" in refusal(start(tmp_path, SECRET_KEY=key))


@pytest.mark.parametrize("hosts", ["*", "fitai.example,*", ","])
def test_hosts_that_are_all_hosts(tmp_path: Path, hosts: str) -> None:
    assert "ALLOWED_HOSTS" in refusal(start(tmp_path, ALLOWED_HOSTS=hosts))


def test_a_token_for_the_figures_that_can_be_guessed(tmp_path: Path) -> None:
    assert "METRICS_TOKEN" in refusal(start(tmp_path, METRICS_TOKEN="x" * 31))


def test_djangos_own_checks_have_nothing_to_say(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name not in GOOD} | GOOD
    run = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**env, "FITAI_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr


def test_development_makes_its_own_secret_and_keeps_it(tmp_path: Path) -> None:
    def key() -> str:
        dev = {"DJANGO_SETTINGS_MODULE": "fitai.settings.dev", **dict.fromkeys(REQUIRED)}
        return start(tmp_path, "print(s.SECRET_KEY)", **dev).stdout.strip()

    first = key()
    assert (len(first) >= 50, key()) == (True, first)
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
