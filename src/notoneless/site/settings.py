"""Django's settings; every choice an installation may make comes from an environment variable."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from notoneless.site.database import database_from
from notoneless.site.keys import data_key, receipt_key, secret_key
from notoneless.site.sqlite_engine import use_safe_sqlite

HOME = Path(os.environ.get("NOTONELESS_HOME") or Path.cwd() / "var").absolute()
HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
HTTPS = os.environ.get("NOTONELESS_HTTPS") == "1"

DEBUG = os.environ.get("NOTONELESS_DEBUG") == "1"
SECRET_KEY = secret_key(HOME)
DATA_KEY = data_key(HOME)
RECEIPT_KEY = receipt_key(HOME)
ALLOWED_HOSTS = os.environ.get("NOTONELESS_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
# Where people reach us, for links that are handed over; a request's Host header may be anybody's.
BASE_URL = os.environ.get("NOTONELESS_BASE_URL", "http://localhost:8000").rstrip("/")
# How many proxies of ours stand in front; only what they wrote into X-Forwarded-For is believed.
PROXIES = int(os.environ.get("NOTONELESS_PROXIES", "0"))
# The county's own calendar; without one, the usual terms and the nation's holidays.
CALENDAR_FILE = os.environ.get("NOTONELESS_CALENDAR_FILE", "")
# How people are told (docs/explanation/being-told.md); without it nothing is sent.
DELIVERY_FILE = os.environ.get("NOTONELESS_DELIVERY_FILE", "")
# The county's own outlines (GeoJSON) for the map of its townships; shown only with their approval number.
MAP_FILE = os.environ.get("NOTONELESS_MAP_FILE", "")
MAP_APPROVAL = os.environ.get("NOTONELESS_MAP_APPROVAL", "")
# The demo moves its own clock and says so on every page.
DEMO = bool(os.environ.get("NOTONELESS_DEMO_CLOCK_FILE"))

DATABASES = {
    "default": database_from(
        os.environ.get("NOTONELESS_DATABASE_URL") or f"sqlite://{HOME / 'notoneless.sqlite3'}",
        pool_size=int(os.environ.get("NOTONELESS_DATABASE_POOL", "8")),
    )
}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    use_safe_sqlite()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "notoneless.records",
]
if find_spec("notoneless.web.apps"):
    INSTALLED_APPS.append("notoneless.web")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "notoneless.site.content_policy.one_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "notoneless.site.urls"
WSGI_APPLICATION = "notoneless.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]

# A signed cookie instead of a table: a roll call then costs no read for the session. Signing a person out
# everywhere raises Person.session_version, which each act compares; one device, the row its cookie names.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
# The longest that any cookie is believed; how long a sign-in lasts stands in its session (`web.session`).
SESSION_COOKIE_AGE = 30 * 24 * 60 * 60
# A browser sends a cookie of this name only as its own host set it, over TLS.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("NOTONELESS_TRUSTED_ORIGINS", "").split(",") if o]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PASSWORD_HASHERS = [
    "notoneless.site.hashers.LeanArgon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# Which passwords will do is said in `services.passwords`, and all of this in docs/explanation/sign-in.md.
AUTH_PASSWORD_VALIDATORS: list[dict[str, str]] = []
OTP_TOTP_ISSUER = "Not One Less"
OTP_TOTP_SYNC = False  # a code is good half a minute either way, and never more
# The organisation's own accounts; off as long as there is no client id.
OIDC = {
    "client_id": os.environ.get("NOTONELESS_OIDC_CLIENT_ID", ""),
    "client_secret": os.environ.get("NOTONELESS_OIDC_CLIENT_SECRET", ""),
    "issuer": os.environ.get("NOTONELESS_OIDC_ISSUER", ""),
    "claim": os.environ.get("NOTONELESS_OIDC_CLAIM", "preferred_username"),
    "mfa": os.environ.get("NOTONELESS_OIDC_MFA", "") == "1",
}
# The organisation's directory, asked about people who have no password of ours; off without an address.
LDAP_AUTH_URL = [url for url in os.environ.get("NOTONELESS_LDAP_URL", "").split(",") if url]
LDAP_AUTH_USE_TLS = os.environ.get("NOTONELESS_LDAP_START_TLS", "") == "1"
LDAP_AUTH_SEARCH_BASE = os.environ.get("NOTONELESS_LDAP_BASE", "")
LDAP_AUTH_OBJECT_CLASS = os.environ.get("NOTONELESS_LDAP_OBJECT_CLASS", "inetOrgPerson")
LDAP_AUTH_USER_FIELDS = {"username": os.environ.get("NOTONELESS_LDAP_USER_FIELD", "uid")}
LDAP_AUTH_FORMAT_USERNAME = {
    "": "django_python3_ldap.utils.format_username_openldap",
    "ad": "django_python3_ldap.utils.format_username_active_directory_principal",
}[os.environ.get("NOTONELESS_LDAP_KIND", "")]
LDAP_AUTH_ACTIVE_DIRECTORY_DOMAIN = os.environ.get("NOTONELESS_LDAP_DOMAIN") or None
LDAP_AUTH_CONNECTION_USERNAME = os.environ.get("NOTONELESS_LDAP_READER") or None
LDAP_AUTH_CONNECTION_PASSWORD = os.environ.get("NOTONELESS_LDAP_READER_PASSWORD") or None
LDAP_AUTH_CONNECT_TIMEOUT = LDAP_AUTH_RECEIVE_TIMEOUT = 5  # seconds
LDAP_AUTH_POOL_ACTIVE = 1  # each address once; the library would otherwise ask for ever
LOGIN_URL = "web:login"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
# Files are served straight from the wheel: an installation has no collectstatic step to forget.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Nothing personal may reach a log: messages name rows by their number, and no request body is written.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"no_tokens": {"()": "notoneless.site.quiet_log.NoTokens"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_tokens"]}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"notoneless": {"level": "INFO"}},
}
