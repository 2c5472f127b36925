"""At the gate: in once, out, by pass, name or list; who is not let in, and what the database keeps."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from houqin.foundation.errors import Conflict, NotFound
from houqin.foundation.notices.models import Notice
from houqin.services.access.actions import pass_token
from houqin.services.visitors import actions, queries
from houqin.services.visitors.models import Contractor, Crossing, Denial, Visit, VisitState, Worker
from houqin.services.visitors.problems import AskDutyOffice, Lapsed, NotLetIn
from houqin.services.visitors.tests.conftest import PHONE


def test_in_by_the_pass_out_by_the_pass_and_in_again(gates):
    visit = gates.invite(companions=2)
    start = timezone.now()
    for minute, way, state in ((0, "in", "inside"), (2, "out", "left"), (4, "in", "inside")):
        with time_machine.travel(start + timedelta(minutes=minute)):
            token = pass_token(visit.holder)
            found, went = actions.pass_by(gates.guard, token=token, gate="G1")
            assert (went, found.state) == (way, state)
    assert list(visit.crossings.values_list("number", "direction", "gate", "people")) == [
        (1, "in", "1号门", 3), (2, "out", "1号门", 3), (3, "in", "1号门", 3),
    ]  # fmt: skip
    assert (
        Notice.objects.filter(person=gates.cast.staff, kind="visitors.arrived", title="钱明 已到").count()
        == 2
    )


def test_what_is_no_pass_of_now_is_said_so(gates):
    visit = gates.invite()
    old = pass_token(visit.holder, at=timezone.now() - timedelta(minutes=5))
    for token, words in (("nonsense", "无效"), (old, "已过期"), (pass_token("person:1"), "不是访客")):
        with pytest.raises(NotLetIn, match=words):
            actions.pass_by(gates.guard, token=token, gate="G1")


def test_nobody_enters_twice_or_out_of_time(gates):
    visit = gates.invite()
    gates.enter(visit)
    with pytest.raises(Conflict, match="已在内"):
        gates.enter(visit)
    early = gates.invite(phone="13912345670", minutes=200)
    with pytest.raises(Conflict, match="尚未到时间"):
        gates.enter(early)
    with time_machine.travel(timezone.now() + timedelta(hours=9)), pytest.raises(Conflict, match="时间已过"):
        gates.enter(early)
    with pytest.raises(NotFound):
        actions.enter(gates.cast.staff, visit=early.pk)
    actions.cancel(gates.cast.staff, source="test.case:1", reason="取消")
    with pytest.raises(Conflict, match="已取消"):
        gates.enter(early)
    assert actions.leave(gates.guard, visit=visit.pk, gate="G2").state == VisitState.LEFT
    with pytest.raises(Conflict, match="没有在内记录"):
        actions.leave(gates.guard, visit=visit.pk)


def test_whoever_is_denied_after_the_invitation_is_not_let_in(gates):
    visit = gates.invite()
    Denial.objects.create(section=gates.cast.general, name="钱明", phone=PHONE, reason="闹访")
    with pytest.raises(AskDutyOffice, match="值班室") as caught:
        gates.enter(visit)
    assert "闹访" not in str(caught.value)


def test_a_contractors_worker_needs_induction_and_insurance_in_force(gates):
    today = timezone.localdate()
    company = Contractor.objects.create(
        section=gates.cast.general, name="安居电梯", work="电梯维保", place=gates.cast.office, host=gates.cast.staff,
        insured_until=today, from_time="00:00", until_time="23:59",
    )  # fmt: skip
    worker = Worker.objects.create(contractor=company, name="丁强", phone=PHONE, inducted_until=today)
    visit = actions.enter_worker(gates.guard, worker=worker.pk, gate="G1")
    assert (visit.state, visit.organisation, visit.kind) == (VisitState.INSIDE, "安居电梯", "works")
    actions.leave(gates.guard, visit=visit.pk, gate="G1")
    worker.inducted_until = today - timedelta(days=1)
    worker.save()
    with pytest.raises(Lapsed, match="丁强的安全培训已于"):
        actions.enter_worker(gates.guard, worker=worker.pk, gate="G1")
    worker.inducted_until = today
    worker.save()
    company.insured_until = today - timedelta(days=1)
    company.save()
    with pytest.raises(Lapsed, match="安居电梯的保险已于"):
        actions.enter_worker(gates.guard, worker=worker.pk, gate="G1")
    assert Visit.objects.count() == 1


def test_who_is_inside_by_building_and_who_stays_too_long(gates):
    visit = gates.invite(companions=1)
    gates.enter(visit)
    assert [each.pk for each in queries.inside(gates.guard, gates.cast.tower)] == [visit.pk]
    assert not queries.inside(gates.guard, gates.cast.other_tower)
    assert not queries.inside(gates.cast.staff)
    first = gates.invite(phone="13912345677", place=gates.cast.other_office)
    gates.enter(first, gate="")
    gates.cast.other_tower.code = "A0"
    gates.cast.other_tower.save()
    assert queries.inside_counts(gates.guard) == [(gates.cast.other_tower, 1), (gates.cast.tower, 2)]
    actions.leave(gates.guard, visit=first.pk)
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        assert [each.pk for each in queries.overdue(gates.guard)] == [visit.pk]


def test_the_database_keeps_crossings_in_order_and_for_good(gates):
    visit = gates.invite()
    for number, direction, name in ((2, "in", "alternate"), (2, "out", "fits_visit")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Crossing.objects.create(visit=visit, number=number, direction=direction, how="name")
    with pytest.raises(IntegrityError, match="visit_inside_by_crossing"), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(state="inside", entered_at=timezone.now())
    gates.enter(visit)
    for change in (lambda: visit.crossings.update(gate="x"), lambda: visit.crossings.all().delete()):
        with pytest.raises(IntegrityError, match="neither changed"), transaction.atomic():
            change()
    Visit.objects.filter(pk=visit.pk).update(held=True)
    actions.leave(gates.guard, visit=visit.pk)
    with pytest.raises(IntegrityError, match="fits_visit"), transaction.atomic():
        Crossing.objects.create(visit=visit, number=3, direction="in", how="name")
