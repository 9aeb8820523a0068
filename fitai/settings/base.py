"""Every setting, in sections. Each environment variable is read once, here, with its type."""

from datetime import timedelta
from pathlib import Path

import environ
from corsheaders.defaults import default_headers
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

# ── Where things are ─────────────────────────────────────────────────────────────────────────────
FITAI_HOME = Path(env.str("FITAI_HOME", str(BASE_DIR / "var"))).expanduser().resolve()
PORT = env.int("PORT", 8000)
# The embedded services of `make run` say here where they listen; the environment overrides them.
env.read_env(FITAI_HOME / "services.env")

# ── Core ─────────────────────────────────────────────────────────────────────────────────────────
SECRET_KEY = env.str("SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")
ROOT_URLCONF = "fitai.urls"
REACTIONS = "fitai.reactions.REACTIONS"
WSGI_APPLICATION = "fitai.wsgi.application"
ASGI_APPLICATION = "fitai.asgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.mfa",
    "rest_framework",
    "django_filters",
    "corsheaders",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "pgtrigger",
    "pghistory",
    "fitai.common",
    "fitai.observability",
    "fitai.embedded",
    "accounts",
    "exercises",
    "templates_app",
    "workouts",
    "analysis",
    "community",
    "fitai.privacy",
    "fitai.backup",
    "fitai.sockets",
]

# `ApiFirst` answers /api and /health at once: an API request passes the first four only.
MIDDLEWARE = [
    "fitai.common.middleware.RequestMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "fitai.common.middleware.ApiFirst",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "fitai" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# ── Data ─────────────────────────────────────────────────────────────────────────────────────────
# A thread keeps its connection; where threads come and go with the requests (uvicorn), a pool does. Never both.
DATABASE_POOL = env.int("DATABASE_POOL", 0)
CONNECTION_SECONDS = 1800  # after which a connection is made anew, with what the server keeps for it
DATABASES = {"default": env.db_url("DATABASE_URL", default="postgres:///fitai")}
DATABASES["default"].update(
    ENGINE="fitai.common.postgres",
    CONN_MAX_AGE=0 if DATABASE_POOL else CONNECTION_SECONDS,
    CONN_HEALTH_CHECKS=not DATABASE_POOL,
    DISABLE_SERVER_SIDE_CURSORS=True,
    OPTIONS={
        # A process that was stopped in mid-transaction must not hold its locks for as long as it is stopped.
        "options": "-c idle_in_transaction_session_timeout=10s",
        # Statements are planned once a connection; 0 turns that off, for a pooler that cannot follow it.
        "server_side_binding": True,
        "prepare_threshold": env.int("DATABASE_PREPARE_AFTER", 3) or None,
        "pool": {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 10, "max_lifetime": CONNECTION_SECONDS}
        if DATABASE_POOL
        else None,
    },
)
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "fitai",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
}
# Sockets share one Redis subscription a process (`fitai.common.live`), so no channel layer is configured.
CHANNEL_LAYERS: dict[str, dict[str, object]] = {}

# ── People ───────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["accounts.hashers.PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/admin/"  # only the admin has a log-in page
AUTHENTICATION_BACKENDS = ["accounts.backends.CountedBackend"]
ACCESS_TOKEN_LIFETIME = timedelta(minutes=15)
REFRESH_TOKEN_LIFETIME = timedelta(days=30)
REFRESH_TOKEN_ABSOLUTE_LIFETIME = timedelta(days=180)
REFRESH_TOKEN_GRACE = timedelta(seconds=10)
PASSWORD_RESET_TIMEOUT = 3600  # seconds
# Where the links in mails lead, with `?key=` after them; a front end may have pages of its own.
VERIFY_EMAIL_URL = env.str("VERIFY_EMAIL_URL", f"{PUBLIC_URL}/api/v1/auth/verify-email")
RESET_PASSWORD_URL = env.str("RESET_PASSWORD_URL", f"{PUBLIC_URL}/account/reset-password")
SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "AUDIENCE": "fitai-api",
    "ISSUER": "fitai",
    "TOKEN_TYPE_CLAIM": "typ",
    "USER_ID_CLAIM": "sub",
}
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # usernames are unique whatever their case, by a constraint on lower(username)

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_PREVENT_ENUMERATION = "strict"  # a taken address registers like any other; only its mailbox learns of it
ACCOUNT_EMAIL_VERIFICATION = "optional"  # people train before they verify; what needs it asks for it
ACCOUNT_EMAIL_CONFIRMATION_HMAC = True
ACCOUNT_CHANGE_EMAIL = True  # one address an account: a new one replaces the old when it is proven
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_USERNAME_BLACKLIST = ["admin", "administrator", "fitai", "me", "moderator", "root", "support", "system"]
ACCOUNT_RATE_LIMITS = False  # ours are atomic and shared by all processes

