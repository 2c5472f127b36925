"""Addresses of the whole site: every app of ours that has a `urls.py` is included.

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

handler400 = "houqin.portal.problems.bad_request"
handler403 = "houqin.portal.problems.forbidden"
handler404 = "houqin.portal.problems.not_found"
handler500 = "houqin.portal.problems.server_error"

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
        if not config.name.startswith("houqin.") or find_spec(f"{config.name}.urls") is None:
            continue
        module = import_module(f"{config.name}.urls")
        default = "" if config.label == "portal" else f"{config.label}/"
        found.append((getattr(module, "url_prefix", default), path, module))
    # The portal's own addresses come last: it holds the root.
    found.sort(key=lambda entry: (entry[0] == "", entry[0]))
    return [path(prefix, include(module)) for prefix, _, module in found]


urlpatterns += _ours()
