"""Finding places as people name them."""

from __future__ import annotations

from typing import Any

import pytest

from houqin.foundation.errors import NotFound
from houqin.foundation.places import actions, queries
from houqin.foundation.places.models import Place
from houqin.foundation.trail.actors import SYSTEM
from houqin.testing.cast import Cast


@pytest.fixture
def towers(cast: Cast) -> dict[str, Place]:
    """A座 and B座 with rooms on the third and thirteenth floor."""
    made = {}
    for letter in "AB":
        tower = actions.add_place(
            SYSTEM, parent=cast.site, kind="building", code=f"{letter}0", name=f"{letter}座"
        )
        made[letter] = tower
        for level in (3, 13):
            floor = actions.add_place(
                SYSTEM, parent=tower, kind="floor", code=f"{letter}-{level:02}", name=f"{level}层"
            )
            for room, use in ((12, "meeting"), (13, "office"), (20, "toilet")):
                number = f"{level:02}{room}"
                name = {"meeting": f"{number} 会议室", "office": f"{number} 办公室", "toilet": "女卫生间"}[
                    use
                ]
                place = actions.add_place(
                    SYSTEM, parent=floor, kind="space", code=f"{letter}-{number}", name=name, space_kind=use
                )
                made[f"{letter}{number}"] = place
    return made


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("A312", "A0312"),
        ("a座312", "A0312"),
        ("A座 0312", "A0312"),
        ("b-1313", "B1313"),
        ("B座 13层 hys", "B1312"),
        ("A座 3层 hys", "A0312"),
        ("A座", "A"),
        ("azuo", "A"),
        ("a1312 huiyishi", "A1312"),
        ("B座 女卫生间", "B0320"),
        ("b座卫生间3层", "B0320"),
    ],
)
def test_places_are_found_as_people_name_them(
    towers: dict[str, Place], django_assert_num_queries: Any, text: str, first: str
) -> None:
    with django_assert_num_queries(1):
        found = queries.find_places(text)
    assert found
    assert found[0] == towers[first]


def test_the_right_building_before_the_same_figures_elsewhere(towers: dict[str, Place]) -> None:
    found = queries.find_places("312")
    assert {place.full_name for place in found[:4]} == {
        "A座 3层 0312 会议室",
        "B座 3层 0312 会议室",
        "A座 13层 1312 会议室",
        "B座 13层 1312 会议室",
    }


def test_searches_can_be_narrowed(towers: dict[str, Place]) -> None:
    assert {place.kind for place in queries.find_places("3", kind="floor")} == {"floor"}
    assert all(
        place.path.startswith(towers["B"].path) for place in queries.find_places("12", under=towers["B"])
    )


def test_closed_places_are_not_offered(towers: dict[str, Place]) -> None:
    actions.end_place(SYSTEM, towers["A"])
    assert queries.find_places("A312") == []


def test_passers_by_find_where_anybody_may_walk(towers: dict[str, Place]) -> None:
    assert queries.find_places("A0313", public=True) == []
    assert queries.find_places("A座 卫生间", public=True)
    names = {place.name for place in queries.children(towers["A0312"].parent, public=True)}
    assert names == {"女卫生间"}


@pytest.mark.parametrize("text", ["", "   ", "%", "_", "';--", "\\"])
def test_signs_find_nothing(towers: dict[str, Place], text: str) -> None:
    assert queries.find_places(text) == []


def test_children_say_how_many_are_below(towers: dict[str, Place], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        rows = list(queries.children(towers["A"]))
    assert [(row.name, row.below) for row in rows] == [("13层", 3), ("3层", 3)]


def test_a_walk_goes_floor_by_floor(towers: dict[str, Place], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        names = [place.name for place in queries.walk(towers["A"])]
    assert names[0] == "A座"
    assert names.index("13层") + 4 == names.index("3层")
    assert len(names) == 9


def test_counts_and_the_way_up(towers: dict[str, Place]) -> None:
    assert queries.counts_below(towers["A"]) == {"floor": 2, "space": 6}
    assert [place.name for place in queries.above(towers["A0312"])] == ["江城市民中心", "A座", "3层"]


def test_a_code_finds_its_place_closed_or_not(towers: dict[str, Place]) -> None:
    actions.end_place(SYSTEM, towers["A0312"])
    assert queries.by_qr(towers["A0312"].qr) == towers["A0312"]
    with pytest.raises(NotFound):
        queries.by_qr("nothing")


def test_what_a_picker_sends_names_one_place(towers: dict[str, Place]) -> None:
    room = towers["A0312"]
    assert queries.by_code(room.code) == queries.by_code(room.qr) == room
    assert queries.find_places(room.qr)[0] == room
    actions.end_place(SYSTEM, room)
    with pytest.raises(NotFound, match="重新选择"):
        queries.by_code(room.code)
