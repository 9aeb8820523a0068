"""The product as production serves it, but for TLS and limits, which a bench would run into at once."""

from fitai.settings.base import *  # noqa: F403  settings are layered by star import, as Django's own are
from fitai.settings.base import INSTALLED_APPS

SECRET_KEY = "only-for-the-bench-0123456789-0123456789-0123456789"
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
INSTALLED_APPS = [*INSTALLED_APPS, "bench"]
LIMITS_FACTOR = 1_000_000.0
