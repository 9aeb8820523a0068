"""Development and `make run`: loopback only, mail as files, a secret made on first start."""

import secrets

from fitai.settings.base import *  # noqa: F403  settings are layered by star import, as Django's own are
from fitai.settings.base import BASE_DIR, FITAI_HOME, POSE_MODEL_FOLDERS, SECRET_KEY, STATIC_ROOT, env

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

if not SECRET_KEY:
    FITAI_HOME.mkdir(parents=True, exist_ok=True)
    _secret = FITAI_HOME / "secret_key"
    if not _secret.exists():
        _secret.touch(mode=0o600)
        _secret.write_text(secrets.token_urlsafe(48))
    SECRET_KEY = _secret.read_text()

if "EMAIL_URL" not in env.ENVIRON:
    EMAIL_BACKEND = "fitai.common.mail.EmlFileBackend"

LOG_JSON = env.bool("LOG_JSON", False)

DEMO_LOGIN = ("demo", "demo-fitai-2026")  # `create_demo` makes it, `make run` shows it
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
FETCH_POSE_MODEL = env.bool("FITAI_FETCH_POSE_MODEL", True)
POSE_MODEL_FOLDERS += [BASE_DIR.parent / "shared" / "models"]
