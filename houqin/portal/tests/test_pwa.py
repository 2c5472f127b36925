"""Installable: the manifest names real pictures, the worker keeps only our own files, the offline page stands alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.urls("houqin.portal.pwa")
STATIC = Path(settings.STATICFILES_DIRS[0])


def _exists(url: str) -> bool:
    return (STATIC / url.removeprefix(settings.STATIC_URL)).is_file()


def test_manifest_names_pictures_that_exist(client):
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    body = answer.json()
    assert body["display"] == "standalone"
    assert {icon["purpose"] for icon in body["icons"]} == {"any", "maskable"}
    assert all(_exists(icon["src"]) for icon in body["icons"])


def test_service_worker_keeps_the_look_and_the_offline_page_only(client):
    answer = client.get("/sw.js")
    assert answer["Service-Worker-Allowed"] == "/"
    assert "javascript" in answer["Content-Type"]
    kept = re.findall(r'"(/static/[^"]+)"', answer.content.decode())
    assert kept
    assert all(_exists(url) for url in kept)
    assert '"/offline"' in answer.content.decode()


def test_offline_page_needs_nothing_that_is_not_kept(client):
    page = client.get("/offline").content.decode()
    worker = client.get("/sw.js").content.decode()
    assert "网络已断开" in page
    for url in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        assert url in worker
