"""Production: refuses to start on a missing or default value, serves only over TLS."""

from django.core.exceptions import ImproperlyConfigured

from fitai.settings.base import *  # noqa: F403  settings are layered by star import, as Django's own are
from fitai.settings.base import ALLOWED_HOSTS, METRICS_TOKEN, env

SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith("django-insecure-"):
    raise ImproperlyConfigured("SECRET_KEY must have 50 characters or more, made by chance: openssl rand -base64 48")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts that this server answers for")
for _name in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "EMAIL_URL"):
    if not env.str(_name):
        raise ImproperlyConfigured(f"{_name} must not be empty")
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:
    raise ImproperlyConfigured("METRICS_TOKEN must have 32 characters or more, made by chance: openssl rand -hex 32")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
