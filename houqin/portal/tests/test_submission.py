"""From the item's page to the number: defaults, drafts, errors, joining, and passers-by."""

from __future__ import annotations

from houqin.affairs.models import Case

URL = "/services/dummy.mend"


def test_the_page_promises_and_says_what_follows(desk, as_person):
    text = as_person(desk.cast.staff).get(URL).content.decode()
    assert "承诺 8 个工作小时内办结" in text
    assert "维修" in text
    assert f'data-draft="item:dummy.mend:{desk.cast.staff.pk}"' in text
    assert "1号楼 3层 301室" in text  # their usual room


def test_a_scanned_code_sets_the_place(desk, as_person):
    cast = desk.cast
    client = as_person(cast.staff)
    text = client.get(URL, {"place": cast.toilet.qr}).content.decode()
    assert "男卫生间" in text
    assert 'name="via" value="code"' in text
    client.post(URL, {"what": "堵了", "kind": "water", "place": cast.toilet.code, "via": "code"})
    case = Case.objects.get()
    assert case.place == cast.toilet
    assert case.channel == "code"


def test_errors_stand_at_the_top_and_beside_the_field_and_nothing_typed_is_lost(desk, as_person):
    answer = as_person(desk.cast.staff).post(URL, {"what": "", "kind": "water", "place": desk.cast.toilet.pk})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "有 1 处需要改一下" in text
    assert text.count("请写明事由。") == 2
    assert 'value="water"' in text
    assert "男卫生间" in text
    assert not Case.objects.exists()


def test_it_ends_on_a_page_with_the_number(desk, as_person):
    client = as_person(desk.cast.staff)
    answer = client.post(URL, {"what": "水龙头滴漏", "kind": "water"}, follow=True)
    case = Case.objects.get()
    text = answer.content.decode()
    assert case.spoken_number in text
    assert "赵铁柱" in text
    assert f'data-draft-done="item:dummy.mend:{desk.cast.staff.pk}"' in text
    assert as_person(desk.cast.other_staff).get(answer.redirect_chain[-1][0]).status_code == 404


def test_a_report_that_joins_says_so(desk, as_person):
    desk.diary.running = desk.submit(by=desk.cast.colleague)
    answer = as_person(desk.cast.staff).post(URL, {"what": "也漏", "kind": "water"}, follow=True)
    assert "您的内容已并入" in answer.content.decode()
    assert Case.objects.count() == 1


def test_passers_by_report_public_items_with_name_and_phone(desk, client):
    page = client.get(URL).content.decode()
    assert "caller_phone" in page
    half = client.post(URL, {"what": "漏水", "kind": "water"})
    assert half.status_code == 422
    assert "请填写手机号" in half.content.decode()
    data = {"what": "漏水", "kind": "water", "caller_name": "王女士", "caller_phone": "+86 139-0000-1111"}
    done = client.post(URL, data, follow=True)
    case = Case.objects.get()
    assert (case.applicant_id, case.applicant_phone) == (None, "13900001111")
    assert case.spoken_number in done.content.decode()
    assert client.get(case.get_absolute_url()).status_code == 200


def test_items_for_staff_send_passers_by_to_the_door(desk, client):
    assert client.get("/services/dummy.ask")["Location"].startswith("/sign-in")
    assert client.get("/services/dummy.none").status_code == 404


def test_an_item_switched_off_is_gone(desk, as_person):
    from houqin.affairs import actions
    from houqin.foundation.trail.actors import SYSTEM

    actions.change_item(SYSTEM, item="dummy.mend", enabled=False)
    assert as_person(desk.cast.staff).get(URL).status_code == 404
    assert as_person(desk.cast.staff).post(URL, {"what": "x"}).status_code == 404


def test_reports_of_one_phone_are_limited(desk, client):
    data = {"what": "漏水", "kind": "water", "caller_name": "王女士", "caller_phone": "13900001111"}
    statuses = [client.post(URL, data).status_code for _ in range(7)]
    assert statuses == [302] * 6 + [429]


def test_the_public_entry_offers_public_items_only(desk, client):
    text = client.get("/report").content.decode()
    assert "修理" in text
    assert "申请" not in text.split('class="tiles')[1].split("</ul>")[0]
