"""Django settings. Values of this installation come from `HOUQIN_…` (see `environment.py`)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from houqin.project import environment

HERE = Path(__file__).resolve().parent.parent
ENVIRONMENT = environment.read()

DEBUG = ENVIRONMENT.debug and ENVIRONMENT.mode != "production"
SECRET_KEY = ENVIRONMENT.secret_key
TRAIL_KEY = ENVIRONMENT.trail_key
DOOR_KEY = ENVIRONMENT.door_key
#: (id, secret) of the keys of personal data, the newest first.
DATA_KEYS = ENVIRONMENT.data_keys
LOOKUP_KEYS = ENVIRONMENT.lookup_keys
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
BASE_URL = ENVIRONMENT.base_url or "http://127.0.0.1:8000"
DATA_DIR = ENVIRONMENT.data_dir
TRUSTED_PROXIES = list(ENVIRONMENT.trusted_proxies)
SECURE = ENVIRONMENT.tls or BASE_URL.startswith("https://")

SERVICES = sorted(
    f"houqin.services.{folder.parent.name}" for folder in (HERE / "services").glob("[a-z]*/apps.py")
)
OURS = [
    "houqin.foundation.kept",
    "houqin.foundation.trail",
    "houqin.foundation.limits",
    "houqin.foundation.personal",
    "houqin.foundation.people",
    "houqin.foundation.retention",
    "houqin.foundation.places",
    "houqin.foundation.calendar",
    "houqin.foundation.files",
    "houqin.foundation.backups",
    "houqin.foundation.notices",
    "houqin.foundation.channels",
    "houqin.foundation.brief",
    "houqin.foundation.roster",
    "houqin.affairs",
    "houqin.exchange",
    "houqin.portal",
    *SERVICES,
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "django_htmx",
    "template_partials",
    *OURS,
    # Of django-allauth the code alone: see houqin/foundation/people/identities.
    "houqin.foundation.people.identities.apps.AccountConfig",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    # After ours, so that the templates of our back office come before its own.
    "houqin.foundation.people.backoffice_app.BackOfficeConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "houqin.foundation.trail.middleware.AddressMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "houqin.project.demo_guard.DemoGuardMiddleware",
    "houqin.project.headers.HeadersMiddleware",
    "houqin.project.headers.CompressMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "houqin.portal.problems.ProblemMiddleware",
]

ROOT_URLCONF = "houqin.project.urls"
WSGI_APPLICATION = "houqin.project.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "houqin.portal.shell.shell",
            ],
        },
    }
]

_db = ENVIRONMENT.database
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _db.pop("dbname", "houqin"),
        "USER": _db.pop("user", ""),
        "PASSWORD": _db.pop("password", ""),
        "HOST": _db.pop("host", ""),
        "PORT": str(_db.pop("port", "")),
        # Statements are planned once a connection: planning is most of what a short query costs the server.
        "OPTIONS": {**_db, "server_side_binding": True, "prepare_threshold": 3},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "houqin_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["houqin.foundation.people.sign_in.DoorBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "houqin.foundation.people.passwords.ClassesValidator"},
    {"NAME": "houqin.foundation.people.passwords.HistoryValidator"},
]

MIGRATION_MODULES = {"account": None, "socialaccount": None}
SOCIALACCOUNT_ADAPTER = "houqin.foundation.people.identities.oidc.SettingsAdapter"
#: The OpenID provider; ``claim`` names whom it is for by ``match`` (staff_number or email), both empty for no rule.
OIDC = ENVIRONMENT.oidc
DINGTALK_LOGIN_URL = ENVIRONMENT.dingtalk_login_url
#: DingTalk's own script as a file of this machine: the page policy lets nothing in from elsewhere.
DINGTALK_JSAPI = ENVIRONMENT.dingtalk_jsapi
WECHAT_AUTHORIZE_URL = "https://open.weixin.qq.com/connect/oauth2/authorize"
#: Days until a password is to be changed (0: never), and until an initial one opens nothing any more.
PASSWORD_DAYS = ENVIRONMENT.password_days
INITIAL_PASSWORD_DAYS = ENVIRONMENT.initial_password_days
#: Minutes without use after which a session ends, of whose role asks for a second factor and of others (0: never).
IDLE_MINUTES = ENVIRONMENT.idle_minutes
IDLE_MINUTES_OTHERS = ENVIRONMENT.idle_minutes_others

SESSION_ENGINE = "houqin.foundation.people.sessions"
SESSION_COOKIE_NAME = "houqin_session"
SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day and the overtime after it
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_NAME = "houqin_csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "houqin.portal.problems.csrf_failure"
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.base_url] if ENVIRONMENT.base_url else []

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
# Only a proxy that HOUQIN_TRUSTED_PROXIES names may say that the outer leg was encrypted (see headers.py).
SECURE_PROXY_SSL_HEADER = None
CSP_REPORTS_KEPT: list[dict[str, Any]] | None = None

LANGUAGE_CODE = ENVIRONMENT.language
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英文"))]
LANGUAGE_COOKIE_NAME = "houqin_language"
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

_mail = urlsplit(ENVIRONMENT.email_url)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _mail.hostname else 'dummy'}.EmailBackend"
EMAIL_HOST = _mail.hostname or ""
EMAIL_PORT = environment.port_of(ENVIRONMENT.email_url) or (465 if _mail.scheme == "smtps" else 587)
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = _mail.scheme == "smtp+starttls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENVIRONMENT.email_from or "houqin@localhost"
DINGTALK_URL = ENVIRONMENT.dingtalk_url
WECHAT_URL = ENVIRONMENT.wechat_url
SMS_URL = ENVIRONMENT.sms_url

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"] if (HERE / "static").is_dir() else []
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = Path(unquote(urlsplit(ENVIRONMENT.storage_url).path) or DATA_DIR / "files")
BACKUP_DIR, BACKUP_TIME, BACKUP_KEEP = (
    ENVIRONMENT.backup_dir,
    ENVIRONMENT.backup_time,
    ENVIRONMENT.backup_keep,
)
WHITENOISE_MAX_AGE = 3600
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "houqin.foundation.files.quota.QuotaHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILES_MAX_IMAGE_BYTES = 20 * 1024 * 1024
FILES_MAX_DOCUMENT_BYTES = 50 * 1024 * 1024
#: Pictures are opened whole (some 4 bytes a pixel), JPEG at a fraction of its size.
FILES_MAX_IMAGE_PIXELS = 30_000_000
FILES_MAX_JPEG_PIXELS = 120_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # X-Frame-Options is set by our own middleware
    "security.W005",  # other names under the same domain are not ours to promise
    "security.W021",
]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "houqin.project.logs.formatter", "json": False},
        "json": {"()": "houqin.project.logs.formatter", "json": True},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "stream": sys.stderr,
            "formatter": ENVIRONMENT.log_format if ENVIRONMENT.log_format in {"text", "json"} else "text",
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "django.server": {"level": "WARNING"},
        # They write addresses in full, tokens and all.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}
