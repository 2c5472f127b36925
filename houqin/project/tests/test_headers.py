"""Headers of every page, policy reports, and whose address is believed."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from houqin.foundation.address import client_address
from houqin.project.headers import CompressMiddleware


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(client: Client) -> None:
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize(("kind", "encoding"), [("text/html; charset=utf-8", "gzip"), ("image/jpeg", None)])
def test_words_are_compressed_and_photos_are_not(kind: str, encoding: str | None) -> None:
    middleware = CompressMiddleware(lambda request: HttpResponse("后勤" * 500, content_type=kind))
    answer = middleware(RequestFactory().get("/", HTTP_ACCEPT_ENCODING="gzip, br"))
    assert answer.headers.get("Content-Encoding") == encoding


def test_a_report_is_kept_for_the_tests(client: Client, settings: LazySettings, db: None) -> None:
    settings.CSP_REPORTS_KEPT = []
    report = {"csp-report": {"violated-directive": "script-src", "blocked-uri": "inline"}}
    assert client.post("/csp-report", report, content_type="application/csp-report").status_code == 400
    answer = client.post(
        "/csp-report", '{"csp-report": {"blocked-uri": "inline"}}', content_type="application/csp-report"
    )
    assert answer.status_code == 204
    assert settings.CSP_REPORTS_KEPT == [{"blocked-uri": "inline"}]


def test_a_huge_report_is_refused(client: Client) -> None:
    assert client.post("/csp-report", "x" * 20_000, content_type="application/csp-report").status_code == 413


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", "203.0.113.9"),
        ("10.0.0.5", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.5", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("10.0.0.5", "6.6.6.6, 1.2.3.4, 10.0.0.7", "1.2.3.4"),
        ("10.0.0.5", "not-an-address", "10.0.0.5"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "2001:db8::1", "2001:db8::1"),
        ("", "1.2.3.4", "0.0.0.0"),
    ],
)
def test_only_named_proxies_are_believed(
    settings: LazySettings, remote: str, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == expected


@pytest.mark.parametrize(("remote", "secure"), [("10.0.0.5", True), ("203.0.113.9", False)])
def test_only_a_named_proxy_may_say_that_the_way_was_encrypted(
    client: Client, settings: LazySettings, remote: str, secure: bool
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
    settings.SECURE_HSTS_SECONDS = 60
    answer = client.get("/healthz", REMOTE_ADDR=remote, HTTP_X_FORWARDED_PROTO="https")
    assert ("Strict-Transport-Security" in answer.headers) is secure
