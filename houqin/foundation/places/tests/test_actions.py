"""Places: names, moves, endings, and who may do it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from houqin.foundation.errors import Conflict, NotPermitted, Problem
from houqin.foundation.places import actions
from houqin.foundation.places.models import Place
from houqin.foundation.places.names import write_full_names
from houqin.foundation.trail.actors import SYSTEM
from houqin.foundation.trail.queries import entries_of
from houqin.testing.cast import Cast


def _space(cast: Cast, parent: Place, **more: Any) -> Place:
    given = {"kind": "space", "code": "X-1", "name": "0312 会议室", "space_kind": "meeting"} | more
    return actions.add_place(cast.sysadmin, parent=parent, **given)


def test_a_new_place_is_named_from_the_building_down_and_has_a_code(cast: Cast) -> None:
    place = _space(cast, cast.floor)
    assert place.full_name == "1号楼 3层 0312 会议室"
    assert place.initials.endswith("hys")
    assert place.path == f"{cast.floor.path}{place.pk}/"
    assert len(place.qr) == 10
    (entry,) = entries_of(place)
    assert (entry.action, entry.actor_name) == ("places.add", "何管")
    assert "系统管理员" in entry.appointment_name


def test_below_a_site_the_name_of_the_site_is_left_out(cast: Cast) -> None:
    yard = _space(cast, cast.site, name="东门广场", space_kind="outdoor")
    assert yard.full_name == "东门广场"


def test_a_rename_reaches_everything_below_in_one_statement(cast: Cast) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        actions.rename_place(SYSTEM, cast.tower, name="A座")
    cast.office.refresh_from_db()
    assert cast.office.full_name == "A座 3层 301室"
    assert sum("WITH RECURSIVE" in query["sql"] for query in queries) == 1


def test_a_move_takes_everything_below_along(cast: Cast) -> None:
    actions.move_place(cast.sysadmin, cast.floor, parent=cast.other_tower)
    cast.office.refresh_from_db()
    assert cast.office.full_name == "2号楼 3层 301室"
    assert cast.office.path.startswith(cast.other_tower.path)


def test_nothing_moves_below_itself(cast: Cast) -> None:
    inner = _space(cast, cast.office, code="X-2", name="套间")
    with pytest.raises(Problem) as told:
        actions.move_place(SYSTEM, cast.office, parent=inner)
    assert "parent" in told.value.errors


def test_the_database_itself_refuses_a_circle(cast: Cast) -> None:
    inner = _space(cast, cast.office, code="X-2", name="套间")
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.filter(pk=cast.office.pk).update(parent=inner)


@pytest.mark.parametrize(("parent", "kind"), [("office", "floor"), ("site", "floor"), ("tower", "building")])
def test_what_does_not_fit_is_refused(cast: Cast, parent: str, kind: str) -> None:
    with pytest.raises(Problem) as told:
        _space(cast, getattr(cast, parent), kind=kind)
    assert "不能放在" in str(told.value.errors["kind"][0])


def test_a_code_is_used_once(cast: Cast) -> None:
    with pytest.raises(Problem) as told:
        _space(cast, cast.floor, code=cast.office.code)
    assert cast.office.code in str(told.value.errors["code"][0])


def test_empty_name_and_code_are_both_named(cast: Cast) -> None:
    with pytest.raises(Problem) as told:
        _space(cast, cast.floor, code=" ", name="  ")
    assert set(told.value.errors) == {"code", "name"}


def test_closing_reaches_below_and_can_be_taken_back(cast: Cast) -> None:
    assert actions.end_place(cast.sysadmin, cast.tower) == 4  # tower, floor, office, toilet
    cast.office.refresh_from_db()
    assert cast.office.ended_on is not None
    with pytest.raises(Conflict):
        _space(cast, cast.floor)
    with pytest.raises(Conflict):
        actions.reopen_place(cast.sysadmin, cast.floor)
    assert actions.reopen_place(cast.sysadmin, cast.tower) == 4
    cast.office.refresh_from_db()
    assert cast.office.ended_on is None


def test_whoever_keeps_one_tower_keeps_no_other(cast: Cast) -> None:
    cast.appoint(cast.worker, ["places.manage"], cast.repairs, place=cast.tower)
    actions.rename_place(cast.worker, cast.office, name="302室")
    for act in (
        lambda: actions.rename_place(cast.worker, cast.other_office, name="X"),
        lambda: actions.move_place(cast.worker, cast.office, parent=cast.other_office.parent),
        lambda: actions.add_place(cast.worker, parent=None, kind="site", code="S", name="S"),
        lambda: actions.end_place(cast.staff, cast.office),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_change_notes_what_changed_and_nothing_else(cast: Cast) -> None:
    actions.change_place(
        cast.sysadmin, cast.office, name="301室", code=cast.office.code, space_kind="office", capacity=4
    )
    entry = entries_of(cast.office).first()
    assert entry is not None
    assert (entry.before, entry.after) == ({"capacity": None}, {"capacity": 4})
    actions.rename_place(cast.sysadmin, cast.office, name="301室")
    assert entries_of(cast.office).count() == 1


def test_bulk_loads_get_their_names_in_one_statement(cast: Cast, django_assert_num_queries: Any) -> None:
    Place.objects.update(full_name="")
    with django_assert_num_queries(1):
        write_full_names()
    cast.office.refresh_from_db()
    assert cast.office.full_name == "1号楼 3层 301室"
