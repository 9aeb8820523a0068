"""Development and `make run`: loopback only, mail as files, secrets made on first start."""

import base64
import os
import secrets
from collections.abc import Callable
from contextlib import suppress

from fitai.settings.base import *  # noqa: F403  settings are layered by star import, as Django's own are
from fitai.settings.base import (
    BASE_DIR,
    FITAI_HOME,
    METRICS_TOKEN,
    POSE_MODEL_FOLDERS,
    SECRET_KEY,
    STATIC_ROOT,
    VAPID_PRIVATE_KEY,
    env,
)


def _made_once(name: str, make: Callable[[], str]) -> str:
    """A secret of this FITAI_HOME, made by its first start and read by its owner alone."""
    file = FITAI_HOME / name
    if not file.exists():
        FITAI_HOME.mkdir(parents=True, exist_ok=True)
        draft = FITAI_HOME / f".{name}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(make())
        with suppress(FileExistsError):
            os.link(draft, file)  # the first of several starts at once
        draft.unlink()
    return file.read_text().strip()


def _vapid_key() -> str:
    """A private key of the curve P-256: any number below its order."""
    return base64.urlsafe_b64encode((secrets.randbelow(2**255) + 1).to_bytes(32)).decode().rstrip("=")


ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

SECRET_KEY = SECRET_KEY or _made_once("secret_key", lambda: secrets.token_urlsafe(48))
VAPID_PRIVATE_KEY = VAPID_PRIVATE_KEY or _made_once("vapid_key", _vapid_key)
METRICS_TOKEN = METRICS_TOKEN or _made_once("metrics_token", lambda: secrets.token_urlsafe(32))

if "EMAIL_URL" not in env.ENVIRON:
    EMAIL_BACKEND = "fitai.common.mail.EmlFileBackend"

LOG_JSON = env.bool("LOG_JSON", False)

DEMO_LOGIN = ("demo", "demo-fitai-2026")  # `create_demo` makes it, `make run` shows it
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
FETCH_POSE_MODEL = env.bool("FITAI_FETCH_POSE_MODEL", True)
POSE_MODEL_FOLDERS += [BASE_DIR.parent / "shared" / "models"]