# ── Google ───────────────────────────────────────────────────────────────────────────────────────
# Without a client id, the routes of Google log-in answer that there is none here (docs/google.md).
GOOGLE_CLIENT_ID = env.str("GOOGLE_CLIENT_ID", "")
GOOGLE_CLIENT_SECRET = env.str("GOOGLE_CLIENT_SECRET", "")
GOOGLE_AUDIENCES = env.list("GOOGLE_AUDIENCES", default=[])  # client ids of native apps, beside our own
GOOGLE_RETURN_URLS = env.list("GOOGLE_RETURN_URLS", default=[])  # where the browser may end; the first by default
GOOGLE_ISSUERS = env.list("GOOGLE_ISSUERS", default=["https://accounts.google.com", "accounts.google.com"])
GOOGLE_AUTHORIZE_URL = env.str("GOOGLE_AUTHORIZE_URL", "https://accounts.google.com/o/oauth2/v2/auth")
GOOGLE_TOKEN_URL = env.str("GOOGLE_TOKEN_URL", "https://oauth2.googleapis.com/token")
GOOGLE_KEYS_URL = env.str("GOOGLE_KEYS_URL", "https://www.googleapis.com/oauth2/v3/certs")
GOOGLE_PATIENCE_SECONDS = env.float("GOOGLE_PATIENCE_SECONDS", 4.0)  # for one answer, whole
SOCIALACCOUNT_ADAPTER = "accounts.adapter.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = {"google": {"SCOPE": ["openid", "email", "profile"], "OAUTH_PKCE_ENABLED": True}}
MFA_ADAPTER = "accounts.adapter.MfaAdapter"
MFA_TOTP_ISSUER = "FitAI"
MFA_TOTP_TOLERANCE = 1  # steps of 30 s that the clock of a phone may be off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # what needs a verified address is listed in the contract, and this is not in it
API_KEYS_PER_USER = 20

