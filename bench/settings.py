"""Settings of the benchmarks: those of production, with the floors mounted."""

from __future__ import annotations

from houqin.project.settings import *  # noqa: F403
from houqin.project.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench"]
ROOT_URLCONF = "bench.urls"
