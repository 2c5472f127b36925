"""The tree's pages, the picker's lists, and the sheets of codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from houqin.foundation.people.models import Person
from houqin.foundation.places import actions
from houqin.foundation.places.models import Place
from houqin.foundation.places.views import keeping, public
from houqin.foundation.trail.actors import SYSTEM
from houqin.foundation.trail.queries import entries_of
from houqin.testing.cast import Cast

SignedIn = Callable[[Person], Client]
HTMX = {"HX-Request": "true"}


def _text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("verb", ["", "/add", "/change", "/move", "/codes"])
def test_the_tree_is_for_its_keepers(cast: Cast, as_person: SignedIn, verb: str) -> None:
    address = f"/places/{cast.tower.pk}{verb}"
    assert Client().get(address).status_code == 302
    assert as_person(cast.staff).get(address).status_code == 403
    assert as_person(cast.sysadmin).get(address).status_code == 200
    assert as_person(cast.sysadmin).get(f"/places/999999{verb}").status_code == 404


def test_the_tree_begins_at_the_sites_or_at_ones_own_place(cast: Cast, as_person: SignedIn) -> None:
    page = _text(as_person(cast.sysadmin).get("/places/"))
    assert "江城市民中心" in page
    assert "2 栋楼" in page
    assert as_person(cast.staff).get("/places/").status_code == 403
    cast.appoint(cast.worker, ["places.manage"], cast.repairs, place=cast.tower)
    mine = as_person(cast.worker)
    page = _text(mine.get("/places/"))
    assert "1号楼" in page
    assert "添加院区" not in page
    assert "2号楼" not in _text(mine.get("/places/?q=号楼"))
    assert mine.get(f"/places/{cast.other_tower.pk}").status_code == 403


def test_a_place_is_added_changed_moved_closed_and_reopened(cast: Cast, as_person: SignedIn) -> None:
    client = as_person(cast.sysadmin)
    given = {"kind": "space", "name": "303室", "code": "A1-303", "space_kind": "office"}
    assert client.post(f"/places/{cast.floor.pk}/add", given).status_code == 302
    room = Place.objects.get(code="A1-303")
    client.post(
        f"/places/{room.pk}/change", {**given, "name": "会议室", "space_kind": "meeting", "capacity": "20"}
    )
    room.refresh_from_db()
    assert (room.full_name, room.capacity) == ("1号楼 3层 会议室", 20)
    client.post(f"/places/{room.pk}/move", {"parent": "A2-5"})
    room.refresh_from_db()
    assert room.full_name == "2号楼 5层 会议室"
    page = _text(client.post(f"/places/{room.pk}/end", follow=True))
    assert "已停用 1 个场所" in page
    assert "恢复使用" in page
    assert "已恢复 1 个场所" in _text(client.post(f"/places/{room.pk}/reopen", follow=True))


def test_what_is_refused_stands_beside_its_field(cast: Cast, as_person: SignedIn) -> None:
    client = as_person(cast.sysadmin)
    given = {"kind": "space", "name": "303室", "code": cast.office.code}
    answer = client.post(f"/places/{cast.floor.pk}/add", given)
    assert answer.status_code == 422
    assert "已被使用" in _text(answer)
    assert "303室" in _text(answer)
    answer = client.post(f"/places/{cast.floor.pk}/move", {"parent": "nowhere"})
    assert "没有找到编码为 nowhere 的地点" in _text(answer)
    answer = client.post(f"/places/{cast.floor.pk}/move", {"parent": cast.office.code})
    assert answer.status_code == 422


def test_closing_under_a_closed_parent_is_told(cast: Cast, as_person: SignedIn) -> None:
    actions.end_place(SYSTEM, cast.tower)
    answer = as_person(cast.sysadmin).post(f"/places/{cast.office.pk}/reopen", follow=True)
    assert "请先恢复上级" in _text(answer)


def test_long_lists_are_paged_by_key(
    cast: Cast, as_person: SignedIn, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(keeping, "ROWS", 3)
    for n in range(5):
        actions.add_place(
            SYSTEM, parent=cast.floor, kind="space", code=f"N{n}", name=f"N{n}室", position=n % 2
        )
    client = as_person(cast.sysadmin)
    seen, address = [], f"/places/{cast.floor.pk}"
    while True:
        with django_assert_max_num_queries(14):
            answer = client.get(address)
        seen += [row.pk for row in answer.context["rows"]]
        if not answer.context["next_url"]:
            break
        address = f"/places/{cast.floor.pk}{answer.context['next_url']}"
    assert len(seen) == len(set(seen)) == 7
    assert seen == list(Place.objects.filter(parent=cast.floor).values_list("pk", flat=True))
    assert client.get(f"/places/{cast.floor.pk}?after=x").status_code == 200


def test_sheets_hold_every_code_of_the_subtree(cast: Cast, as_person: SignedIn) -> None:
    client = as_person(cast.sysadmin)
    page = _text(client.get(f"/places/{cast.tower.pk}/codes"))
    assert page.count('<figure class="label">') == 4
    assert cast.office.qr in page
    assert cast.other_office.qr not in page
    assert "style=" not in page
    assert _text(client.get(f"/places/{cast.tower.pk}/codes?kind=floor")).count('<figure class="label">') == 1


def test_many_sheets_are_paged(cast: Cast, as_person: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LABELS_A_SHEET", 2)
    monkeypatch.setattr(keeping, "SHEETS", 1)
    client = as_person(cast.sysadmin)
    first = client.get(f"/places/{cast.tower.pk}/codes")
    assert first.context["next_url"] == "?kind=&from=2"
    second = client.get(f"/places/{cast.tower.pk}/codes?kind=&from=2")
    labels = [place for page in (first, second) for sheet in page.context["sheets"] for place, _svg in sheet]
    assert labels == [cast.tower, cast.floor, *sorted(labels[2:], key=labels.index)]
    assert second.context["next_url"] == ""


def test_the_picker_leads_from_buildings_to_rooms(cast: Cast, as_person: SignedIn) -> None:
    client = as_person(cast.staff)
    top = _text(client.get("/places/pick", headers=HTMX))
    assert "1号楼" in top  # the only site is passed over
    floors = _text(client.get("/places/pick?under=A1", headers=HTMX))
    assert "under=A1-3" in floors
    rooms = _text(client.get("/places/pick?under=A1-3", headers=HTMX))
    assert f'data-picker-choose="{cast.office.code}"' in rooms
    assert 'data-label="1号楼 3层 301室"' in rooms
    found = _text(client.get("/places/pick?q=301", headers=HTMX))
    assert f'data-picker-choose="{cast.office.code}"' in found
    assert client.get("/places/pick?under=nowhere").status_code == 404


def test_passers_by_pick_only_where_anybody_may_walk(cast: Cast) -> None:
    client = Client()
    assert cast.office.code not in _text(client.get("/places/pick?q=301"))
    rooms = _text(client.get("/places/pick?under=A1-3"))
    assert cast.toilet.code in rooms
    assert cast.office.code not in rooms


def test_passers_by_who_look_too_often_are_stopped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "PASSER_BY_LOOKS_A_MINUTE", 2)
    client = Client()
    assert [client.get("/places/pick").status_code for _ in range(3)] == [200, 200, 429]


def test_the_back_office_goes_through_the_same_actions(cast: Cast, as_person: SignedIn) -> None:
    client = as_person(cast.sysadmin)
    assert cast.office.full_name in _text(client.get("/backoffice/places/place/?q=301"))
    given = {
        "parent": cast.floor.pk,
        "kind": "space",
        "code": "B-1",
        "name": "库房",
        "space_kind": "store",
        "position": 0,
    }
    assert client.post("/backoffice/places/place/add/", given).status_code == 302
    made = Place.objects.get(code="B-1")
    assert made.full_name == "1号楼 3层 库房"
    address = f"/backoffice/places/place/{made.pk}/change/"
    assert made.qr in _text(client.get(address))
    client.post(address, {"code": "B-1", "name": "备件库", "space_kind": "store", "position": 0})
    made.refresh_from_db()
    assert made.full_name == "1号楼 3层 备件库"
    assert [entry.action for entry in entries_of(made)] == ["places.change", "places.add"]
    assert as_person(cast.staff).get("/backoffice/places/place/").status_code in (302, 403)
