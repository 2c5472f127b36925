"""Addresses of all pages: every app of ours that has a `urls.py` is included, but for the API.

The worker names pages and answers none: it knows these alone and does without the API, which is as large as all of them.

An app answers under `/<label>/` unless its `urls.py` says otherwise with `url_prefix = "…"` (the portal has "").
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import JavaScriptCatalog, set_language

from houqin.portal import pwa
from houqin.project import headers, health

API = "exchange"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("csp-report", headers.csp_report, name="csp-report"),
    path("language", set_language, name="set_language"),
    path("jsi18n", JavaScriptCatalog.as_view(), name="javascript-catalog"),
    *pwa.urlpatterns,
    path("backoffice/", include("houqin.portal.urls_backoffice")),
]


def _ours() -> list[URLResolver]:
    found = []
    for config in apps.get_app_configs():
        if not config.name.startswith("houqin.") or config.label == API:
            continue
        if find_spec(f"{config.name}.urls") is None:
            continue
        module = import_module(f"{config.name}.urls")
        default = "" if config.label == "portal" else f"{config.label}/"
        found.append((getattr(module, "url_prefix", default), path, module))
    # The portal's own addresses come last: it holds the root.
    found.sort(key=lambda entry: (entry[0] == "", entry[0]))
    return [path(prefix, include(module)) for prefix, _, module in found]


urlpatterns += _ours()