# ── API ──────────────────────────────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.SessionTokenAuthentication",
        "accounts.authentication.ApiKeyAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["fitai.common.permissions.Authenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["fitai.common.throttling.Limits"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["fitai.common.parsing.JsonParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "fitai.common.rendering.ByItsType",
    "DEFAULT_SCHEMA_CLASS": "fitai.common.openapi.Schema",
    "EXCEPTION_HANDLER": "fitai.common.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "FitAI",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": (
        "The open fitness backend. Log in with `POST /auth/login` and send `Authorization: Bearer <access>`.\n\n"
        "Every refusal is a problem document (RFC 9457); `type` is the address of a page that explains it."
    ),
    "LICENSE": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_NO_READ_ONLY_REQUIRED": True,
    "ENUM_NAME_OVERRIDES": {
        "TemplateVisibility": "templates_app.enums.Visibility",
        "WritableVisibility": "templates_app.api.inputs.VISIBILITIES",
        "TrainingGoal": "accounts.enums.TrainingGoal",
        "TemplateSource": "templates_app.enums.Source",
        "EnrolmentStatus": "templates_app.enums.EnrolmentStatus",
        "TrainingMaxSource": "templates_app.enums.MaxSource",
        "LoadType": "templates_app.enums.LoadType",
        "ProgressionRule": "templates_app.enums.Rule",
        "WorkoutStatus": "workouts.enums.Status",
        "SetKind": "workouts.enums.SetKind",
        "RecordKind": "workouts.enums.RecordKind",
        "WeightUnit": "workouts.enums.WeightUnit",
        "DistanceUnit": "workouts.enums.DistanceUnit",
        "JobStatus": "fitai.common.models.Job.Status",
        "Muscle": "exercises.enums.Muscle",
        "Equipment": "exercises.enums.Equipment",
        "ExerciseKind": "exercises.enums.Kind",
        "ExerciseStatus": "exercises.enums.Status",
        "MediaKind": "exercises.enums.MediaKind",
        "MediaStatus": "exercises.enums.MediaStatus",
        "Level": "exercises.enums.Difficulty",
        "Audience": "accounts.enums.Audience",
        "VariationRelation": "exercises.enums.Relation",
        "ProposalStatus": "exercises.enums.ProposalStatus",
        "FindingSeverity": "exercises.enums.Severity",
        "PersonRelation": "accounts.enums.Relation",
        "Injury": "accounts.enums.Injury",
        "LengthUnit": "accounts.enums.LengthUnit",
        "ConsentArea": "accounts.enums.ConsentArea",
        "CoachingStatus": "accounts.enums.CoachingStatus",
        "InvitationAnswer": "accounts.enums.InvitationAnswer",
        "MetricKind": "accounts.enums.MetricKind",
        "MetricUnit": "accounts.enums.MetricUnit",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "fitai.common.openapi.finish",
        "fitai.examples.attach",
    ],
}
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/.*$"
CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key", "if-match", "if-none-match", "x-request-id"]
CORS_EXPOSE_HEADERS = [
    *("ETag", "Location", "Retry-After", "X-Request-ID", "Idempotent-Replayed"),
    *("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_BYTES = {  # of files in a body, at the paths that take any
    "/api/v1/form-analyses": 200_000_000,
    "/api/v1/users/upload-avatar": 5_000_000,
    "/api/v1/exercises/{id}/media": 50_000_000,
}
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

# ── Limits ───────────────────────────────────────────────────────────────────────────────────────
# (count, seconds) of each bucket; FITAI_LIMITS_FACTOR scales them all.
LIMITS = {
    "read": (600, 60),
    "write": (300, 60),
    "search": (120, 60),
    "register": (100, 3600),
    "mail": (3, 3600),
    "avatar": (30, 3600),
    "exercise-media": (30, 3600),
    "friend-request": (50, 86400),
    "coach-invitation": (20, 86400),
    "group-invitation": (200, 86400),
    "sign-in": (60, 60),
    "handshake": (120, 60),
    "socket-message": (1200, 60),
    "cue": (30, 60),
    "ai": (60, 86400),
    "export": (5, 86400),
    "form-video": (1800, 86400),  # seconds of video
}
LIMITS_FACTOR = env.float("FITAI_LIMITS_FACTOR", 1.0)
SOCKETS_PER_USER = 10
SOCKETS_PER_ADDRESS = 20
SUBSCRIPTIONS_PER_SOCKET = 50

# ── Background work ──────────────────────────────────────────────────────────────────────────────
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ACKS_LATE = False  # a message is only the doorbell: the job row and its lease are the truth
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 3, "socket_connect_timeout": 2, "global_keyprefix": "fitai:"}

# ── Training ─────────────────────────────────────────────────────────────────────────────────────
WORKOUT_ABANDONED_AFTER_HOURS = env.float("WORKOUT_ABANDONED_AFTER_HOURS", 6)

# ── Mail ─────────────────────────────────────────────────────────────────────────────────────────
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "FitAI <no-reply@fitai.localhost>")
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20  # seconds; a mail server that hangs must not keep a worker
EMAIL_FILE_PATH = FITAI_HOME / "mail"  # where mail goes that stays on this machine

