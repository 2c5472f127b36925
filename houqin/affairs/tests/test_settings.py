"""What administrators change without code: only new cases feel it, and its history stays."""

import pytest

from houqin.affairs import actions, offers
from houqin.affairs.models import Case, Route
from houqin.foundation.errors import NotPermitted, Problem
from houqin.foundation.trail.models import Entry
from houqin.testing.desk import Desk
from houqin.testing.dummy import MEND


def test_a_changed_limit_is_felt_by_new_cases_only(desk: Desk) -> None:
    cast = desk.cast
    before = desk.submit()
    actions.change_item(
        cast.sysadmin,
        item="dummy.mend",
        name="修修补补",
        limit_minutes=60,
        steps={"mend": {"minutes": 30, "name": "上门"}},
    )
    after = desk.submit()
    before.refresh_from_db()
    assert (before.limit_minutes, desk.open(before)[0].limit_minutes) == (480, 240)
    assert (after.limit_minutes, desk.open(after)[0].limit_minutes) == (60, 30)
    assert (after.item_name, desk.open(after)[0].step_name) == ("修修补补", "上门")
    desk.do("accept", before, by=cast.worker)
    desk.do("complete", before, by=cast.worker)
    desk.do("reopen", before, by=cast.staff, comment="还漏")
    assert desk.open(before)[0].limit_minutes == 240
    entry = Entry.objects.filter(action="affairs.change_item").get()
    assert entry.after["limit_minutes"] == 60


def test_a_unit_can_have_limits_and_sections_of_its_own(desk: Desk) -> None:
    cast = desk.cast
    actions.change_item(cast.sysadmin, item="dummy.mend", unit=cast.education, limit_minutes=120)
    actions.set_route(cast.sysadmin, item="dummy.mend", unit=cast.education, section=cast.contractor)
    assert desk.submit().limit_minutes == 480
    theirs = desk.submit(by=cast.other_staff)
    assert (theirs.limit_minutes, theirs.section) == (120, cast.contractor)


def test_the_deepest_place_then_the_category_decides_the_section(desk: Desk) -> None:
    cast = desk.cast
    actions.set_route(cast.sysadmin, item="dummy.mend", category="water", section=cast.general)
    assert desk.submit().section == cast.general
    actions.set_route(cast.sysadmin, item="dummy.mend", place=cast.tower, section=cast.contractor)
    assert desk.submit().section == cast.contractor


def test_an_item_switched_off_leaves_the_catalogue(desk: Desk) -> None:
    actions.change_item(desk.cast.sysadmin, item="dummy.mend", enabled=False)
    assert "dummy.mend" not in [offer.item.code for offer in offers.catalogue(desk.cast.budget)]
    with pytest.raises(Problem, match="未开放"):
        desk.submit()


def test_nonsense_is_refused_with_the_reason(desk: Desk) -> None:
    with pytest.raises(Problem, match="没有“nothing”环节"):
        actions.change_item(desk.cast.sysadmin, item="dummy.mend", steps={"nothing": {"minutes": 5}})
    with pytest.raises(Problem, match="大于零"):
        actions.change_item(desk.cast.sysadmin, item="dummy.mend", steps={"mend": {"minutes": 0}})
    with pytest.raises(NotPermitted):
        actions.change_item(desk.cast.staff, item="dummy.mend")


def test_without_a_route_the_applicant_is_told_and_nothing_is_kept(desk: Desk) -> None:
    Route.objects.filter(item_code=MEND.code).delete()
    with pytest.raises(Problem, match="尚未指定承办科室"):
        desk.submit()
    assert not Case.objects.exists()


def test_an_item_is_submitted_by_its_channels_only(desk: Desk) -> None:
    every = MEND.channels
    object.__setattr__(MEND, "channels", frozenset({"web", "phone"}))
    try:
        with pytest.raises(Problem, match="未开放"):
            desk.submit(channel="api")
        assert desk.submit(channel="web").channel == "web"
    finally:
        object.__setattr__(MEND, "channels", every)
