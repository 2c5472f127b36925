"""The board, the way for a plate, the gate's screen, my permits, the keeper's desk, rotations, setting up."""

import re
from datetime import timedelta

import time_machine
from django.test import Client
from django.utils import timezone

from houqin.services.parking import actions, queries
from houqin.services.parking.models import Camera, Count, PlatePermit, Rotation, Stay


def text(answer) -> str:
    return answer.content.decode()


def test_the_board_shows_what_is_free_with_few_queries(lots, as_person, django_assert_max_num_queries):
    client = as_person(lots.cast.staff)
    actions.count(lots.cast.clerk, lot=lots.east.pk, counted=10)
    client.get("/parking/")
    with django_assert_max_num_queries(6):
        page = text(client.get("/parking/"))
    assert "已满" in page
    assert "充电空闲 1 / 1" in page
    fragment = text(client.get("/parking/", headers={"HX-Request": "true"}))
    assert "<html" not in fragment
    assert "西停车场" in fragment
    assert "还不能预测" in text(client.get("/parking/lots/PE"))


def test_anybody_is_shown_the_way_and_no_plate_is_told(lots):
    lots.permit("浙A12345", lots.west)
    client = Client()
    assert "东停车场" in text(client.get("/parking/guide"))
    page = text(client.post("/parking/guide", {"plate": "浙a12345"}))
    assert "<strong>西停车场</strong>" in page
    assert lots.cast.staff.name not in page
    assert "通行证在" not in page  # whether a plate is known here is nobody's business
    assert "车牌号有误" in text(client.post("/parking/guide", {"plate": "123"}))
    for _ in range(20):
        answer = client.post("/parking/guide", {"plate": "浙B12345"})
    assert answer.status_code == 429


def test_the_screen_at_the_gate_guides_who_stands_there_masked(lots):
    lots.permit("浙A12345", lots.west)
    token = actions.make_display(lots.cast.clerk, name="东门入口", camera=Camera.objects.get(code="CAM-PE"))
    lots.passes("浙A12345")
    page = text(Client().get(f"/parking/gate/{token}"))
    assert "浙A1***5" in page
    assert "浙A12345" not in page
    assert "<strong>西停车场</strong>" in page
    actions.end_display(lots.cast.clerk, display=queries.displays().get().pk)
    assert Client().get(f"/parking/gate/{token}").status_code == 404


def test_my_permits_whole_and_others_not_at_all(lots, as_person):
    permit = lots.permit("浙A12345")
    mine, other = as_person(lots.cast.staff), as_person(lots.cast.colleague)
    assert "浙A12345" in text(mine.get("/parking/mine"))
    assert "浙A12345" not in text(other.get("/parking/mine"))
    assert "HQP1." in text(mine.post(f"/parking/permits/{permit.pk}/sign"))
    assert other.post(f"/parking/permits/{permit.pk}/end").status_code == 404
    mine.post(f"/parking/permits/{permit.pk}/end")
    assert PlatePermit.objects.get().state == "ended"


def test_a_permit_is_asked_for_on_the_phone(lots, as_person):
    today = timezone.localdate()
    client = as_person(lots.cast.staff)
    assert "车牌号" in text(client.get("/services/parking.permit?lot=PE"))
    client.post(
        "/services/parking.permit",
        {
            "plate": "浙A12345",
            "lot": "PE",
            "from_on": f"{today}",
            "until_on": f"{today + timedelta(days=30)}",
        },
    )
    permit = PlatePermit.objects.get()
    assert permit.state == "pending"
    page = text(client.get(permit.case.get_absolute_url()))
    assert "浙A12345" in page
    head = text(as_person(lots.cast.head).get(permit.case.get_absolute_url()))
    assert "浙A1***5" in head
    assert "浙A12345" not in head


