"""The settings `startproject` gives, on the same database engines as the product."""

from __future__ import annotations

import os

from notoneless.site.database import database_from
from notoneless.site.sqlite_engine import use_safe_sqlite

SECRET_KEY = "for the length of a benchmark"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "bench.ordinary",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "bench.ordinary.urls"
_DATABASE = database_from(os.environ["BENCH_ORDINARY_DATABASE"])
if "sqlite" in _DATABASE["ENGINE"]:
    use_safe_sqlite()
    _DATABASE["ENGINE"] = "django.db.backends.sqlite3"
DATABASES = {"default": _DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LOGGING = {"version": 1, "root": {"level": "ERROR"}}
