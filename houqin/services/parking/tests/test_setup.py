"""Setting up: a lot from a place to its spaces, cameras and quotas; partners and screens; who may."""

import pytest

from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.foundation.places.models import Place
from houqin.foundation.trail.models import Entry
from houqin.services.parking import actions, queries
from houqin.services.parking.models import Camera, Lot, PartnerPermit, PlatePermit, Space


def text(answer) -> str:
    return answer.content.decode()


def test_a_place_becomes_a_lot_with_spaces_cameras_and_a_quota(lots, as_person):
    cast, client = lots.cast, as_person(lots.cast.clerk)
    place = Place.objects.create(
        kind="space", code="PN", name="北停车场", full_name="1号楼 3层 北停车场", parent=cast.floor, space_kind="parking"
    )  # fmt: skip
    assert "北停车场" in text(client.get("/parking/setup/lots/new"))
    given = {
        "place": "PN", "keeper": cast.general.code, "capacity": "30", "reservable": "40", "longest_hours": "24", "position": "3",
        "note": "限高 2.2 米", "visitors": "on", "open": "on",
    }  # fmt: skip
    wrong = client.post("/parking/setup/lots/new", given)
    assert wrong.status_code == 422
    assert "不能多于车位数 30" in text(wrong)
    client.post("/parking/setup/lots/new", given | {"reservable": "5"})
    lot = Lot.objects.get(pk=place.pk)
    where = f"/parking/setup/lots/{lot.pk}"
    assert "北停车场" not in text(client.get("/parking/setup/lots/new")), "a place is one lot"
    for what, sent in (
        ("spaces/new", {"kind": "ev", "letters": "C", "first": "7", "many": "3"}),
        ("spaces/new", {"kind": "accessible", "letters": "W", "first": "1", "many": "2"}),
        ("cameras/new", {"code": "PN-IN", "name": "北入口"}),
        ("quota", {"unit": "", "most": "3"}),
        ("edit", given | {"reservable": "6", "capacity": "32"}),
    ):
        assert client.get(f"{where}/{what}").status_code == 200
        assert client.post(f"{where}/{what}", sent).status_code == 302, what
    page = text(client.get(where))
    for words in ("C007", "C009", "W002", "北入口", "还没有上报", "0 / 3", "32"):
        assert words in page
    assert (
        client.post(
            f"{where}/spaces/new", {"kind": "ev", "letters": "C", "first": "9", "many": "1"}
        ).status_code
        == 409
    )
    bay = Space.objects.get(lot=lot, code="C008")
    client.post(f"/parking/setup/spaces/{bay.pk}", {"kind": "ev", "charge": "faulty", "active": "on"})
    client.post(f"/parking/setup/cameras/{Camera.objects.get(code='PN-IN').pk}", {"name": "北门"})
    page = text(client.get(where))
    assert "故障" in page
    assert "已停用" in page
    now = {each.code: each for each in queries.lots_now()}["PN"]
    assert (now.bays, now.bays_idle, now.accessible_free, now.free) == (3, 2, 2, 32)
    client.post(f"/parking/setup/quotas/{lot.quotas.get().pk}/end")
    assert "不限数量" in text(client.get(where))
    told = set(Entry.objects.filter(action__startswith="parking.").values_list("action", flat=True))
    assert {
        "parking.make_lot",
        "parking.set_lot",
        "parking.add_spaces",
        "parking.set_space",
        "parking.set_camera",
    } <= told


def test_what_does_not_fit_is_refused(lots):
    clerk, east = lots.cast.clerk, lots.east.pk
    with pytest.raises(Problem) as caught:
        actions.add_spaces(clerk, lot=east, kind="ordinary", letters="A", first=1, many=10)
    assert "many" in caught.value.errors, "one of the ten is numbered already"
    actions.add_spaces(clerk, lot=east, kind="ev", letters="C", first=1, many=2)
    with pytest.raises(Conflict, match="C002"):
        actions.add_spaces(clerk, lot=east, kind="ev", letters="C", first=2, many=2)
    with pytest.raises(Problem):
        actions.set_lot(clerk, lot=east, capacity=0)
    actions.reserve(clerk, source="m:1", spaces=4, lot=lots.east, from_at=lots.at(9), until_at=lots.at(10))
    with pytest.raises(Conflict, match="已预留"):
        actions.set_lot(clerk, lot=east, reservable=3)


