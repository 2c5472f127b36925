"""Headers that keep a page to itself: a strict content security policy and its companions."""

from __future__ import annotations

import json
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from houqin.foundation.address import client_address, is_trusted
from houqin.foundation.limits.actions import spend

log = structlog.get_logger(__name__)
REPORT_PATH = "/csp-report"
MAX_REPORT_BYTES = 16_384
REPORTS_A_MINUTE = 60
COMPRESSIBLE = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/javascript",
    "image/svg+xml",
)

POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        f"report-uri {REPORT_PATH}",
    ]
)
PERMISSIONS = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), interest-cohort=()"


class HeadersMiddleware:
    """Set the policy headers, and believe `X-Forwarded-Proto` from a trusted proxy alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if meta.get("HTTP_X_FORWARDED_PROTO") == "https" and is_trusted(meta.get("REMOTE_ADDR", "")):
            request.environ["wsgi.url_scheme"] = "https"  # type: ignore[attr-defined]
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        return response


class CompressMiddleware(GZipMiddleware):
    """Compress words, not photos: what is compressed by its nature passes as it is."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(COMPRESSIBLE):
            return response
        return super().process_response(request, response)


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Log what a browser reports about the policy; tests collect it in `settings.CSP_REPORTS_KEPT`."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_REPORT_BYTES:
        return HttpResponse(status=413)
    spend(f"csp:{client_address(request)}", limit=REPORTS_A_MINUTE, per_seconds=60)
    try:
        report = json.loads(request.body)
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    detail = report.get("csp-report", report) if isinstance(report, dict) else {"reports": report}
    if settings.CSP_REPORTS_KEPT is not None:
        settings.CSP_REPORTS_KEPT.append(detail)
    log.warning("csp_report", detail=detail)
    return HttpResponse(status=204)
