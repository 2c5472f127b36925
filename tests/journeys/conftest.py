"""A house at nine on a Monday morning, and browsers of the people in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import LazySettings
from django.conf import settings as configured
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from houqin.affairs.actions import perform, submit
from houqin.affairs.models import Case, Route, Task
from houqin.foundation.notices import actions as notices
from houqin.foundation.people import installation
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Actor
from houqin.portal.views import board
from houqin.services.repairs.actions import receive
from houqin.services.repairs.models import StockItem
from houqin.testing.browser import DESKTOP, PHONE, Visitor, chromium, window
from houqin.testing.cast import Cast

MONDAY = datetime(2026, 3, 16, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
Clock = time_machine.Traveller
Visit = Callable[..., Visitor]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all journeys of a worker. Its loop runs in the tests' thread, which Django must not mind.

    While the loop runs, Django keeps other connections than before and after it: those must not outlive the database.
    """
    connections.close_all()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with chromium() as started:
            yield started
            connections.close_all()
    connections.close_all()


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """The server of the journeys. Static files come from WhiteNoise, as in a house, so that a browser keeps them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "django.contrib.staticfiles.handlers.StaticFilesHandler", lambda application: application
        )
        server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["390px", "1440px"])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The clock of the tests and of the server, which live in one process."""
    with time_machine.travel(MONDAY, tick=True) as moved:
        yield moved


class House:
    """The cast at work: repairs go to its section, two workers are on duty, and there are taps in store."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        Route.objects.create(item_code="repairs.report", section=cast.repairs)
        tap = StockItem.objects.create(
            code="SLT-4", name="4 分水龙头", unit="个", keeper=cast.repairs, price_fen=3500, minimum=1
        )
        receive(cast.dispatcher, item=tap.pk, quantity=Decimal(5))
        self.tap = tap

    def report(self, actor: Actor | None = None, fault: str = "water.tap", **data: str) -> Case:
        data = {"place": self.cast.office.code, "fault": fault, **data}
        return submit(actor or self.cast.staff, item="repairs.report", data=data)

    def do(self, case: Case, verb: str, actor: Person, **data: object) -> Case:
        return perform(actor, verb, case=case.number, task=self.task(case).pk, data=data)

    def task(self, case: Case) -> Task:
        """The case's open task."""
        return case.tasks.get(state="open")

    def deliver(self) -> None:
        """What the worker process does with notices that wait."""
        notices.deliver()


@pytest.fixture
def house(clock: Clock, committed_cast: Cast) -> House:
    board._kept.clear()
    installation.forget()
    committed_cast.duty(committed_cast.worker)
    return House(committed_cast)


@pytest.fixture
def visit(
    browser: Browser, live_server: LiveServer, house: House, width: int, settings: LazySettings
) -> Iterator[Visit]:
    """``visit(person)`` is a window of theirs, signed in; ``visit()`` that of somebody nobody knows.

    At the end of the journey no page may have been passed without a look, and nothing may have been found amiss.
    """
    settings.CSP_REPORTS_KEPT = []
    faults: list[str] = []
    visitors: list[Visitor] = []

    def visit(person: Person | None = None) -> Visitor:
        context = window(browser, width)
        if person:
            client = Client()
            client.force_login(person)
            name = configured.SESSION_COOKIE_NAME
            cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
            context.add_cookies([cookie])
        visitor = Visitor(context, live_server.url, faults, person.name if person else "passer-by")
        visitors.append(visitor)
        return visitor

    yield visit
    for visitor in visitors:
        visitor.page.context.close()
    faults += [f"{each.name} passed {path} without a look" for each in visitors for path in each.unseen()]
    faults += [f"policy report: {report}" for report in settings.CSP_REPORTS_KEPT]
    assert not faults, "\n".join(["", *faults])