def test_who_does_not_set_up_a_lot_reaches_none_of_it(lots, as_person):
    cast = lots.cast
    cast.appoint(cast.worker, ["parking.manage"], cast.schools)
    client = as_person(cast.worker)
    assert "东停车场" not in text(client.get("/parking/setup"))
    for path in (
        f"lots/{lots.east.pk}",
        f"spaces/{Space.objects.get().pk}",
        f"cameras/{Camera.objects.first().pk}",
    ):
        assert client.get(f"/parking/setup/{path}").status_code == 404
    for work in (
        lambda: actions.set_space(cast.worker, space=Space.objects.get().pk, kind="ev", active=False),
        lambda: actions.set_camera(cast.worker, camera=Camera.objects.first().pk, name="", active=False),
    ):
        with pytest.raises(NotFound):
            work()
    with pytest.raises(NotPermitted):
        actions.set_lot(cast.clerk, lot=lots.east.pk, keeper=cast.schools)


def test_a_quota_that_is_lifted_lets_in_who_waits(lots):
    quota = actions.set_quota(lots.cast.clerk, lot=lots.east.pk, unit=None, most=1)
    lots.permit("浙A12345")
    waits = PlatePermit.objects.create(
        plate="浙B12345", person=lots.cast.colleague, unit=lots.cast.budget, lot=lots.east, state="waiting",
        from_on="2020-01-01", until_on="2099-01-01", waits_since="2020-01-01T00:00Z",
    )  # fmt: skip
    actions.end_quota(lots.cast.clerk, quota=quota.pk)
    waits.refresh_from_db()
    assert waits.state == "open"


def test_partners_are_listed_and_each_of_their_permits_can_be_refused(lots, partner, as_person):
    client = as_person(lots.cast.clerk)
    assert "滨江院区" in text(client.get("/parking/setup/partners"))
    assert client.post("/parking/setup/partners", {"token": "HQP1.x.y"}).status_code == 422
    answer = client.post("/parking/setup/partners", {"token": partner.signs()}, follow=True)
    assert "浙H12345 可以入场" in text(answer)
    known = PartnerPermit.objects.get()
    where = f"/parking/setup/partner-permits/{known.pk}/revoke"
    assert client.post(where, {"why": ""}).status_code == 422
    client.post(where, {"why": "冒用"})
    assert "还没有登记过" in text(client.get("/parking/setup/partners"))
    bad = client.post("/parking/setup/partners/new", {"code": "X", "name": "滨江", "public_key": "x"})
    assert "32 字节" in text(bad)
    permit = lots.permit("浙A12345")
    actions.sign_permit(lots.cast.staff, permit=permit.pk)
    actions.end(lots.cast.staff, permit=permit.pk)
    page = text(client.get("/parking/setup/partners"))
    assert "浙A1***5" in page
    client.post(f"/parking/setup/partners/{partner.listed.pk}/revoke")
    assert "已撤销" in text(client.get("/parking/setup/partners"))


def test_a_screen_gets_its_address_once(lots, as_person):
    client = as_person(lots.cast.clerk)
    assert client.post("/parking/setup", {"name": ""}).status_code == 422
    made = text(client.post("/parking/setup", {"name": "东门", "camera": ""}))
    assert "/parking/gate/" in made
    assert "/parking/gate/" not in text(client.get("/parking/setup"))
    assert as_person(lots.cast.staff).get("/parking/setup").status_code == 403


def test_each_sees_the_parts_they_may_enter(lots, as_person):
    cast = lots.cast
    cast.appoint(cast.worker, ["parking.keep"], cast.bureau)
    cast.appoint(cast.sysadmin, ["parking.manage"], cast.bureau)
    assert "/parking/setup" not in text(as_person(cast.worker).get("/parking/keep"))
    page = text(as_person(cast.sysadmin).get("/parking/setup"))
    assert "东停车场" in page
    assert "/parking/keep/permits" not in page
