"""Visitors over HTTP."""

from datetime import timedelta

from django.utils import timezone

from houqin.exchange.tests.test_api import Caller
from houqin.services.access.actions import pass_token
from houqin.services.visitors.models import Visit


def test_a_host_and_a_gate_work_by_calls(gates):
    host, gate = Caller(gates.cast.staff), Caller(gates.guard)
    now = timezone.now()
    told = {
        "name": "钱明", "phone": "13912345678", "place": gates.cast.office.code, "purpose": "对账",
        "from_at": now.isoformat(), "until_at": (now + timedelta(hours=1)).isoformat(), "plate": "浙A12345",
    }  # fmt: skip
    bad = host.post("/visitors/visits", {**told, "place": "nowhere"})
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["place"])
    made = host.post("/visitors/visits", told).json()
    assert (made["state"], made["phone"], made["space"]) == ("expected", "139****5678", "访客停车场")
    pk = made["id"]
    assert "/visitors/p/" in host.get(f"/visitors/visits/{pk}/pass").json()["url"]
    assert [each["id"] for each in gate.get("/visitors/expected").json()["items"]] == [pk]
    token = pass_token(f"visitor:{pk}")
    assert gate.post("/visitors/scan", {"token": token, "gate": "G1"}).json()["direction"] == "in"
    refused = gate.post(f"/visitors/visits/{pk}/enter", {"gate": "G1"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert len(gate.get(f"/visitors/inside?building={gates.cast.tower.code}").json()["items"]) == 1
    assert gate.post(f"/visitors/visits/{pk}/leave", {}).json()["state"] == "left"
    assert gate.get("/visitors/overdue").json()["items"] == []
    assert gate.get("/visitors/trace?visitor=钱").json()["items"][0]["id"] == pk
    assert gate.get("/visitors/insight").json()["came"] == 1
    assert host.get("/visitors/trace").status_code == 403
    assert host.get("/visitors/visits").json()["items"][0]["state"] == "left"


def test_lists_are_kept_by_calls(gates):
    keeper, today = Caller(gates.guard), timezone.localdate().isoformat()
    guests = [{"name": f"客人{n}", "phone": f"1391234567{n}"} for n in range(3)]
    now = timezone.now()
    group = {
        "name": "考察团", "place": gates.cast.office.code, "purpose": "考察", "guests": guests, "from_at": now.isoformat(),
        "until_at": (now + timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    host = Caller(gates.cast.staff)
    assert len(host.post("/visitors/groups", group).json()["visits"]) == 3
    wrong = host.post("/visitors/groups", {**group, "guests": [{"name": "某", "phone": "1"}]})
    assert list(wrong.json()["errors"]) == ["guests.0.phone"]
    denial = keeper.post(
        "/visitors/denials", {"name": "客人1", "phone": "13912345671", "reason": "扰序"}
    ).json()
    held = Visit.objects.get(held=True)
    assert held.name == "客人1"
    assert keeper.post(f"/visitors/visits/{held.pk}/clear", {}).json()["ask_duty_office"] is False
    assert keeper.post(f"/visitors/denials/{denial['id']}/lift", {"why": "已核实"}).json()["lifted_at"]
    company = keeper.post("/visitors/contractors", {
        "name": "安居电梯", "work": "维保", "place": gates.cast.office.code, "insured_until": today, "from_time": "00:00",
        "until_time": "23:59",
    }).json()  # fmt: skip
    address = f"/visitors/contractors/{company['id']}"
    worker = keeper.post(
        f"{address}/workers", {"name": "丁强", "phone": "13912345679", "inducted_until": today}
    ).json()
    assert keeper.post(f"/visitors/workers/{worker['id']}/enter", {"gate": "G1"}).json()["state"] == "inside"
    changed = keeper.post(f"/visitors/workers/{worker['id']}", {"inducted_until": "2020-01-01"}).json()
    assert changed["inducted_until"] == "2020-01-01"
    assert len(keeper.get(f"{address}/workers").json()["items"]) == 1
    rule = keeper.get("/visitors/rules").json()["items"][0]
    assert keeper.post(f"/visitors/rules/{rule['id']}", {**rule, "active": False}).json()["active"] is False
