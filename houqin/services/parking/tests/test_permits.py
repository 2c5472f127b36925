"""A permit from the application to its end: one a plate, within quotas, in line, by fair rotation."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from houqin.affairs.actions import perform, submit
from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.trail.models import Entry
from houqin.services.parking import actions, drawing, queries
from houqin.services.parking.models import EntryState, PlatePermit, RotationEntry


def ask(lots, who=None, plate="浙a12345", lot="PE", **more):
    today = timezone.localdate()
    given = {
        "plate": plate,
        "lot": lot,
        "from_on": f"{today}",
        "until_on": f"{today + timedelta(days=200)}",
        **more,
    }
    return submit(who or lots.cast.staff, item="parking.permit", data=given)


def agree(lots, case, *who):
    for actor in who or (lots.cast.head, lots.cast.clerk):
        task = case.tasks.get(state="open")
        assert task.assignee == actor
        perform(actor, "approve", case=case.number, task=task.pk, data={})


def test_a_permit_is_asked_for_agreed_and_known_at_the_gate(lots):
    case = ask(lots)
    assert "浙A1***5" in case.title
    agree(lots, case)
    permit = PlatePermit.objects.get()
    assert (permit.plate, permit.state, permit.unit) == ("浙A12345", "open", lots.cast.finance)
    assert lots.passes("浙A12345").standing == "permit"
    assert not Entry.objects.filter(after__icontains="浙A12345").exists()


def test_a_plate_has_one_permit_at_a_time(lots):
    case = ask(lots)
    with pytest.raises(Problem) as refused:
        ask(lots, lots.cast.colleague)
    assert "一个车牌只能有一张" in str(refused.value.errors["plate"][0])
    task = case.tasks.get(state="open")
    perform(lots.cast.head, "refuse", case=case.number, task=task.pk, data={"comment": "已有车位"})
    assert PlatePermit.objects.get().state == "refused"
    ask(lots, lots.cast.colleague)


def test_bad_input_says_how_to_mend_it(lots):
    today = timezone.localdate()
    for given, field, words in (
        ({"plate": "浙A123"}, "plate", "车牌号有误"),
        ({"until_on": f"{today - timedelta(days=1)}"}, "until_on", "不能早于"),
        ({"until_on": f"{today + timedelta(days=800)}"}, "until_on", "一年"),
        ({"lot": "X"}, "lot", "没有这个停车场"),
    ):
        with pytest.raises(Problem) as refused:
            ask(lots, **given)
        assert words in str(refused.value.errors[field][0])


def test_past_the_quota_permits_wait_in_line_and_come_in_when_one_ends(lots):
    cast = lots.cast
    actions.set_quota(cast.clerk, lot=lots.east.pk, unit=None, most=1)
    first = lots.permit("浙A00001", person=cast.other_staff)
    cases = [ask(lots, who, f"浙A1234{n}") for n, who in enumerate((cast.staff, cast.colleague))]
    for case in cases:
        agree(lots, case)
    waiting = [PlatePermit.objects.get(case=case) for case in cases]
    assert [permit.state for permit in waiting] == ["waiting", "waiting"]
    assert [queries.place_in_line(permit) for permit in waiting] == [1, 2]
    with pytest.raises(NotFound):
        actions.end(cast.staff, permit=first.pk)
    actions.end(cast.other_staff, permit=first.pk)
    states = dict(PlatePermit.objects.values_list("plate", "state"))
    assert (states["浙A12340"], states["浙A12341"]) == ("open", "waiting")
    assert Notice.objects.filter(person=cast.staff, title="车辆通行证已生效").exists()


def test_a_units_quota_does_not_hold_up_others(lots):
    cast = lots.cast
    actions.set_quota(cast.clerk, lot=lots.east.pk, unit=cast.finance, most=0)
    case = ask(lots)
    agree(lots, case)
    assert PlatePermit.objects.get().state == "waiting"
    lots.permit("浙A00001", person=cast.other_staff)
    actions.set_quota(cast.clerk, lot=lots.east.pk, unit=cast.finance, most=1)
    assert PlatePermit.objects.get(case=case).state == "open"


def test_a_permit_ends_on_its_day(lots):
    today = timezone.localdate()
    lots.permit("浙A12345", until_on=today)
    assert actions.lapse() == 0
    assert actions.lapse(today + timedelta(days=1)) == 1
    assert actions.lapse(today + timedelta(days=1)) == 0


# -- rotation ------------------------------------------------------------------------------------------------------


def rotation(lots, places=1, **more):
    today = timezone.localdate()
    return actions.open_rotation(
        lots.cast.clerk, lot=lots.east.pk, name="一季度地下车位", places=places, from_on=today + timedelta(days=3),
        until_on=today + timedelta(days=90), enter_until=timezone.now() + timedelta(days=1), **more,
    )  # fmt: skip


def drawn(lots, made, beacon="福彩3D 2026313 期 5 0 7"):
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        return actions.draw(lots.cast.clerk, rotation=made.pk, beacon=beacon)


def test_anybody_can_recompute_the_draw(lots):
    cast = lots.cast
    made = rotation(lots)
    for number, who in enumerate((cast.staff, cast.colleague, cast.other_staff)):
        actions.enter(who, rotation=made.pk, plate=f"浙A1234{number}")
    with pytest.raises(Conflict, match="已报名"):
        actions.enter(cast.staff, rotation=made.pk, plate="浙A99999")
    with pytest.raises(Conflict, match="还没有截止"):
        actions.draw(cast.clerk, rotation=made.pk, beacon="1")
    made = drawn(lots, made)
    entries = list(queries.entries_of(made))
    tickets = [drawing.Ticket(each.number, each.lost_before, each.held_last) for each in entries]
    assert drawing.sha256(made.secret) == made.promise
    assert drawing.digest_of(tickets) == made.entries_digest
    assert drawing.draw(tickets, made.secret, made.beacon) == [each.number for each in entries]
    assert [each.state for each in entries] == ["won", "waiting", "waiting"]
    assert PlatePermit.objects.get().plate == entries[0].plate
    with pytest.raises(Conflict):
        drawn(lots, made)


def test_who_gives_back_makes_room_for_the_next(lots):
    made = rotation(lots)
    for number, who in enumerate((lots.cast.staff, lots.cast.colleague)):
        actions.enter(who, rotation=made.pk, plate=f"浙A1234{number}")
    made = drawn(lots, made)
    winner, second = queries.entries_of(made)
    actions.end(winner.person, permit=PlatePermit.objects.get().pk)
    assert actions.hand_on(lots.cast.clerk, rotation=made.pk) == 1
    assert actions.hand_on(lots.cast.clerk, rotation=made.pk) == 0
    assert RotationEntry.objects.get(pk=second.pk).state == EntryState.WON


def test_losing_counts_for_the_next_time_and_having_had_a_place_against(lots):
    people = [lots.cast.staff, lots.cast.colleague, lots.cast.other_staff]
    first = rotation(lots)
    for number, who in enumerate(people):
        actions.enter(who, rotation=first.pk, plate=f"浙A1234{number}")
    winner = queries.entries_of(drawn(lots, first))[0].person
    again = rotation(lots)
    for number, who in enumerate(people):
        actions.enter(who, rotation=again.pk, plate=f"浙B1234{number}")
    entries = {each.person: each for each in again.entries.all()}
    assert (entries[winner].held_last, entries[winner].lost_before) == (True, 0)
    assert queries.entries_of(drawn(lots, again)).last().person == winner


def test_the_rules_of_the_draw_in_order():
    tickets = [
        drawing.Ticket(1, 0, True),
        drawing.Ticket(2, 0, False),
        drawing.Ticket(3, 2, False),
        drawing.Ticket(4, 1, False),
    ]
    assert drawing.draw(tickets, "s", "b") == [3, 4, 2, 1]
    same = [drawing.Ticket(number, 0, False) for number in range(1, 30)]
    assert drawing.draw(same, "s", "b") == drawing.draw(same[::-1], "s", "b") != drawing.draw(same, "s", "c")
