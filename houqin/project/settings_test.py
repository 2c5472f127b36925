"""Settings of the tests: as in production, but quick hashes and no compressed manifest."""

from __future__ import annotations

import os

os.environ.setdefault("HOUQIN_MODE", "test")

from houqin.project.settings import *  # noqa: F403
from houqin.project.settings import STORAGES

SECRET_KEY = "tests-only-" + "0123456789abcdef" * 3
DATA_KEYS = (("tests", b"0123456789abcdef" * 2),)
LOOKUP_KEYS = (("tests", b"fedcba9876543210" * 2),)
ALLOWED_HOSTS = ["*"]
CSP_REPORTS_KEPT = []
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
#: A browser keeps static files by its own clock, which the tests' clock may lag by years.
WHITENOISE_MAX_AGE = 10 * 365 * 86400
