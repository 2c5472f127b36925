"""What controllers deliver: once each, in whatever order, with a clock that is off; the signed list."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from houqin.foundation.errors import Problem
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.access import actions, keys, queries
from houqin.services.access.models import Controller, DoorEvent, Presence
from houqin.services.access.tests.conftest import make_doors
from houqin.testing.cast import make_cast


def test_a_batch_is_stored_once_whatever_is_repeated(doors):
    batch = [doors.told(n, minutes=10 - n) for n in range(1, 6)]
    first = doors.take(*batch)
    assert (first.stored, first.repeated, first.through) == (5, 0, 5)
    again = doors.take(*batch, doors.told(6))
    assert (again.stored, again.repeated, again.through) == (1, 5, 6)
    assert DoorEvent.objects.count() == 6


def test_a_hole_is_known_until_it_is_filled(doors):
    assert doors.take(doors.told(1), doors.told(2), doors.told(4)).through == 2
    assert doors.take(doors.told(6), doors.told(5)).through == 2
    assert doors.take(doors.told(3)).through == 6


def test_two_controllers_count_for_themselves(doors):
    doors.take(doors.told(1))
    taken = doors.take(doors.told(1, door=doors.far.code), controller=doors.remote)
    assert (taken.stored, taken.through) == (1, 1)


def test_a_door_that_is_not_the_controllers_is_kept_as_refused(doors):
    taken = doors.take(doors.told(1, door=doors.far.code))
    assert (taken.stored, taken.through) == (1, 1)
    event = DoorEvent.objects.get()
    assert (event.allowed, event.reason, event.door) == (False, "unknown_door", None)
    assert not Presence.objects.exists()


def test_what_cannot_be_read_is_told_by_its_place_and_nothing_is_stored(doors):
    with pytest.raises(Problem) as caught:
        doors.take(
            doors.told(1), doors.told(0), doors.told(3, direction="up"), doors.told(4, holder="me"),
            doors.told(5, reason="because"), doors.told(6, permit=-1),
        )  # fmt: skip
    assert set(caught.value.errors) == {f"events.{n}" for n in range(1, 6)}
    assert not DoorEvent.objects.exists()
    with pytest.raises(Problem) as caught:
        doors.take(*(doors.told(n) for n in range(1, 1002)))
    assert "events" in caught.value.errors


def test_a_clock_that_is_off_is_set_right(doors):
    now = timezone.now()
    taken = doors.take(doors.told(1, minutes=-10), clock=now + timedelta(minutes=20))
    assert abs(taken.clock_off_seconds - 1200) <= 1
    event = DoorEvent.objects.get()
    assert abs((event.at - (now - timedelta(minutes=10))).total_seconds()) < 5
    doors.take(doors.told(2, minutes=-500))
    assert DoorEvent.objects.get(sequence=2).at <= timezone.now(), "nothing has happened in the future"
    assert Controller.objects.get(pk=doors.controller.pk).clock_off_seconds == 0


def test_late_events_do_not_bring_back_who_has_left(doors):
    doors.grant()
    doors.admit(doors.gate)
    doors.admit(doors.gate, "out")
    doors.take(doors.told(1, minutes=60))
    assert Presence.objects.get(holder=doors.holder).area is None


def test_an_event_never_changes(doors):
    doors.take(doors.told(1))
    for change in (
        lambda: DoorEvent.objects.update(allowed=False, reason="gone"),
        lambda: DoorEvent.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_batch_takes_a_fixed_number_of_queries(doors, django_assert_max_num_queries):
    for size in (2, 200):
        with django_assert_max_num_queries(4):
            doors.take(*(doors.told(size * 10 + n) for n in range(1, size)))


def test_a_heartbeat_tells_the_time_and_the_version(doors):
    doors.grant()
    heard = actions.hear(
        doors.controller, clock=timezone.now() - timedelta(minutes=3), version=5, trusts="ab", software="1.0"
    )
    assert heard.version == queries.latest_version() > 0
    assert abs(heard.clock_off_seconds + 180) <= 1
    doors.controller.refresh_from_db()
    assert (doors.controller.synced_version, doors.controller.trusts) == (5, "ab")
    assert doors.controller.seen_at


def read(controller: Controller, since: int = 0) -> dict:
    answer = queries.permit_list(controller, since)
    keys.public().verify(answer["list"].encode(), answer["signature"])
    return json.loads(answer["list"])


def test_the_list_is_signed_and_says_what_opens_which_door(doors):
    permit = doors.grant(doors.vault)
    doors.grant(doors.other, source="s:2")
    found = read(doors.controller)
    assert found["doors"][0] == {"code": "D1", "way": "both", "areas": ["T1", "T1-3"]}
    assert [(each["id"], each["holder"], each["areas"]) for each in found["permits"]] == [
        (permit.pk, doors.holder, ["T1-3"])
    ]
    assert read(doors.remote)["permits"][0]["areas"] == ["T2"]


def test_later_only_what_changed_is_sent(doors):
    permit = doors.grant()
    known = read(doors.controller)["version"]
    assert read(doors.controller, known)["permits"] == []
    other = doors.grant(holder="visitor:1", name="程立", source="s:2")
    actions.end(SYSTEM, source=permit.source)
    found = read(doors.controller, known)["permits"]
    assert [(each["id"], each.get("ended", False)) for each in found] == [
        (other.pk, False),
        (permit.pk, True),
    ]
    assert len(read(doors.controller)["permits"]) == 1


STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["in", "out"]), st.integers(0, 200)), min_size=1, max_size=12
)


class PresenceIsWhatTheEventsSay(TestCase):
    """Whatever the order and the batches in which they arrive, and however often."""

    @settings(max_examples=15, deadline=None)
    @given(STEPS, st.data())
    def test_presence(self, steps, data):
        doors = make_doors(make_cast())
        which = (doors.gate, doors.vault_door, doors.back)
        events = {
            n: doors.told(n, minutes=500 - n - minute / 1000, door=which[door].code, direction=way)
            for n, (door, way, minute) in enumerate(steps, start=1)
        }
        order = data.draw(st.permutations(sorted(events)))
        cut = data.draw(st.integers(0, len(order)))
        clock = timezone.now()
        for batch in (order[:cut], order[cut:], order[:3]):
            doors.take(*(events[n] for n in batch), clock=clock)
        last = max(DoorEvent.objects.filter(allowed=True), key=lambda event: event.at)
        area = last.door.area if last.direction == "in" else last.door.area.parent
        assert Presence.objects.get().area == area
        assert DoorEvent.objects.count() == len(events)
        doors.controller.refresh_from_db()
        assert doors.controller.through == len(events)
