"""The pages of duty, as a section head and a worker use them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from houqin.foundation.people.models import DutyShift


def at(day, hour):
    return datetime(2026, 3, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def _monday_nine(time_machine):
    time_machine.move_to(at(2, 9), tick=False)


def test_a_week_is_planned_and_its_gap_is_red(cast, as_person):
    head = as_person(cast.repairs_head)
    url = reverse("people:duty") + f"?section={cast.repairs.pk}&week=2026-03-02"
    form = {"person": cast.worker.pk, "on": "2026-03-03", "starts": "20:00", "ends": "08:00", "name": "夜班"}
    answer = head.post(url, form)
    assert answer.status_code == 302
    shift = DutyShift.objects.get()
    assert (shift.starts_at, shift.ends_at) == (at(3, 20), at(4, 8))
    page = head.get(answer.url).content.decode()
    assert "赵铁柱" in page
    assert "夜班" in page
    assert "无人值班" not in page
    head.post(url, form | {"on": "2026-03-04"})
    head.post(reverse("people:copy_week"), {"section": cast.repairs.pk, "week": "2026-03-09"})
    DutyShift.objects.get(starts_at=at(11, 20)).delete()
    page = head.get(reverse("people:duty") + f"?section={cast.repairs.pk}&week=2026-03-09").content.decode()
    assert "20:00–08:00 无人值班" in page


def test_an_overlap_is_told_beside_the_form_with_what_was_typed(cast, as_person):
    cast.duty(cast.worker, starts_at=at(3, 8))
    form = {"person": cast.worker.pk, "on": "2026-03-03", "starts": "09:00", "ends": "10:00", "name": "加班"}
    answer = as_person(cast.dispatcher).post(reverse("people:duty"), form)
    assert answer.status_code == 422
    assert "已有值班" in answer.content.decode()
    assert "加班" in answer.content.decode()


def test_sections_of_others_are_not_found(cast, as_person):
    url = reverse("people:duty") + f"?section={cast.schools.pk}"
    assert as_person(cast.repairs_head).get(url).status_code == 404
    shift = cast.duty(cast.worker)
    for person, status in [(cast.head, 404), (cast.worker2, 404), (cast.worker, 200), (cast.dispatcher, 200)]:
        assert as_person(person).get(reverse("people:shift", args=[shift.pk])).status_code == status


def test_having_a_shift_is_not_planning_it(cast, as_person):
    shift = cast.duty(cast.worker, starts_at=at(3, 8))
    worker = as_person(cast.worker)
    assert worker.post(reverse("people:drop_shift", args=[shift.pk])).status_code == 403
    url = reverse("people:shift", args=[shift.pk])
    assert worker.post(url, {"substitute": cast.worker2.pk}).status_code == 403
    assert "安排替班" not in worker.get(url).content.decode()
    assert worker.get(reverse("people:duty")).url == reverse("people:my_duty")


def test_a_substitute_is_named_and_a_shift_dropped(cast, as_person):
    shift = cast.duty(cast.worker, starts_at=at(3, 8))
    head = as_person(cast.repairs_head)
    url = reverse("people:shift", args=[shift.pk])
    assert head.post(url, {"substitute": cast.worker2.pk, "reason": "年休"}).status_code == 302
    assert "由 单大勇 替 赵铁柱 值班" in head.get(url).content.decode()
    assert head.post(reverse("people:drop_shift", args=[shift.pk])).status_code == 302
    assert not DutyShift.objects.exists()


def test_a_worker_hands_over_and_the_next_one_reads_it(cast, as_person):
    shift = cast.duty(cast.worker, starts_at=at(2, 8))
    cast.duty(cast.worker2, starts_at=at(2, 16))
    worker, following = as_person(cast.worker), as_person(cast.worker2)
    assert "您正在值班" in worker.get(reverse("people:my_duty")).content.decode()
    worker.post(reverse("people:hand_over", args=[shift.pk]), {"note": "5层水箱在补水"})
    assert "您正在值班" not in worker.get(reverse("people:my_duty")).content.decode()
    assert "5层水箱在补水" in following.get(reverse("people:my_duty")).content.decode()
    assert following.post(reverse("people:hand_over", args=[shift.pk])).status_code == 404


def test_the_week_asks_no_more_for_more_shifts(cast, as_person):
    head = as_person(cast.repairs_head)

    def asked():
        with CaptureQueriesContext(connection) as statements:
            head.get(reverse("people:duty"))
        return len(statements)

    asked()  # from now on the process keeps the appointments
    few = asked()
    for day in range(2, 9):
        cast.duty(cast.worker, starts_at=at(day, 8))
        cast.duty(cast.worker2, starts_at=at(day, 8), substitute=cast.repairs_head, place=cast.tower)
    asked()  # the roster has changed: what is kept is read again
    assert asked() == few


def test_nonsense_in_the_address_is_this_week(cast, as_person):
    for week in ("x", "9999-12-31", "0001-01-01"):
        assert as_person(cast.repairs_head).get(reverse("people:duty"), {"week": week}).status_code == 200