# ── Notifications ────────────────────────────────────────────────────────────────────────────────
# Each channel is a class and a line here; its name is its column of everybody's preferences (docs/notifications.md).
NOTIFICATION_CHANNELS = {
    "in_app": "accounts.channels.in_app.InAppChannel",
    "email": "accounts.channels.email.EmailChannel",
    "push": "accounts.channels.push.PushChannel",
}
PUSH_DEVICES_PER_USER = 20
# The key that push services know this server by: 32 bytes in base64url. Without it nothing is pushed.
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", "")
VAPID_SUBJECT = env.str("VAPID_SUBJECT", "")  # mailto: or https:, where push services complain; else PUBLIC_URL
# `host:port` that outbound requests may ask though it is not public, or not at port 80 or 443.
OUTBOUND_ALLOWED = env.list("OUTBOUND_ALLOWED", default=[])

# ── Catalogues of others ─────────────────────────────────────────────────────────────────────────
# What is read of one at most (docs/exercises.md).
EXERCISE_SOURCES = {
    "deadline_seconds": env.float("EXERCISE_SOURCE_DEADLINE_SECONDS", 60),  # of one page
    "max_bytes": env.int("EXERCISE_SOURCE_MAX_BYTES", 32_000_000),  # of one page
    "max_pages": env.int("EXERCISE_SOURCE_MAX_PAGES", 200),
    "max_entries": env.int("EXERCISE_SOURCE_MAX_ENTRIES", 20_000),
}

