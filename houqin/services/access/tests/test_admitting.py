"""At the door: who gets in, who does not and why; a pass once, nobody twice; who is inside."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from houqin.foundation.errors import NotFound, NotPermitted
from houqin.services.access import actions, keys, queries
from houqin.services.access.models import DoorEvent, Presence
from houqin.services.access.passes import BadPass, PublicKey
from houqin.services.access.tests.conftest import RIGHTS


def test_a_pass_lets_in_once_a_window_and_direction(doors):
    permit = doors.grant()
    token = actions.pass_token(doors.holder)
    first = doors.admit(token=token)
    assert (first.allowed, first.name, first.permit, first.holder) == (
        True, "李晓雯", permit.pk, doors.holder,
    )  # fmt: skip
    assert doors.admit(doors.gate, token=token).allowed is False
    assert doors.admit(direction="out", token=token).allowed, "each direction counts for itself"
    later = actions.pass_token(doors.holder, at=timezone.now() + timedelta(seconds=30))
    assert later != token
    assert doors.admit(token=later).allowed


def test_a_pass_changes_every_half_minute_and_is_old_after_one_more(doors):
    doors.grant()
    at = timezone.make_aware(datetime(2026, 11, 25, 8, 55, 0))
    token = actions.pass_token(doors.holder, at=at)
    assert token == actions.pass_token(doors.holder, at=at + timedelta(seconds=29))
    assert token != actions.pass_token(doors.holder, at=at + timedelta(seconds=30))
    assert doors.admit(token=token, at=at + timedelta(seconds=60)).reason == "pass_old"


def test_a_forged_or_broken_pass_opens_nothing_and_is_kept_as_an_event(doors):
    doors.grant()
    token = actions.pass_token(doors.holder)
    forged = token.replace("HQ1.e", "HQ1.f", 1)
    for wrong in (forged, token[:-4] + "AAAA", "HQ1", "", "x" * 9000, token + "é"):
        if wrong:
            assert doors.admit(token=wrong).reason == "bad_pass"
    assert DoorEvent.objects.filter(allowed=False, holder="").count() == 5


def test_a_pass_says_by_itself_what_is_open_now(doors):
    permit = doors.grant(doors.vault)
    said = keys.public().open(actions.pass_token(doors.holder))
    assert said.areas == ("T1", "T1-3")
    assert said.permit_for(["T1-3"]) == permit.pk
    assert said.permit_for(["T2"]) is None
    with pytest.raises(BadPass):
        PublicKey(bytes(32)).open(actions.pass_token(doors.holder))


def test_hours_and_period_bound_a_permit(doors):
    saturday = timezone.make_aware(datetime(2026, 11, 28, 10))
    doors.grant(
        hours=[{"days": [1, 2, 3, 4, 5], "from": "07:00", "to": "20:00"}],
        from_at=saturday - timedelta(days=5), until_at=saturday + timedelta(days=5),
    )  # fmt: skip
    assert doors.admit(at=saturday).reason == "outside_hours"
    assert doors.admit(at=saturday + timedelta(days=2)).allowed
    assert doors.admit(at=saturday + timedelta(days=9)).reason == "expired"
    assert doors.admit(at=saturday - timedelta(days=9)).reason == "not_yet"
    assert queries.open_areas(doors.holder, saturday) == {}


def test_who_has_left_the_house_stays_outside(doors):
    doors.grant()
    doors.cast.staff.ended_on = timezone.localdate()
    doors.cast.staff.save()
    assert doors.admit().reason == "gone"
    assert keys.public().open(actions.pass_token(doors.holder)).areas == ()


def test_the_wrong_way_and_a_closed_door(doors):
    doors.grant()
    assert doors.admit(doors.back, "out").reason == "wrong_way"
    actions.set_door(doors.cast.clerk, door=doors.back, active=False)
    assert doors.admit(doors.back).reason == "door_closed"


def test_nobody_is_kept_inside(doors):
    permit = doors.grant()
    assert doors.admit().allowed
    actions.withdraw(doors.cast.clerk, permits=[permit.pk], reason="调离")
    assert doors.admit().reason == "no_permit"
    assert doors.admit(direction="out", token=actions.pass_token(doors.holder)).allowed
    assert not queries.inside(doors.cast.clerk).exists()


def test_nobody_enters_twice_without_having_left(doors):
    doors.grant()
    assert doors.admit(doors.gate).allowed
    assert doors.admit(doors.back).reason == "inside_already"
    assert doors.admit(doors.gate, "out").allowed
    assert doors.admit(doors.back).allowed
    long_after = timezone.now() + timedelta(minutes=601)
    doors.grant(until_at=long_after + timedelta(hours=1))
    assert doors.admit(doors.gate, at=long_after).allowed, "after ten hours it is forgotten"


def test_deciding_takes_two_queries(doors, django_assert_num_queries):
    doors.grant()
    token = actions.pass_token(doors.holder)
    doors.admit(token=token, direction="out")
    with django_assert_num_queries(2):
        assert doors.admit(token=token, by=doors.controller, sequence=1).allowed
    with django_assert_num_queries(1):
        actions.pass_token(doors.holder)


def test_only_who_may_checks_passes_and_a_controller_only_its_doors(doors):
    doors.grant()
    with pytest.raises(NotPermitted):
        doors.admit(by=doors.cast.staff)
    doors.cast.appoint(doors.cast.worker, RIGHTS[3:], doors.cast.general)
    assert doors.admit(by=doors.cast.worker).allowed
    with pytest.raises(NotFound):
        doors.admit(doors.far, by=doors.controller, sequence=1)
    with pytest.raises(NotFound):
        actions.admit(doors.controller, door="nowhere", direction="in", holder=doors.holder)


def test_asking_again_with_the_same_number_is_the_same_decision(doors):
    doors.grant()
    token = actions.pass_token(doors.holder)
    first = doors.admit(token=token, by=doors.controller, sequence=7)
    again = doors.admit(token=token, by=doors.controller, sequence=7)
    assert first == again
    assert first.allowed
    assert DoorEvent.objects.count() == 1


def test_who_is_inside_follows_the_passages(doors):
    doors.grant(doors.vault)
    doors.grant(holder="visitor:5", name="程立", source="s:5")
    doors.admit(doors.gate)
    doors.admit(doors.vault_door)
    doors.admit(holder="visitor:5")
    clerk = doors.cast.clerk
    assert {each.name: each.area.code for each in queries.inside(clerk)} == {"李晓雯": "T1-3", "程立": "T1"}
    assert [each.name for each in queries.inside(clerk, doors.vault)] == ["李晓雯"]
    assert queries.inside_counts(clerk) == {doors.tower.pk: 1, doors.vault.pk: 1}
    doors.admit(doors.vault_door, "out")
    assert Presence.objects.get(holder=doors.holder).area == doors.tower
    doors.admit(doors.gate, "out")
    assert [each.name for each in queries.inside(clerk)] == ["程立"]
    assert not queries.inside(doors.cast.staff).exists()


def test_a_number_used_before_answers_only_the_same_question(doors):
    doors.grant()
    assert doors.admit(by=doors.controller, sequence=1).allowed
    assert doors.admit(by=doors.controller, sequence=1).allowed, "asked again, the answer got lost"
    other = doors.admit(by=doors.controller, sequence=1, holder="visitor:9")
    assert (other.allowed, other.reason) == (False, "number_used")
    back = doors.admit(by=doors.controller, sequence=1, direction="out")
    assert (back.allowed, back.reason) == (False, "number_used")
    assert DoorEvent.objects.count() == 1


def test_a_controller_that_lost_its_memory_counts_on_where_it_was(doors):
    doors.grant()
    for number in (1, 2, 4):
        doors.admit(by=doors.controller, sequence=number, direction="out")
    heard = actions.hear(doors.controller, clock=timezone.now(), version=0)
    assert (heard.through, heard.last) == (2, 4)
    doors.take(doors.told(3))
    assert actions.hear(doors.controller, clock=timezone.now(), version=0).through == 4
