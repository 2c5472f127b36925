"""A permit from the application to its end: one a plate, within quotas, in line, by fair rotation, for partners."""

import base64
from datetime import timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from houqin.affairs.actions import perform, submit
from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.trail.models import Entry
from houqin.services.parking import actions, drawing, queries, signing
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


# -- partners ------------------------------------------------------------------------------------------------------


@pytest.fixture
def partner(lots):
    key = Ed25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    return actions.add_partner(lots.cast.clerk, code="HB", name="滨江院区", public_key=public), key


def token(key, **more):
    today = timezone.localdate()
    return signing.sign(
        {"by": "HB", "id": "7", "plate": "浙H12345", "from": f"{today}", "until": f"{today + timedelta(days=9)}", **more}, key
    )  # fmt: skip


def test_a_partners_permit_is_recognised_until_it_or_the_partner_is_revoked(lots, partner):
    made, key = partner
    for _ in range(2):
        actions.take_partner_permit(lots.cast.clerk, token=token(key))
    assert lots.passes("浙H12345").standing == "partner"
    actions.take_partner_permit(lots.cast.clerk, token=token(key, revoked=True))
    actions.take_partner_permit(lots.cast.clerk, token=token(key))  # shown again: it stays revoked
    assert lots.passes("浙H12345").standing == "stranger"
    actions.take_partner_permit(lots.cast.clerk, token=token(key, id="8"))
    assert lots.passes("浙H12345").standing == "partner"
    actions.revoke_partner(lots.cast.clerk, partner=made.pk)
    assert lots.passes("浙H12345").standing == "stranger"
    with pytest.raises(NotFound, match="不在伙伴名单"):
        actions.take_partner_permit(lots.cast.clerk, token=token(key, id="9"))


def test_what_is_forged_or_broken_is_refused(lots, partner):
    good = token(partner[1])
    for bad in (
        token(Ed25519PrivateKey.generate()),
        good[:-4] + "AAAA",
        good.replace("HQP1", "HQP2"),
        "x",
        token(partner[1], until="2000-01-01"),
        token(partner[1], plate="浙H1"),
    ):
        with pytest.raises(Problem):
            actions.take_partner_permit(lots.cast.clerk, token=bad)


def test_our_own_permit_is_shown_to_partners(lots):
    permit = lots.permit("浙A12345")
    text = actions.sign_permit(lots.cast.staff, permit=permit.pk)
    assert signing.verify(text, signing.public_key(signing.own_public_key())).plate == "浙A12345"
    with pytest.raises(NotFound):
        actions.sign_permit(lots.cast.colleague, permit=permit.pk)


# -- guidance ------------------------------------------------------------------------------------------------------


def test_the_way_leads_to_ones_own_lot_and_past_a_full_one(lots):
    lots.permit("浙A12345", lots.west)
    assert queries.guide("浙A12345").lot.code == "PW"
    assert queries.guide("浙B99999").lot.code == "PE"
    actions.count(lots.cast.clerk, lot=lots.east.pk, counted=10)
    assert queries.guide("浙B99999").lot.code == "PW"
    actions.count(lots.cast.clerk, lot=lots.west.pk, counted=40)
    full = queries.guide("浙A12345")
    assert (full.lot, full.free) == (None, 0)
    assert "已满" in str(full.why)


def test_what_is_promised_is_not_free_for_others(lots):
    now = timezone.now()
    actions.reserve(
        lots.cast.clerk, source="m:1", spaces=4, lot=lots.east, from_at=now - timedelta(minutes=5),
        until_at=now + timedelta(hours=1),
    )  # fmt: skip
    actions.count(lots.cast.clerk, lot=lots.east.pk, counted=6)
    assert queries.guide("浙B99999").lot.code == "PW"
    actions.release(lots.cast.clerk, source="m:1")
    assert queries.guide("浙B99999").free == 4


def test_guidance_asks_two_queries(lots, django_assert_num_queries):
    lots.permit("浙A12345")
    with django_assert_num_queries(2):
        queries.guide("浙A12345")


def test_old_plates_are_forgotten_and_counts_stay(lots):
    lots.passes("浙A12345")
    lots.passes("浙A12345", "out")
    with time_machine.travel(timezone.now() + timedelta(days=91), tick=False):
        assert actions.forget() == 3
        assert actions.forget() == 0
    assert lots.inside() == 0
