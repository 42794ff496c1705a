"""What every installation shares.

The other modules of this package hold what differs, and nothing else.
"""

from __future__ import annotations

import logging

import django_stubs_ext
from csp.constants import NONE, SELF

from config import env, logs, payments
from config.database import connection_settings
from config.embedded import recorded_url
from config.schedule import BEAT_SCHEDULE

# Admin classes and views name their model as a type parameter, which Django itself does not know at
# run time.
django_stubs_ext.monkeypatch()

PROCESS = env.process()
PROJECT_FOLDER = env.PROJECT_FOLDER
DATA_FOLDER = env.data_folder()

# --- the product ----------------------------------------------------------------------------------

PUBLIC_URL = env.text("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
REPORTING_CURRENCY = env.text("REPORTING_CURRENCY", default="USD")
# Whether Stripe adds tax to what is sold; it has to be set up there first.
STRIPE_AUTOMATIC_TAX = env.boolean("STRIPE_AUTOMATIC_TAX", default=False)
TARGET_MARGIN_BPS = env.integer("TARGET_MARGIN_BPS", default=7000)
# How much higher than known costs are reckoned when prices are designed, in basis points.
COST_BUFFER_BPS = env.integer("COST_BUFFER_BPS", default=4000)
# How many days before an action takes more credits customers are told at least.
RATE_NOTICE_DAYS = env.integer("RATE_NOTICE_DAYS", default=30)
# How much one member of staff gives a customer alone within 30 days: credits of one feature, and
# money in the reporting currency. What goes beyond it waits for a second person.
MANUAL_CREDITS_LIMIT = env.integer("MANUAL_CREDITS_LIMIT", default=1000)
MANUAL_MONEY_LIMIT = env.integer("MANUAL_MONEY_LIMIT", default=100)
# What of a larger allowance an upgrade grants at once: the share of the month that is left, or all.
ALLOWANCE_ON_UPGRADE = env.one_of("ALLOWANCE_ON_UPGRADE", ("prorated", "full"), default="prorated")
# Whether webhooks may go to this machine, its network, and without encryption.
WEBHOOK_ALLOW_PRIVATE = env.boolean("WEBHOOK_ALLOW_PRIVATE", default=False)
# The origins of your own apps, to which links in the portal may lead people back.
PORTAL_RETURN_URLS = [origin.rstrip("/").lower() for origin in env.words("PORTAL_RETURN_URLS")]
SALES_EMAIL = env.text("SALES_EMAIL", default="sales@tallybook.example")
SUPPORT_EMAIL = env.text("SUPPORT_EMAIL", default="support@tallybook.example")

# --- Stripe ---------------------------------------------------------------------------------------

vars().update(
    payments.stripe_settings(
        secret_key=env.text("STRIPE_SECRET_KEY"), sandbox_url=env.text("SANDBOX_URL")
    )
)

# --- Django ---------------------------------------------------------------------------------------

DEBUG = False
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
MIGRATION_MODULES = {"djstripe": "billing.stripe.mirror.migrations"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "config.apps.ConfigAppConfig",
    "accounts",
    "metering",
    "billing",
    "portal",
    "config.apps.TallybookAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "django_structlog",
    "djstripe",
    # Form widgets are rendered by the ordinary engine, so that templates/ may override them.
    "django.forms",
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

MIDDLEWARE = [
    "config.logs.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Programs go no further: what follows is for browsers.
    "portal.api.middleware.straight_to_the_api",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.time_zone_of_nobody",
    "portal.looking.StaffVisitDoor",
    "portal.middleware.language_of_the_reader",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PROJECT_FOLDER / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.shell",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
# Each in its own words, because whoever looks for theirs may not read the others.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LANGUAGE_COOKIE_NAME = "tallybook_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = False
USE_I18N = True
LOCALE_PATHS = [PROJECT_FOLDER / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# --- database and cache ---------------------------------------------------------------------------

# A web worker has WEB_THREADS threads, each of which may hold one connection; two to spare for
# health checks.
WEB_WORKERS = env.integer("WEB_WORKERS", default=2)
WEB_THREADS = env.integer("WEB_THREADS", default=4)
DATABASE_URL = env.database_url() or recorded_url(DATA_FOLDER)
DATABASES = {
    "default": connection_settings(DATABASE_URL, process=PROCESS, pool_size=WEB_THREADS + 2)
}

# Rate limits count in the cache and codes of sign-ins wait there, so every process must see the
# same one, and it must have room: a full cache forgets what is still good.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "tallybook_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# --- background work ------------------------------------------------------------------------------

CELERY_BROKER_URL = (
    env.text("CELERY_BROKER_URL") or "pgmq://" + DATABASE_URL.split("://", 1)[1].split("?", 1)[0]
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        # Queues live in our PostgreSQL; `manage.py install_broker` has put their schema there; no
        # extension is needed.
        "init_extension": False,
        # A worker is woken by NOTIFY; the short poll is for what was due while nobody listened.
        "use_notify": True,
        "polling_interval": 0.2,
        "wait_time_seconds": 0,
        # A task taken by a worker that was killed is given out again after this long.
        "visibility_timeout": 600,
        "pool_size": 3,
    }
    if CELERY_BROKER_URL.startswith("pgmq://")
    else {}
)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
# Threads, not processes: processes take their tasks from one pipe under one lock, and one that is
# killed while it holds the lock leaves the others waiting for ever. A worker of threads dies as a
# whole, and whoever looks after it starts it again.
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = env.integer("WORKER_THREADS", default=4)
# Other people's servers are slow at times: a worker of their own waits for them.
CELERY_TASK_ROUTES = {
    "accounts.deliver_webhooks": {"queue": "webhooks"},
    "accounts.ring_for_due_webhooks": {"queue": "webhooks"},
    "accounts.send_mail": {"queue": "webhooks"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 8
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
# In memory: every entry is a sweep that runs again soon, so there is nothing to remember between
# two starts.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"

# --- people ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    # Only for secrets that we make ourselves.
    "accounts.oauth.hashers.RandomSecretHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "portal.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/m/ip",
    "confirm_email": "1/10s/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
}
# How many proxies in front of us may be believed about a visitor's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", default=0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Tallybook"
USERSESSIONS_TRACK_ACTIVITY = False

# --- tokens ---------------------------------------------------------------------------------------

IDP_OIDC_ADAPTER = "portal.oauth.adapter.OAuthAdapter"
IDP_OIDC_ACCESS_TOKEN_FORMAT = "jwt"  # noqa: S105  how a token is written
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 60 * 60
IDP_OIDC_ID_TOKEN_EXPIRES_IN = 60 * 60
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 30 * 24 * 60 * 60

# --- mail -----------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", default=f"Tallybook <{SUPPORT_EMAIL}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10

# --- the browser's protection ---------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [
            SELF,
            *payments.form_targets(
                secret_key=env.text("STRIPE_SECRET_KEY"), sandbox_url=env.text("SANDBOX_URL")
            ),
        ],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "tallybook_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "tallybook_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- static files ---------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [PROJECT_FOLDER / "static"]
STATIC_ROOT = env.folder("STATIC_ROOT", default=DATA_FOLDER / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- API ------------------------------------------------------------------------------------------

# Nothing is open by accident: a view that names no authentication and no permission answers nobody.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["portal.api.wire.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.api.wire.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "portal.api.wire.ForgivingNegotiation",
    "EXCEPTION_HANDLER": "portal.api.resource.answer_exception",
    "UNAUTHENTICATED_USER": None,
}
# Per key and web worker; one minute's worth may come at once.
API_REQUESTS_PER_MINUTE = {
    "usage": env.integer("API_USAGE_REQUESTS_PER_MINUTE", default=6_000),
    "platform_usage": env.integer("API_PLATFORM_USAGE_REQUESTS_PER_MINUTE", default=120_000),
    "other": env.integer("API_REQUESTS_PER_MINUTE", default=1_200),
    # Per embed token: the visit of one person.
    "embed": env.integer("API_EMBED_REQUESTS_PER_MINUTE", default=120),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tallybook API",
    "DESCRIPTION": (
        "Report usage, and ask what an organization has, may use and is offered. "
        "Quantities are decimal numbers as text, money is whole minor units beside a currency, "
        "instants are RFC 3339 in UTC, errors are problem documents (RFC 9457)."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "SERVE_INCLUDE_SCHEMA": False,
    # Bodies are types of their own: what changes something says itself what may be left out.
    "COMPONENT_SPLIT_PATCH": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "persistAuthorization": False,
        "validatorUrl": None,
    },
    "SCHEMA_PATH_PREFIX": "/api/v[0-9]",
    "TAGS": [
        {"name": "usage", "description": "What your customers used."},
        {"name": "balances", "description": "What they have left."},
        {"name": "entitlements", "description": "What they may use now, and why not."},
        {"name": "flags", "description": "What is switched on for them."},
        {"name": "ofrep", "description": "The same for OpenFeature's clients."},
        {"name": "plans", "description": "What is on sale."},
        {"name": "embed", "description": "Costs and usage on the pages of your product."},
        {"name": "agreements", "description": "What was agreed."},
        {"name": "kinde", "description": "The same for clients that speak Kinde's dialect."},
    ],
    "POSTPROCESSING_HOOKS": [],
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "description": "An API key."},
            "header": {
                "type": "apiKey",
                "in": "header",
                "name": "X-API-Key",
                "description": "An API key.",
            },
        },
    },
    "SECURITY": [{"bearer": []}, {"header": []}],
}

# --- logs -----------------------------------------------------------------------------------------

LOGGING = logs.configure(process=PROCESS, level=env.text("LOG_LEVEL", default="INFO"))
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
