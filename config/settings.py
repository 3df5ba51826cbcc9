"""
Settings of Veedor, in Django's order, then those of its dependencies, then our own.

What differs between installations comes from the environment, through ``config.environment`` and nothing else.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from config.embedded import broker_url, redis_url
from config.embedded.secrets import installation_secret
from config.environment import SEED_BYTES, choice, contact_address, env, signing_seed, storage
from config.logs import logging_settings
from config.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent

PRODUCTION = choice("DJANGO_ENV", "development", "production") == "production"
VEEDOR_HOME = Path(env("VEEDOR_HOME") or BASE_DIR / "var").absolute()
PORT = env("PORT")

# Core

DEBUG = env("DEBUG")
ALLOWED_HOSTS = env("ALLOWED_HOSTS")
SECRET_KEY = env("SECRET_KEY")

if PRODUCTION:
    # Otherwise it would start empty private servers beside its data, which nobody backs up.
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "CELERY_BROKER_URL"):
        if not env(name):
            raise ImproperlyConfigured(f"{name} is not set; production does not start without it.")
    if "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS holds '*'; production answers only for hosts that are named.")
    if len(SECRET_KEY) < 32:
        raise ImproperlyConfigured("SECRET_KEY has less than 32 characters; it can be guessed.")
    if DEBUG:
        raise ImproperlyConfigured("DEBUG is on; it shows settings and sources to strangers, so not in production.")
    if env("VEEDOR_METRICS_TOKEN") and len(env("VEEDOR_METRICS_TOKEN")) < 32:
        raise ImproperlyConfigured("VEEDOR_METRICS_TOKEN has less than 32 characters; it can be guessed.")
else:
    SECRET_KEY = SECRET_KEY or installation_secret(VEEDOR_HOME / "secret_key")
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]

HTTPS = choice("VEEDOR_HTTPS", "", "true", "false") == "true" if env("VEEDOR_HTTPS") else PRODUCTION

INSTALLED_APPS = [
    "config.admin_site.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_otp_webauthn",
    "pgtrigger",
    "pghistory",
    "contracts",
    "audits",
    "config",
]

MIDDLEWARE = [
    "config.monitoring.requests.MetricsMiddleware",
    "contracts.api.protocol.middleware.ApiMiddleware",
    "contracts.api.protocol.middleware.CompressMiddleware",
    "config.throttling.PageThrottleMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.upgrading.MigrationsMiddleware",
    "config.browsing.ContentPolicy",
    "config.browsing.Sessions",
    "config.browsing.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.browsing.Accounts",
    "config.browsing.OneTimePasswords",
    "config.browsing.SecondFactors",
    "config.browsing.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

# Files of forms pass through here on their way to the input gate; other fields stay within Django's 2.5 MB.
FILE_UPLOAD_HANDLERS = ["contracts.intake.received.spooling.SpoolUploadHandler"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database

# Without an address, the first connection starts the private PostgreSQL below VEEDOR_HOME: config/embedded.
PRIVATE_DATABASE = {"ENGINE": "config.embedded", "NAME": "veedor", "USER": "veedor"}
DATABASES: dict[str, Any] = {
    "default": env.db_url("DATABASE_URL", engine="config.database") if env("DATABASE_URL") else PRIVATE_DATABASE
}
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
    "options",
    f"-c statement_timeout={env('VEEDOR_STATEMENT_TIMEOUT')}s -c lock_timeout={env('VEEDOR_LOCK_TIMEOUT')}s"
    " -c idle_in_transaction_session_timeout=60s"
    # Each trigger reads this setting. If it is missing, each row causes an error, after which PostgreSQL looks at all
    # pending events of the transaction: the time of bulk writes then grows with the square of the rows.
    " -c pgtrigger.ignore={}"
    # A search reads all pending entries of an index of words. With 4 MB, the default, that takes longer than the
    # search itself; smaller portions cost a load nothing measurable.
    " -c gin_pending_list_limit=512kB",
)
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)

# The owner of the tables, only for `grantrights`, which takes from the application's role the rights to disable
# triggers and to empty tables. By default the application is the owner.
if env("DATABASE_MIGRATION_URL"):
    DATABASES["owner"] = env.db_url("DATABASE_MIGRATION_URL") | {"TEST": {"MIRROR": "default"}}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The broker's server also holds the counters of the throttles, which web processes share. Nothing else is cached:
# losing the cache must not matter.
CELERY_BROKER_URL = env("CELERY_BROKER_URL") or broker_url(VEEDOR_HOME)
CACHES = {
    "default": {
        "BACKEND": "contracts.runtime.counter_cache.CountingCache",
        "LOCATION": redis_url(CELERY_BROKER_URL),
        "KEY_PREFIX": "veedor-cache",
        # In the newer protocol servers may also send unrequested messages.
        "OPTIONS": {"socket_connect_timeout": 0.25, "socket_timeout": 0.25, "protocol": 2},
    },
}

# People

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"

# Languages and time

# Catalogs `pt` are Brazilian Portuguese, `pt_PT` what Portugal says differently; readers who ask for `pt` get the
# first.
LANGUAGES = [
    ("es", _("Spanish")),
    ("pt-br", _("Portuguese (Brazil)")),
    ("pt-pt", _("Portuguese (Portugal)")),
    ("en", _("English")),
]
LANGUAGE_CODE = "en"
# No cookie chooses a language: pages vary by Accept-Language alone, and a cache could hand one reader's to others.
LANGUAGE_COOKIE_NAME = None
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]
LOCALE_PATHS = [BASE_DIR / app / "locale" for app in ("config", "contracts", "audits")]
TIME_ZONE = "UTC"
USE_TZ = True

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static" if PRODUCTION else None  # collected for production only
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "received": storage(env("VEEDOR_STORAGE")),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}

# Security

CSRF_TRUSTED_ORIGINS = env("CSRF_TRUSTED_ORIGINS")
CSRF_FAILURE_VIEW = "config.views.not_from_here"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = SESSION_COOKIE_HTTPONLY = True
# It ends with the browser's window, and later shows nobody that somebody was at the form.
CSRF_COOKIE_AGE = None
# Sessions end when they are not used (VEEDOR_IDLE_MINUTES), and after this time in any case.
SESSION_ENGINE = "config.access.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
VEEDOR_IDLE_MINUTES = env("VEEDOR_IDLE_MINUTES")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]  # asked from inside, without the proxy
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Not "no-referrer": browsers then send "Origin: null" with forms, and the check against forged requests refuses it.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The number of proxies in front of the web server, whose headers are trusted.
VEEDOR_TRUSTED_PROXIES = env("VEEDOR_TRUSTED_PROXIES")
if VEEDOR_TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Logging

LOGGING = logging_settings(
    production=PRODUCTION, level=choice("LOG_LEVEL", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
)

# django-csp

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the icons in the style sheet of Swagger UI
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# whitenoise

WHITENOISE_USE_FINDERS = not PRODUCTION  # development serves from the packages, without collectstatic

# Django REST framework

THROTTLES = ("anonymous", "user", "submissions", "search", "exports", "pages", "guesses", "forms", "receipts")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "contracts.api.protocol.access.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "contracts.api.protocol.rows.pagination.CursorPage",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "contracts.api.protocol.access.throttles.AnonymousThrottle",
        "contracts.api.protocol.access.throttles.UserThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {scope: env(f"VEEDOR_THROTTLE_{scope.upper()}") for scope in THROTTLES},
    "EXCEPTION_HANDLER": "contracts.api.protocol.problems.exception_handler",
    "NUM_PROXIES": VEEDOR_TRUSTED_PROXIES,
    "COERCE_DECIMAL_TO_STRING": True,
    "UNICODE_JSON": True,
}

# drf-spectacular

SPECTACULAR_SETTINGS = {
    "TITLE": "Veedor",
    "DESCRIPTION": _("Public procurement records of AI and telecoms contracts, and the questions they raise."),
    "VERSION": "1",
    "EXTERNAL_DOCS": {"description": _("Guide"), "url": "/api/v1/guide/"},
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "WEBHOOKS": ["audits.following.webhook_description.search_changed"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "audits.following.webhook_description.with_headers",
        "config.openapi.with_tags",
        "config.openapi.with_examples",
    ],
}

# Celery: why each of these stands, see config/celery.py

# A worker takes from both unless one is named: people who wait do not stand behind a large load.
CELERY_TASK_QUEUES = [Queue("celery"), Queue("fresh")]
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE = True  # a failure is a fact in PostgreSQL, not a message to repeat
CELERY_TASK_ACKS_ON_TIMEOUT = True
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_TIME_LIMIT = 120  # seconds, far below the visibility timeout: no task runs twice at once
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
# A child with the rule sets of an installation uses some 450 MB; its replacement compiles them again for seconds.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 1_000_000  # KiB
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ETA_TASK_LIMIT = 100
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True  # a broker that is full ends no worker: it connects anew until there is room
CELERY_TASK_PUBLISH_RETRY = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": min(2.0, env("VEEDOR_BROKER_TIMEOUT")),
    "socket_timeout": env("VEEDOR_BROKER_TIMEOUT"),
    "socket_keepalive": True,
    "health_check_interval": 10,
    "global_keyprefix": "veedor:",
}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULER = "config.beat:Scheduler"

# Veedor

# Which flags the public sees: `reviewed` those that people confirmed, `all` every one, marked if unreviewed, `none`.
VEEDOR_PUBLICATION = choice("VEEDOR_PUBLICATION", "reviewed", "all", "none")
# Folder of the dumps, which a worker writes and the web reads.
VEEDOR_DUMPS = Path(env("VEEDOR_DUMPS") or VEEDOR_HOME / "dumps").absolute()
# Contact of the operator, and the link to it.
VEEDOR_CONTACT = env("VEEDOR_CONTACT")
VEEDOR_CONTACT_HREF = contact_address(VEEDOR_CONTACT)
if VEEDOR_CONTACT:
    SPECTACULAR_SETTINGS["CONTACT"] = {"email" if VEEDOR_CONTACT_HREF.startswith("mailto:") else "url": VEEDOR_CONTACT}
# How long one attempt at a submission or an audit may take before another worker may take over. Above the hard time
# limit of a task, or two workers would work on the same thing.
VEEDOR_LEASE_SECONDS = env("VEEDOR_LEASE_SECONDS")
if PRODUCTION and VEEDOR_LEASE_SECONDS <= CELERY_TASK_TIME_LIMIT:
    raise ImproperlyConfigured(
        f"VEEDOR_LEASE_SECONDS is {VEEDOR_LEASE_SECONDS}; it may be a number above {CELERY_TASK_TIME_LIMIT}."
    )
# Whether new contracts are held until a person accepts them, if their sender speaks for no publisher.
VEEDOR_HOLD_SUBMISSIONS = env("VEEDOR_HOLD_SUBMISSIONS")
# Whether contact points of organizations are public: names, e-mail addresses, telephone numbers.
VEEDOR_PUBLISH_CONTACT_POINTS = env("VEEDOR_PUBLISH_CONTACT_POINTS")
# The input gate, before every parser.
VEEDOR_MAX_BODY_BYTES = env("VEEDOR_MAX_BODY_BYTES")
VEEDOR_MAX_UNPACKED_BYTES = env("VEEDOR_MAX_UNPACKED_BYTES")
VEEDOR_MAX_ITEM_BYTES = env("VEEDOR_MAX_ITEM_BYTES")
VEEDOR_MAX_ITEM_VALUES = env("VEEDOR_MAX_ITEM_VALUES")
# The bytes that an account may send per day, 0 for no limit.
VEEDOR_QUOTA_BYTES = env("VEEDOR_QUOTA_BYTES")
# Requests with this bearer token get the figures of /metrics; without it only people who may view submissions.
VEEDOR_METRICS_TOKEN = env("VEEDOR_METRICS_TOKEN")
# 32 bytes that sign case files; empty in production if none is set.
VEEDOR_SIGNING_KEY = signing_seed(
    env("VEEDOR_SIGNING_KEY")
    or ("" if PRODUCTION else installation_secret(VEEDOR_HOME / "signing_key", length=SEED_BYTES))
)
# Days after which an undecided flag or claim is overdue.
VEEDOR_DESK_DAYS = env("VEEDOR_DESK_DAYS")
# Maximum number of minutes that a new flag waits for its figures to settle before it is in the queue.
VEEDOR_SETTLING_MINUTES = env("VEEDOR_SETTLING_MINUTES")
# The address of the site, for links in messages.
VEEDOR_SITE = env("VEEDOR_SITE").rstrip("/") or (
    f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION else f"http://127.0.0.1:{PORT}"
)
# People who see non-public data need a second factor, in production always; others may have one.
VEEDOR_SECOND_FACTOR = PRODUCTION or env("VEEDOR_SECOND_FACTOR")
OTP_TOTP_ISSUER = OTP_WEBAUTHN_RP_NAME = "Veedor"
# Passkeys belong to one site by its name; browsers make none for IP addresses, nor without TLS except on this machine.
_PASSKEY_SITE = VEEDOR_SITE.replace("//127.0.0.1", "//localhost")
if not _PASSKEY_SITE.startswith(("https://", "http://localhost")):
    _PASSKEY_SITE = "http://localhost"
OTP_WEBAUTHN_RP_ID = urlsplit(_PASSKEY_SITE).hostname
OTP_WEBAUTHN_ALLOWED_ORIGINS = [_PASSKEY_SITE]
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False
# Messages of saved searches; without a mail server they are written to the worker's output. A server that does not
# react within this many seconds fails the message: it is sent in a transaction, for which all other searches wait.
EMAIL_TIMEOUT = 10
vars().update(env.email_url("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env("VEEDOR_EMAIL_FROM")
# Maximum address space of one process of the web server or of a worker: config/memory.py.
VEEDOR_MAX_PROCESS_BYTES = env("VEEDOR_MAX_PROCESS_BYTES")
