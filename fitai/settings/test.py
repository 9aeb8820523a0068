"""The suite: the real services, cheap hashes, generous limits."""

from fitai.settings.base import *  # noqa: F403  settings are layered by star import, as Django's own are
from fitai.settings.base import BASE_DIR, DATABASES, POSE_MODEL_FOLDERS, STATIC_ROOT, env

SECRET_KEY = "only-for-tests-0123456789-0123456789-0123456789"  # noqa: S105  nothing outside the suite knows it
VAPID_PRIVATE_KEY = "b25seS1mb3ItdGVzdHMtMDEyMzQ1Njc4OTAxMjM0NTY"
METRICS_TOKEN = "only-for-tests-of-the-figures"  # noqa: S105  the same
PUBLIC_URL = "http://localhost:8000"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LIMITS_FACTOR = 1000.0
WHITENOISE_AUTOREFRESH = True  # looks a file up when asked, not all of them for each of thousands of clients
DATABASES["default"].update(CONN_MAX_AGE=0, OPTIONS={"server_side_binding": True, "prepare_threshold": 3, "pool": None})
DATABASES["default"]["TEST"] = {"NAME": env.str("FITAI_TEST_DB", "test_fitai")}
GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET = "fitai-web", "only-for-tests"
GOOGLE_RETURN_URLS = ["https://app.example.org/welcome"]
# Nobody answers there: a test brings a Google of its own.
GOOGLE_AUTHORIZE_URL = GOOGLE_TOKEN_URL = GOOGLE_KEYS_URL = "http://localhost:9/"  # noqa: S105
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
POSE_MODEL_FOLDERS += [BASE_DIR.parent / "shared" / "models"]

LOG_JSON = False  # through the standard library, where tests can listen
