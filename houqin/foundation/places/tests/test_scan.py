"""The page behind a printed code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client

from houqin.foundation.people.models import Person
from houqin.foundation.places import actions, codes
from houqin.foundation.places.codes import SCANS, ScanOffer
from houqin.foundation.trail.actors import SYSTEM
from houqin.testing.cast import Cast

SignedIn = Callable[[Person], Client]
Announce = Callable[[dict[str, list[ScanOffer]]], None]
REPORT = ScanOffer("报修", "/report", position=10)
ARRIVE = ScanOffer("我已到场", "/arrive", hint="2026-0001", position=5)
ABOUT = ScanOffer("查看说明", "/about", aside=True)


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Announce:
    """Let services offer exactly this, by code."""

    def announce(offers: dict[str, list[ScanOffer]]) -> None:
        def scan(code: str, request: HttpRequest) -> list[ScanOffer]:
            return offers.get(code, [])

        monkeypatch.setattr(SCANS, "_entries", {"test": scan})

    return announce


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_one_offer_is_opened_straight(cast: Cast, offered: Announce) -> None:
    offered({cast.office.qr: [REPORT, ABOUT]})
    for code in (cast.office.qr, cast.office.qr.upper(), cast.office.code.lower()):
        assert Client().get(f"/q/{code}").headers["Location"] == "/report"


def test_several_offers_are_shown_in_order(cast: Cast, offered: Announce, as_person: SignedIn) -> None:
    offered({cast.office.qr: [REPORT, ARRIVE]})
    page = _text(as_person(cast.worker).get(f"/q/{cast.office.qr}"))
    assert "1号楼 3层 301室" in page
    assert page.index('href="/arrive"') < page.index('href="/report"')
    assert "维护这个场所" not in page


def test_whoever_keeps_the_place_is_led_to_it(cast: Cast, offered: Announce, as_person: SignedIn) -> None:
    offered({cast.office.qr: [REPORT]})
    page = _text(as_person(cast.sysadmin).get(f"/q/{cast.office.qr}"))
    assert "维护这个场所" in page
    assert 'href="/report"' in page


def test_codes_of_other_things_are_resolved_by_their_service(cast: Cast, offered: Announce) -> None:
    offered({"dev1": [ScanOffer("报修这台设备", "/device", about="3号空调"), REPORT]})
    page = _text(Client().get("/q/dev1"))
    assert "3号空调" in page


def test_an_unknown_code_says_so(cast: Cast, offered: Announce) -> None:
    offered({})
    answer = Client().get("/q/nothing234")
    assert answer.status_code == 404
    assert "没有登记过这个二维码" in _text(answer)


def test_a_place_without_offers_says_so(cast: Cast, offered: Announce) -> None:
    offered({})
    assert "没有可以办理" in _text(Client().get(f"/q/{cast.office.qr}"))


def test_a_closed_place_says_so_and_opens_nothing(cast: Cast, offered: Announce) -> None:
    offered({cast.office.qr: [REPORT]})
    actions.end_place(SYSTEM, cast.office)
    answer = Client().get(f"/q/{cast.office.qr}")
    assert answer.status_code == 200
    assert "已停用" in _text(answer)


def test_the_drawing_is_plain_and_holds_the_address(settings: Any) -> None:
    settings.BASE_URL = "https://hq.example.gov.cn/"
    assert codes.address_of("abc") == "https://hq.example.gov.cn/q/abc"
    drawn = codes.svg("abc")
    assert drawn.startswith("<svg")
    assert "style" not in drawn
    assert "class" not in drawn
