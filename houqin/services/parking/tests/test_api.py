"""Parking over HTTP: what cameras and chargers report, what systems ask."""

from django.utils import timezone

from houqin.exchange.tests.test_api import Caller


def event(number, plate="浙A12345", direction="in", **more):
    return {
        "sequence": number, "at": timezone.now().isoformat(), "direction": direction, "plate": plate, "confidence": 0.98, **more,
    }  # fmt: skip


def test_a_camera_delivers_again_and_is_counted_once(lots):
    camera = Caller(lots.cast.clerk, "parking")
    batch = {"events": [event(1), event(2, "浙B12345")]}
    assert camera.post("/parking/cameras/CAM-PE/passages", batch).json() == {
        "new": 2,
        "repeated": 0,
        "corrected": 0,
    }
    assert camera.post("/parking/cameras/CAM-PE/passages", batch).json() == {
        "new": 0,
        "repeated": 2,
        "corrected": 0,
    }
    lot = camera.get("/parking/lots").json()["items"][0]
    assert (lot["code"], lot["inside"], lot["free"], lot["charging_free"]) == ("PE", 2, 8, 1)
    assert {each["plate"] for each in camera.get("/parking/strangers").json()["items"]} == {
        "浙A12345",
        "浙B12345",
    }
    assert camera.post("/parking/cameras/X/passages", batch).status_code == 404
    assert camera.post("/parking/cameras/CAM-PE/passages", {"events": [event(-1)]}).status_code == 422
    assert Caller(lots.cast.staff).post("/parking/cameras/CAM-PE/passages", batch).status_code == 403


def test_a_charger_says_how_it_is(lots):
    caller = Caller(lots.cast.clerk)
    said = caller.post("/parking/lots/PE/spaces/E01/charge", {"state": "charging"}).json()
    assert said["state"] == "charging"
    old = {"state": "idle", "at": "2020-01-01T00:00:00+08:00"}
    assert caller.post("/parking/lots/PE/spaces/E01/charge", old).json()["state"] == "charging"
    assert caller.post("/parking/lots/PE/spaces/E01/charge", {"state": "x"}).status_code == 400


def test_a_full_lot_answers_with_the_others(lots):
    caller = Caller(lots.cast.clerk)
    body = {
        "source": "delegation-1",
        "from_at": lots.at(9).isoformat(),
        "until_at": lots.at(11).isoformat(),
        "lot": "PE",
    }
    assert caller.post("/parking/reservations", {**body, "spaces": 4}).status_code == 201
    full = caller.post("/parking/reservations", {**body, "source": "delegation-2"})
    assert (full.status_code, full.json()["code"]) == (409, "lot_full")
    assert [each["lot"] for each in full.json()["alternatives"]] == ["PW"]
    assert caller.post("/parking/reservations/release", {"source": "delegation-1"}).json() == {"released": 1}
    assert Caller(lots.cast.staff).post("/parking/reservations", body).status_code == 403


def test_by_what_right_a_plate_is_known_is_not_told_to_everybody(lots):
    lots.permit("浙A12345", lots.west)
    own, other = Caller(lots.cast.staff), Caller(lots.cast.colleague)
    assert own.get("/parking/guide", plate="浙A12345").json()["standing"] == "permit"
    told = other.get("/parking/guide", plate="浙A12345").json()
    assert (told["lot"], told["standing"], told["why"]) == ("PW", "", "")
    assert [each["plate"] for each in own.get("/parking/permits").json()["items"]] == ["浙A12345"]
    assert other.get("/parking/permits").json()["items"] == []