# ── Language, time, files ────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español")]
FORMAT_MODULE_PATH = "fitai.formats"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = FITAI_HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "fitai" / "static"]
MEDIA_ROOT = FITAI_HOME / "media"
# Files of people lie in FITAI_HOME/media, or in a bucket of an object store that speaks S3.
S3_BUCKET = env.str("S3_BUCKET", "")
S3_OPTIONS = {
    "bucket_name": S3_BUCKET,
    "endpoint_url": env.str("S3_ENDPOINT_URL", "") or None,  # Amazon's own where there is none
    "region_name": env.str("S3_REGION", "") or None,
    "access_key": env.str("S3_ACCESS_KEY_ID", "") or None,
    "secret_key": env.str("S3_SECRET_ACCESS_KEY", "") or None,
}
# Where the public ones are read by everybody: a CDN in front of PUBLIC_URL/media/public, or of the bucket's `public/`.
MEDIA_BASE_URL = env.str("MEDIA_BASE_URL", "").rstrip("/")
STORAGES = {
    "default": {"BACKEND": "fitai.common.media.s3.ObjectStorage", "OPTIONS": S3_OPTIONS}
    if S3_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

# ── Pages ────────────────────────────────────────────────────────────────────────────────────────
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        # django-unfold runs Alpine.js, which evaluates its attributes; the API and its docs do without.
        "script-src": ["'self'", "'unsafe-inline'", "'unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"

# ── Admin ────────────────────────────────────────────────────────────────────────────────────────
ADMINS, MODERATORS = "fitai.common.admin.is_admin", "fitai.common.admin.is_moderator"
UNFOLD = {
    "SITE_TITLE": "FitAI",
    "SITE_HEADER": "FitAI",
    "SITE_SUBHEADER": "Admin",
    "SITE_SYMBOL": "fitness_center",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("fitai/icon.svg")}],
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda request: static("fitai/admin.css")],
    "DASHBOARD_CALLBACK": "workouts.admin.dashboard.show",
    "COLORS": {
        "primary": {
            "50": "oklch(97.9% .021 166.1)",
            "100": "oklch(95% .052 163.1)",
            "200": "oklch(90.5% .093 164.2)",
            "300": "oklch(84.5% .143 165)",
            "400": "oklch(76.5% .177 163.2)",
            "500": "oklch(59.6% .145 163.2)",
            "600": "oklch(50.8% .118 165.6)",
            "700": "oklch(43.2% .095 166.9)",
            "800": "oklch(37.8% .077 168.9)",
            "900": "oklch(30% .06 170)",
            "950": "oklch(26.2% .051 172.6)",
        }
    },
    "SIDEBAR": {
        "navigation": [
            {
                "items": [{"title": "Dashboard", "icon": "space_dashboard", "link": reverse_lazy("admin:index")}],
            },
            {
                "title": "People",
                "items": [
                    {
                        "title": "People",
                        "icon": "group",
                        "link": reverse_lazy("admin:accounts_user_changelist"),
                        "permission": MODERATORS,
                    },
                    {
                        "title": "Devices",
                        "icon": "devices",
                        "link": reverse_lazy("admin:accounts_session_changelist"),
                        "permission": MODERATORS,
                    },
                    {
                        "title": "Security events",
                        "icon": "shield_person",
                        "link": reverse_lazy("admin:accounts_securityevent_changelist"),
                        "permission": MODERATORS,
                    },
                ],
            },
            {
                "title": "Training",
                "items": [
                    {
                        "title": "Workouts",
                        "icon": "fitness_center",
                        "link": reverse_lazy("admin:workouts_workout_changelist"),
                        "permission": ADMINS,
                    },
                    {
                        "title": "Groups",
                        "icon": "diversity_3",
                        "link": reverse_lazy("admin:workouts_group_changelist"),
                        "permission": ADMINS,
                    },
                    {
                        "title": "Templates",
                        "icon": "calendar_view_week",
                        "link": reverse_lazy("admin:templates_app_template_changelist"),
                        "permission": ADMINS,
                    },
                    {
                        "title": "Exercises",
                        "icon": "exercise",
                        "link": reverse_lazy("admin:exercises_exercise_changelist"),
                        "permission": MODERATORS,
                    },
                    {
                        "title": "Awaiting review",
                        "icon": "rate_review",
                        "link": reverse_lazy("admin:exercises_submission_changelist"),
                        "permission": MODERATORS,
                        "badge": "exercises.admin.queue.badge",
                        "badge_variant": "primary",
                    },
                    {
                        "title": "Decisions",
                        "icon": "gavel",
                        "link": reverse_lazy("admin:exercises_decision_changelist"),
                        "permission": MODERATORS,
                    },
                    {
                        "title": "Ratings",
                        "icon": "star_rate",
                        "link": reverse_lazy("admin:exercises_rating_changelist"),
                        "permission": MODERATORS,
                    },
                    {
                        "title": "Searches",
                        "icon": "search_insights",
                        "link": reverse_lazy("admin:exercises_loggedsearch_changelist"),
                        "permission": MODERATORS,
                    },
                    {
                        "title": "Exercise media",
                        "icon": "photo_library",
                        "link": reverse_lazy("admin:exercises_media_changelist"),
                        "permission": MODERATORS,
                    },
                    {
                        "title": "Sources",
                        "icon": "cloud_download",
                        "link": reverse_lazy("admin:exercises_source_changelist"),
                        "permission": MODERATORS,
                    },
                    {
                        "title": "Form analyses",
                        "icon": "videocam",
                        "link": reverse_lazy("admin:analysis_formanalysis_changelist"),
                        "permission": ADMINS,
                    },
                ],
            },
            {
                "title": "Platform",
                "items": [
                    {
                        "title": "Jobs",
                        "icon": "conveyor_belt",
                        "link": reverse_lazy("admin:common_job_changelist"),
                        "permission": ADMINS,
                    },
                    {
                        "title": "Events",
                        "icon": "receipt_long",
                        "link": reverse_lazy("admin:common_event_changelist"),
                        "permission": ADMINS,
                    },
                ],
            },
        ],
    },
}

