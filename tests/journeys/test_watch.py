"""The watch itself: what it is there to find, it finds."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from houqin.testing.browser import Visitor, window
from tests.journeys.conftest import House

pytestmark = pytest.mark.browser

_SPOIL = """() => {
  document.body.insertAdjacentHTML("beforeend", "<img src='/static/icons/mark.svg'><div style='color: red'>…</div>");
  console.error("spoilt");
}"""


def test_it_finds_what_is_spoilt(
    browser: Browser, live_server: LiveServer, house: House, width: int, settings
) -> None:
    settings.CSP_REPORTS_KEPT = []
    faults: list[str] = []
    visitor = Visitor(window(browser, width), live_server.url, faults, "spoiler")
    visitor.page.goto(live_server.url + "/report")
    assert visitor.unseen() == {"/report"}
    visitor.page.evaluate(_SPOIL)
    visitor.page.evaluate("document.body.lastElementChild.style.width = '3000px'")
    visitor.look()
    visitor.page.context.close()
    said = "\n".join(faults)
    assert visitor.unseen() == set()
    for wanted in ("image-alt", "console: spoilt", "policy: style-src", f"wider than {width} px"):
        assert wanted in said, (wanted, faults)
