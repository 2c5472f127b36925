"""Weekly hours: by day and minute, over midnight, and what is refused."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from houqin.services.access import hours

MONDAY = timezone.make_aware(datetime(2026, 11, 23))
OFFICE = [{"days": [1, 2, 3, 4, 5], "from": "07:00", "to": "20:00"}]
NIGHT = [{"days": [5], "from": "22:00", "to": "06:00"}]


@pytest.mark.parametrize(
    ("span", "day", "hour", "open_"),
    [
        (OFFICE, 0, 7, True), (OFFICE, 0, 6.99, False), (OFFICE, 0, 20, False), (OFFICE, 5, 10, False),
        (NIGHT, 4, 23, True), (NIGHT, 5, 5.9, True), (NIGHT, 5, 6, False), (NIGHT, 4, 5, False), (None, 6, 3, True),
    ],
)  # fmt: skip
def test_hours_of_a_week(span, day, hour, open_):
    assert hours.holds(span, MONDAY + timedelta(days=day, hours=hour)) is open_


@given(
    st.lists(st.integers(1, 7), min_size=1, unique=True),
    st.integers(0, 23),
    st.integers(0, 23),
    st.integers(0, 10079),
)
def test_a_span_and_its_opposite_share_no_minute_and_leave_none(days, begins, ends, minute):
    """Every day from A to B and from B to A together are always; each alone is the other's opposite."""
    if begins == ends:
        return
    at = MONDAY + timedelta(minutes=minute)
    first, second = f"{begins:02}:00", f"{ends:02}:00"
    every = list(range(1, 8))
    forth = [{"days": every, "from": first, "to": second}]
    back = [{"days": every, "from": second, "to": first}]
    assert hours.holds(forth, at) != hours.holds(back, at)
    some = [{"days": days, "from": first, "to": second}]
    assert not hours.holds(some, at) or hours.holds(forth, at)


@pytest.mark.parametrize(
    "wrong",
    [[], "08:00", [{}], [{"days": [0], "from": "08:00", "to": "09:00"}], [{"days": [1], "from": "8", "to": "09:00"}],
     [{"days": [True], "from": "08:00", "to": "09:00"}], [{"days": [1], "from": "08:00", "to": "25:00"}]],
)  # fmt: skip
def test_hours_that_cannot_be_read_are_said_to_be(wrong):
    assert hours.fault(wrong)


def test_hours_in_words():
    assert hours.in_words(OFFICE) == "周一至周五 07:00–20:00"
    assert hours.in_words(None) == "全天"
    assert hours.fault(OFFICE) == hours.fault(None) == ""