# ── Form analysis ────────────────────────────────────────────────────────────────────────────────
# The pose model: this path, else the first that lies in one of the folders.
POSE_MODEL = env.str("FITAI_POSE_MODEL", "")
POSE_MODEL_DIGEST = env.str("FITAI_POSE_MODEL_DIGEST", "")  # as results name it: no other model is loaded
POSE_MODEL_FOLDERS = [FITAI_HOME / "weights"]
FETCH_POSE_MODEL = env.bool("FITAI_FETCH_POSE_MODEL", False)  # by the first start, where there is none

# ── How long data stays ──────────────────────────────────────────────────────────────────────────
# Days; one purge job keeps them (docs/privacy.md shows this table).
RETENTION_DAYS = {
    "deleted_accounts": env.int("RETENTION_DELETED_ACCOUNTS", 30),
    "exports": env.int("RETENTION_EXPORTS", 7),
    "deleted_workouts": env.int("RETENTION_DELETED_WORKOUTS", 30),
    "idle_groups": env.int("RETENTION_IDLE_GROUPS", 30),
    "friend_requests": env.int("RETENTION_FRIEND_REQUESTS", 90),
    "ended_devices": env.int("RETENTION_ENDED_DEVICES", 180),
    "pending_factors": env.int("RETENTION_PENDING_FACTORS", 1),
    "security_events": env.int("RETENTION_SECURITY_EVENTS", 400),
    "operation_answers": env.int("RETENTION_OPERATION_ANSWERS", 1),
    "idempotency_keys": env.int("RETENTION_IDEMPOTENCY_KEYS", 1),
    "finished_jobs": env.int("RETENTION_FINISHED_JOBS", 30),
    "user_events": env.int("RETENTION_USER_EVENTS", 30),
    "notifications": env.int("RETENTION_NOTIFICATIONS", 90),
    "form_originals": env.int("RETENTION_FORM_ORIGINALS", 0),
    "google_tickets": env.int("RETENTION_GOOGLE_TICKETS", 0),
    "deleted_metrics": env.int("RETENTION_DELETED_METRICS", 30),
    "avatar_leftovers": env.int("RETENTION_AVATAR_LEFTOVERS", 0),
    "searches": env.int("RETENTION_SEARCHES", 90),
    "exercise_media_leftovers": env.int("RETENTION_EXERCISE_MEDIA_LEFTOVERS", 0),
}

# ── Logs ─────────────────────────────────────────────────────────────────────────────────────────
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOG_JSON = env.bool("LOG_JSON", True)
LOGGING_CONFIG = None  # fitai.observability configures logging for every role alike

# ── Backups (docs/operations.md) ─────────────────────────────────────────────────────────────────
BACKUP_KEY = env.str("BACKUP_KEY", "")  # 32 bytes in base64, kept apart from the server
BACKUP_KEY_FILE = env.str("BACKUP_KEY_FILE", "")  # where it lies, instead

# ── Traces (docs/operations.md) ──────────────────────────────────────────────────────────────────
# OpenTelemetry reads its standard variables itself; these say whether it is there at all.
TRACES_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "") or env.str("OTEL_EXPORTER_OTLP_ENDPOINT", "")
TRACES_EXPORTER = env.str("OTEL_TRACES_EXPORTER", "") or ("otlp" if TRACES_ENDPOINT else "none")
if env.bool("OTEL_SDK_DISABLED", False):
    TRACES_EXPORTER = "none"
if TRACES_EXPORTER not in ("otlp", "console", "none"):
    raise ImproperlyConfigured("OTEL_TRACES_EXPORTER must be otlp, console or none")
if env.str("OTEL_EXPORTER_OTLP_PROTOCOL", "") not in ("", "http/protobuf"):
    raise ImproperlyConfigured("OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf, the one that is spoken here")

# ── Figures (docs/operations.md) ─────────────────────────────────────────────────────────────────
METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # what Prometheus sends; without one there is no /metrics
METRICS_PORT = env.int("METRICS_PORT", 0)  # where a worker, which has no other door, shows its own
METRICS_FOLDER = env.str("PROMETHEUS_MULTIPROC_DIR", "")  # shared by the processes of one machine; its client reads it