def test_the_keepers_desk_lists_and_counts(lots, as_person):
    lots.passes("浙C12345", at=timezone.now() - timedelta(hours=30))
    client = as_person(lots.cast.clerk)
    page = text(client.get("/parking/keep"))
    assert page.count("浙C12345") >= 2
    assert "浙C12345" in text(client.get("/parking/keep/stays?show=overstays&q=c123"))
    assert "没有符合条件的车辆" in text(client.get("/parking/keep/stays?q=浙B"))
    assert as_person(lots.cast.staff).get("/parking/keep").status_code == 403
    answer = client.post("/parking/keep", {"lot": "PE", "counted": "3", "note": "巡查"}, follow=True)
    assert "由 1 更正为 3" in text(answer)
    assert client.post("/parking/keep", {"lot": "PE", "counted": "9999"}).status_code == 422
    assert Count.objects.count() == 1


def test_the_keeper_finds_permits_and_passages_and_corrects(lots, as_person):
    lots.permit("浙A12345")
    made = lots.passes("浙A1234S", confidence=0.6)
    client = as_person(lots.cast.clerk)
    assert "浙A12345" in text(client.get("/parking/keep/permits?q=李晓雯"))
    assert "没有符合条件" in text(client.get("/parking/keep/permits?q=赵六"))
    page = text(client.get("/parking/keep/passages?show=corrected"))
    assert "原识别 浙A1234S" in page
    assert "与通行证只差一个字符" in page
    where = f"/parking/keep/passages/{made.pk}/correct"
    assert client.post(where, {"plate": "浙B12345", "note": ""}).status_code == 422
    client.post(where, {"plate": "浙B12345", "note": "看了照片"})
    assert "看了照片" in text(client.get("/parking/keep/passages"))


def test_long_lists_come_page_by_page(lots, as_person, django_assert_max_num_queries):
    Stay.objects.bulk_create(
        Stay(lot=lots.west, plate=f"浙C{number:05}", standing="stranger", in_at=timezone.now())
        for number in range(60)
    )
    client = as_person(lots.cast.clerk)
    client.get("/parking/keep/stays")
    with django_assert_max_num_queries(12):
        first = text(client.get("/parking/keep/stays?show=strangers"))
    assert first.count("已不在场") == 50
    following = re.search(r'href="(\?[^"]*before=\d+)"', first)
    assert following
    assert (
        text(client.get("/parking/keep/stays" + following[1].replace("&amp;", "&"))).count("已不在场") == 10
    )
    with django_assert_max_num_queries(16):
        assert "查看全部 60 辆" in text(client.get("/parking/keep"))


def test_a_rotation_from_opening_to_the_published_result(lots, as_person):
    keeper, staff = as_person(lots.cast.clerk), as_person(lots.cast.staff)
    now, today = timezone.localtime(), timezone.localdate()
    keeper.post(
        "/parking/rotations/new",
        {
            "name": "一季度地下车位", "lot": "PE", "places": 1, "enter_until": f"{now + timedelta(days=1):%Y-%m-%dT%H:%M}",
            "from_on": f"{today + timedelta(days=3)}", "until_on": f"{today + timedelta(days=90)}",
        },
    )  # fmt: skip
    made = Rotation.objects.get()
    where = f"/parking/rotations/{made.pk}"
    assert "一季度地下车位" in text(staff.get("/parking/mine"))
    assert made.promise in text(staff.get(where))
    assert made.secret not in text(staff.get(where))
    assert "报名号 1" in text(staff.post(where, {"plate": "浙A12345"}, follow=True))
    assert as_person(lots.cast.staff).get(f"{where}/draw").status_code == 403
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        keeper = as_person(lots.cast.clerk)
        assert keeper.post(f"{where}/draw", {"beacon": ""}).status_code == 422
        keeper.post(f"{where}/draw", {"beacon": "双色球 2026137 期 蓝球 08"})
        page = text(as_person(lots.cast.other_staff).get(where))
    assert made.secret in page
    assert "浙A1***5" in page
    assert "候补名单" in page
    assert "浙A12345" not in page
    assert text(staff.get(f"{where}/tickets.csv")) == "1,0,0\n"
