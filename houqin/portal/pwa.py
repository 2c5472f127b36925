"""What makes the portal installable: the web app manifest, the service worker and the offline page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

_ICONS = (("any", "icons/app-192.png", "192x192"), ("any", "icons/app-512.png", "512x512"))


@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the installed application: its name, its colours and where it opens."""
    icons = [
        {"src": static(src), "sizes": size, "type": "image/png", "purpose": use} for use, src, size in _ICONS
    ]
    icons.append(
        {"src": static("icons/app-mask.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"}
    )
    body: dict[str, Any] = {
        "id": "/",
        "name": _("数智后勤"),
        "short_name": _("数智后勤"),
        "description": _("报修、办事、待办，一处办好。"),
        "lang": "zh-CN",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f5f1",
        "theme_color": "#ffffff",
        "icons": icons,
    }
    return JsonResponse(
        body, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker from the root, so that it may look after every page."""
    response = render(request, "portal/sw.js", content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    return response


@require_safe
@cache_control(public=True, max_age=3600)
def offline(request: HttpRequest) -> HttpResponse:
    """The page that the service worker shows when the network is gone; it names nobody."""
    return render(request, "errors/offline.html")


urlpatterns = [
    path("sw.js", service_worker, name="service-worker"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("offline", offline, name="offline"),
]
