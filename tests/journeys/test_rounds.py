"""A round through the pages that no other journey comes by: each must pass the same look."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import House, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_dispatchers_other_pages(house: House, visit: Visit) -> None:
    case = house.report(fault="other.other", description="门口有异响")
    house.report(fault="power.light")
    dispatcher = visit(house.cast.dispatcher)
    task = house.task(case).pk
    for path in (
        "/board/list",
        f"/bulk?task={task}",
        "/repairs/",
        "/repairs/insights",
        "/repairs/incidents",
        "/repairs/stock",
        f"/repairs/stock/{house.tap.pk}",
        "/repairs/stock/new",
        "/repairs/devices",
        "/duty",
        "/search?q=漏",
        f"/cases/{case.number}",
    ):
        dispatcher.go(path)
    dispatcher.open("派单", inside=dispatcher.page.locator("main"))


def test_an_administrators_other_pages(house: House, visit: Visit) -> None:
    cast = house.cast
    administrator = visit(cast.sysadmin)
    for path in (
        "/settings/routes",
        "/places/",
        f"/places/{cast.floor.pk}",
        f"/places/{cast.floor.pk}/codes",
        f"/places/{cast.office.pk}/change",
        "/calendar/",
        "/calendar/hours",
        "/calendar/2026/notice",
        "/calendar/2026-10-01",
        "/backoffice/",
        "/backoffice/search?q=bx",
        "/backoffice/people/person/",
        f"/backoffice/people/person/{cast.staff.pk}/change/",
        "/duty/mine",
        "/profile",
        "/profile/password",
        "/backoffice/jobs",
    ):
        administrator.go(path)
    manager = visit(cast.manager)
    manager.go("/quality")
