"""The year's page and what the administrator does on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from houqin.foundation.calendar import clock
from houqin.foundation.calendar.models import Day, Year
from houqin.foundation.calendar.tests.test_notice import OF_2026
from houqin.foundation.people.models import Person
from houqin.foundation.trail.models import Entry
from houqin.testing.cast import Cast

SignedIn = Callable[[Person], Client]


def _text(answer: Any) -> str:
    return str(answer.content.decode())


@time_machine.travel("2026-03-02 10:00+08:00", tick=False)
def test_everybody_sees_the_year_but_changes_nothing(cast: Cast, as_person: SignedIn) -> None:
    client = as_person(cast.staff)
    assert client.get("/calendar/").headers["Location"] == "/calendar/2026"
    page = _text(client.get("/calendar/2026"))
    assert "国办发明电〔2025〕7号" in page
    assert "全年 248 个工作日" in page
    assert "/calendar/2026-3-3" not in page
    assert 'aria-current="date"' in page
    assert client.get("/calendar/2026-3-3").status_code == 403
    assert client.get("/calendar/2026/notice").status_code == 403
    assert client.get("/calendar/hours").status_code == 403


def test_a_year_without_notice_says_so(cast: Cast, as_person: SignedIn) -> None:
    page = _text(as_person(cast.staff).get("/calendar/2027"))
    assert "2027 年的放假通知尚未录入" in page
    assert "2027" not in _text(as_person(cast.staff).get("/calendar/2024"))


@time_machine.travel("2026-11-22 10:00+08:00", tick=False)
def test_the_administrator_is_reminded_of_the_next_year(cast: Cast, as_person: SignedIn) -> None:
    assert "2027 年的放假通知也还没有录入" in _text(as_person(cast.sysadmin).get("/calendar/2026"))


def test_a_day_is_changed_by_a_click(cast: Cast, as_person: SignedIn) -> None:
    client = as_person(cast.sysadmin)
    assert "/calendar/2026-3-3" in _text(client.get("/calendar/2026"))
    assert client.get("/calendar/2026-3-3").status_code == 200
    answer = client.post("/calendar/2026-3-3", {"kind": "holiday", "name": "停电检修"})
    assert answer.headers["Location"] == "/calendar/2026#d0303"
    assert Day.objects.get(on=date(2026, 3, 3)).name == "停电检修"
    assert not clock.load().is_workday(date(2026, 3, 3))
    client.post("/calendar/2026-3-3", {"kind": "plain"})
    assert clock.load().is_workday(date(2026, 3, 3))
    assert client.post("/calendar/2026-3-3", {"kind": "other"}).status_code == 422


@pytest.mark.parametrize("address", ["/calendar/2026-2-30", "/calendar/2017", "/calendar/2017-1-1"])
def test_days_that_are_not_are_not_found(cast: Cast, as_person: SignedIn, address: str) -> None:
    assert as_person(cast.sysadmin).get(address).status_code == 404


def test_a_notice_is_looked_at_before_it_is_adopted(cast: Cast, as_person: SignedIn) -> None:
    Day.objects.filter(on__year=2026).delete()
    Year.objects.filter(year=2026).update(notice_number="")
    client = as_person(cast.sysadmin)
    given = {"notice_number": "国办发明电〔2025〕7号", "text": OF_2026}
    assert "读到 33 天放假" in _text(client.post("/calendar/2026/notice", {**given, "preview": "1"}))
    assert not Day.objects.filter(on__year=2026).exists()
    assert client.post("/calendar/2026/notice", {**given, "adopt": "1"}).status_code == 302
    assert Day.objects.filter(on__year=2026).count() == 39
    wrong = client.post("/calendar/2026/notice", {"notice_number": "x", "text": "放假", "adopt": "1"})
    assert wrong.status_code == 422
    assert "没有从文字中读到放假日期" in _text(wrong)


def test_hours_are_set_and_removed(cast: Cast, as_person: SignedIn) -> None:
    client = as_person(cast.sysadmin)
    given = {
        "from_on": "2026-06-01",
        "morning_from": "08:00",
        "morning_to": "11:30",
        "afternoon_from": "15:00",
        "afternoon_to": "18:30",
    }
    assert client.post("/calendar/hours", given).status_code == 302
    assert clock.load().minutes_a_day(date(2026, 6, 1)) == 420
    assert "2026-06-01" in _text(client.get("/calendar/hours"))
    assert client.post("/calendar/hours", {**given, "morning_to": "07:00"}).status_code == 422
    assert client.post("/calendar/hours/2026-6-1/remove").status_code == 302
    assert "至少" in _text(client.post("/calendar/hours/2018-1-1/remove", follow=True))


def test_pages_ask_little(cast: Cast, as_person: SignedIn, django_assert_max_num_queries: Any) -> None:
    client = as_person(cast.sysadmin)
    client.get("/calendar/2026")
    with django_assert_max_num_queries(9):
        client.get("/calendar/2026")


def test_the_back_office_goes_through_the_same_actions(cast: Cast, as_person: SignedIn) -> None:
    client = as_person(cast.sysadmin)
    given = {"on": "2026-03-03", "kind": "holiday", "name": "停电检修"}
    assert client.post("/backoffice/calendar/day/add/", given).status_code == 302
    address = "/backoffice/calendar/day/2026-03-03/change/"
    assert client.get(address).status_code == 200
    client.post(address, {"kind": "workday", "name": "停电检修"})
    assert [entry.after for entry in Entry.objects.filter(action="calendar.set_day").order_by("id")] == [
        {"kind": "holiday", "name": "停电检修"},
        {"kind": "workday", "name": "停电检修"},
    ]
    assert client.post("/backoffice/calendar/year/2026/change/", {"notice_number": "新号"}).status_code == 302
    assert Year.objects.get(year=2026).notice_number == "新号"
    hours = {
        "morning_from": "08:00",
        "morning_to": "12:00",
        "afternoon_from": "13:00",
        "afternoon_to": "17:00",
    }
    assert client.post("/backoffice/calendar/workinghours/2018-01-01/change/", hours).status_code == 302
    assert clock.load().minutes_a_day(date(2026, 3, 2)) == 480
    assert (
        client.post(
            "/backoffice/calendar/workinghours/add/",
            {**hours, "from_on": "2026-06-01", "afternoon_to": "16:00"},
        ).status_code
        == 302
    )
    assert clock.load().minutes_a_day(date(2026, 6, 2)) == 420
