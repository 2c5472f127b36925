"""The manager's brief: at its hours of workdays, once, within scope, each number opening its list."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from houqin.affairs import actions as affairs
from houqin.affairs.jobs import escalate_red
from houqin.affairs.models import Level, Route, Task, Warning
from houqin.foundation.brief import jobs, queries
from houqin.foundation.brief.models import Issue
from houqin.foundation.notices.models import Notice
from houqin.services.repairs.models import FaultKind

at = datetime.fromisoformat
MONDAY = "2026-03-02T{}+08:00"


@pytest.fixture
def clock(time_machine):
    def move(text):
        time_machine.move_to(at(text), tick=False)

    return move


@pytest.fixture
def report(cast):
    """Somebody reports a repair; ``worker`` has it."""
    Route.objects.create(item_code="repairs.report", section=cast.repairs)
    # Reports of the same fault in the same place are joined.
    faults = iter(FaultKind.objects.filter(active=True).exclude(group="other").order_by("id"))

    def submit():
        if not cast.worker.duty_shifts.exists():
            cast.duty(cast.worker)
        return affairs.submit(
            cast.staff, item="repairs.report", data={"place": cast.toilet.code, "fault": next(faults).code}
        )

    return submit


def told(person):
    return list(Notice.objects.filter(person=person, kind__startswith="brief.").order_by("pk"))


def test_it_tells_figures_and_who_has_what_is_late(cast, report, clock, as_person):
    clock(MONDAY.format("09:00"))
    report()
    clock(MONDAY.format("17:30"))
    assert jobs.send() >= 1
    (notice,) = told(cast.manager)
    assert notice.title == "晚报：新报 1 件，其中已修好 0 件，超时未修好 0 件"
    assert notice.url == "/brief"
    Task.objects.update(due_at=at(MONDAY.format("15:00")))
    page = as_person(cast.manager).get(notice.url).content.decode()
    assert cast.worker.name in page
    assert "超时 2 小时" in page


def test_twice_tells_once_and_each_of_the_two_is_its_own(cast, clock):
    for time in ("08:00", "08:05", "17:30", "17:35"):
        clock(MONDAY.format(time))
        jobs.send()
        jobs.send()
    assert [notice.kind for notice in told(cast.manager)] == ["brief.morning", "brief.evening"]
    assert set(Issue.objects.filter(person=cast.manager).values_list("slot", flat=True)) == {
        "morning",
        "evening",
    }


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        (MONDAY.format("07:59"), ""),
        (MONDAY.format("08:00"), "morning"),
        (MONDAY.format("10:59"), "morning"),
        (MONDAY.format("11:00"), ""),
        (MONDAY.format("17:29"), ""),
        (MONDAY.format("20:29"), "evening"),
        (MONDAY.format("20:30"), ""),
        ("2026-03-01T08:00+08:00", ""),  # a Sunday
        ("2026-02-28T08:00+08:00", "morning"),  # a Saturday that is worked for the Spring Festival
        ("2026-02-17T17:30+08:00", ""),  # the Spring Festival
    ],
)
def test_it_goes_out_on_statutory_workdays_and_a_missed_one_is_caught_up(cast, clock, moment, slot):
    clock(moment)
    assert queries.slot_due(at(moment)) == slot
    assert bool(jobs.send()) == bool(slot)


def test_the_morning_tells_of_the_last_workday(cast):
    period = queries.period_of("morning", at(MONDAY.format("08:00")).date())
    assert (f"{period.since:%m-%d}", f"{period.until:%m-%d}") == ("02-28", "03-01")


def test_each_number_opens_a_list_of_as_many(cast, report, clock, as_person):
    clock(MONDAY.format("09:00"))
    for _ in range(2):
        report()
    Task.objects.update(due_at=at(MONDAY.format("10:00")))
    clock(MONDAY.format("15:00"))
    browser = as_person(cast.manager)
    brief = browser.get(reverse("brief:today")).context["brief"]
    for _name, figures in brief.parts:
        for figure in figures:
            page = browser.get(figure.url)
            assert page.status_code == 200
            assert len(page.context["rows"]) == figure.value, figure
    assert browser.get(brief.red_url).context["total"] == brief.red_count > 0


def test_it_stays_within_the_managers_scope(cast, report, clock, as_person):
    clock(MONDAY.format("09:00"))
    report()
    cast.appoint(cast.other_head, ["brief.read", "affairs.view", "repairs.view"], cast.schools)
    clock(MONDAY.format("17:30"))
    jobs.send()
    (notice,) = told(cast.other_head)
    assert "新报 0 件" in notice.title
    assert as_person(cast.staff).get(reverse("brief:today")).status_code == 403


def test_who_has_the_right_and_sees_nothing_is_not_bothered(cast, clock, as_person):
    cast.appoint(cast.colleague, ["brief.read"], cast.budget)
    clock(MONDAY.format("17:30"))
    jobs.send()
    assert not told(cast.colleague)
    page = as_person(cast.colleague).get(reverse("brief:today")).content.decode()
    assert "没有可汇总的内容" in page


def test_one_that_fails_holds_up_nobody_and_is_tried_again(cast, clock, monkeypatch):
    cast.appoint(cast.dispatcher, ["brief.read"], cast.bureau)
    clock(MONDAY.format("08:00"))
    brief_of = queries.brief_of

    def failing(person, **more):
        if person == cast.manager:
            raise RuntimeError
        return brief_of(person, **more)

    monkeypatch.setattr(queries, "brief_of", failing)
    jobs.send()
    assert told(cast.dispatcher)
    assert not told(cast.manager)
    monkeypatch.setattr(queries, "brief_of", brief_of)
    jobs.send()
    assert len(told(cast.dispatcher)) == len(told(cast.manager)) == 1


def test_red_warnings_stand_in_it_with_who_follows_them(cast, clock, as_person):
    clock(MONDAY.format("15:00"))
    asked = {
        "rule": "affairs.overdue",
        "value": 30,
        "organisation": cast.repairs,
        "opened_at": timezone.now(),
    }
    red = {"level": Level.RED, "reddened_at": timezone.now()}
    Warning.objects.create(subject="section:1", name="维修科", **asked, **red)
    Warning.objects.create(subject="section:2", name="会务科", level=Level.AMBER, **asked)
    clock(MONDAY.format("17:30"))
    jobs.send()
    (notice,) = told(cast.manager)
    assert "红色预警：维修科有 30 件超过承诺时限还没有办结" in notice.body
    assert "会务科" not in notice.body
    page = as_person(cast.manager).get("/brief").content.decode()
    assert "维修科有 30 件" in page
    assert "已 2 小时" in page
    assert as_person(cast.manager).get("/warnings?level=red").status_code == 200


def test_what_turns_red_is_pushed_to_the_manager_once(cast, report, clock):
    clock(MONDAY.format("09:00"))
    report()
    now = at(MONDAY.format("16:00"))
    Task.objects.update(due_at=now - timedelta(minutes=1))
    clock(MONDAY.format("16:00"))
    escalate_red(now)
    escalate_red(now)
    pushed = Notice.objects.filter(person=cast.manager, kind="affairs.red")
    assert [notice.title.partition("：")[0] for notice in pushed] == ["已超时"]


def test_the_page_costs_the_same_however_much_is_late(
    cast, report, clock, as_person, django_assert_max_num_queries
):
    clock(MONDAY.format("09:00"))
    browser = as_person(cast.manager)
    get = partial(browser.get, reverse("brief:today"))
    get()
    for _ in range(15):
        report()
    Task.objects.update(due_at=at(MONDAY.format("10:00")))
    clock(MONDAY.format("15:00"))
    with django_assert_max_num_queries(13):
        assert len(get().context["brief"].red) == 10
