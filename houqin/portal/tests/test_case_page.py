"""The page of a case and its verbs: with and without htmx, stale, forbidden, out of sight."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from houqin.affairs.models import Case, Event, Rating, State
from houqin.foundation.files.tests import samples
from houqin.foundation.trail.actors import Outsider

HTMX = {"HTTP_HX_REQUEST": "true"}


def page(client, case, tail="", **more):
    return client.get(f"/cases/{case.number}{tail}", **more)


def test_it_says_what_it_is_who_has_it_and_by_when(desk, as_person):
    case = desk.submit()
    text = page(as_person(desk.cast.staff), case).content.decode()
    assert "等待接单" in text
    assert "赵铁柱" in text
    assert case.spoken_number in text
    assert "催办" in text
    assert "接单</button>" not in text


def test_out_of_sight_is_404(desk, as_person):
    case = desk.submit()
    answer = page(as_person(desk.cast.other_staff), case)
    assert answer.status_code == 404
    assert "没有找到" in answer.content.decode()
    assert as_person(desk.cast.staff).get("/cases/2600000000").status_code == 404


def test_a_verb_without_the_right_is_403_and_an_unknown_one_404(desk, as_person):
    case = desk.submit()
    task = desk.open(case)[0]
    client = as_person(desk.cast.manager)
    assert page(client, case).status_code == 200
    assert client.post(f"/cases/{case.number}/complete", {"task": task.pk}).status_code == 403
    assert page(client, case, "/withdraw").status_code == 403
    assert page(client, case, "/dance").status_code == 404


def test_the_worker_walks_the_line_without_htmx(desk, as_person):
    cast, case = desk.cast, desk.submit()
    client = as_person(cast.worker)
    task = desk.open(case)[0].pk
    answer = client.post(f"/cases/{case.number}/accept?task={task}", {"next": "/todo"})
    assert answer["Location"] == "/todo"
    assert "已接单" in client.get("/todo").content.decode()
    form = page(client, case, f"/arrive?task={task}")
    assert "data-scan-into" in form.content.decode()
    assert "<html" in form.content.decode()
    answer = client.post(f"/cases/{case.number}/arrive", {"task": task, "code": cast.other_office.qr})
    assert answer.status_code == 422
    assert "请到现场后再扫" in answer.content.decode() or "二维码与地点不符" in answer.content.decode()
    answer = client.post(f"/cases/{case.number}/arrive", {"task": task, "code": cast.toilet.qr})
    assert answer["Location"] == f"/cases/{case.number}"
    client.post(f"/cases/{case.number}/complete", {"task": task, "comment": "换了垫片"})
    assert Case.objects.get().state == State.CONFIRMING
    assert "换了垫片" in page(as_person(cast.staff), case).content.decode()


def test_in_the_dialog_a_form_is_a_fragment_and_ends_by_going_to_the_case(desk, as_person):
    case = desk.submit()
    client = as_person(desk.cast.worker)
    task = desk.open(case)[0].pk
    form = page(client, case, f"/transfer?task={task}", **HTMX).content.decode()
    assert "<html" not in form
    assert f'name="task" value="{task}"' in form
    assert desk.cast.worker2.name in form
    assert desk.cast.staff.name not in form
    wrong = client.post(f"/cases/{case.number}/transfer", {"task": task, "comment": ""}, **HTMX)
    assert wrong.status_code == 422
    assert "请写明原因" in wrong.content.decode()
    assert "<html" not in wrong.content.decode()
    done = client.post(
        f"/cases/{case.number}/transfer",
        {"task": task, "comment": "我休假", "person": desk.cast.worker2.pk},
        **HTMX,
    )
    assert done["HX-Redirect"] == f"/cases/{case.number}"
    assert desk.holders(case) == [desk.cast.worker2]


@pytest.mark.parametrize("fragment", [False, True])
def test_a_stale_verb_is_told_how_the_case_stands_now(desk, as_person, fragment):
    cast, case = desk.cast, desk.submit()
    task = desk.open(case)[0].pk
    desk.do("transfer", case, by=cast.worker, comment="换人", person=cast.worker2.pk)
    client, more = as_person(cast.worker), HTMX if fragment else {}
    for answer in (
        client.post(f"/cases/{case.number}/complete", {"task": task}, **more),
        client.get(f"/cases/{case.number}/complete?task={task}", **more),
    ):
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "单大勇" in text
        assert ("<html" in text) is not fragment
        assert answer.get("HX-Retarget") == ("#dialog-body" if fragment else None)


def test_the_applicant_confirms_once_and_rates_with_tags(desk, as_person):
    cast, case = desk.cast, desk.submit()
    desk.do("accept", case, by=cast.worker)
    case = desk.do("complete", case, by=cast.worker)
    client = as_person(cast.staff)
    assert "确认办好" in page(client, case).content.decode()
    stale = case.version - 1
    assert client.post(f"/cases/{case.number}/confirm", {"version": stale}).status_code == 409
    assert client.post(f"/cases/{case.number}/confirm", {"version": case.version}).status_code == 302
    assert "去评价" in page(client, case).content.decode()
    assert client.post(f"/cases/{case.number}/rate", {}).status_code == 422
    client.post(f"/cases/{case.number}/rate", {"stars": 4, "tags": ["来得快", "态度好"], "comment": "好"})
    rating = Rating.objects.get()
    assert (rating.stars, rating.tags, rating.words) == (4, ["来得快", "态度好"], "好")
    assert "去评价" not in page(client, case).content.decode()


def test_insiders_see_who_knew_what_when_and_applicants_do_not(desk, as_person):
    from houqin.foundation.notices.actions import deliver, read
    from houqin.foundation.notices.models import Notice

    cast, case = desk.cast, desk.submit()
    Notice.objects.update(created_at="2026-01-01T00:00:00Z")
    deliver()
    read(cast.worker)
    inside = page(as_person(cast.manager), case).content.decode()
    assert "通知赵铁柱" in inside
    assert "已读" in inside
    assert "通知赵铁柱" not in page(as_person(cast.staff), case).content.decode()


def test_who_was_told_the_same_shares_a_line_that_names_them_all(desk, as_person):
    from houqin.foundation.notices.actions import tell

    cast, case = desk.cast, desk.submit()
    told = [cast.worker, cast.worker2, cast.dispatcher, cast.repairs_head]
    tell(told, kind="affairs.task", title="请尽快处理", record=case)
    text = page(as_person(cast.manager), case).content.decode()
    assert text.count("请尽快处理") == 1
    assert "等 4 人：请尽快处理" in text
    line = text.partition("请尽快处理")[2].partition("</details>")[0]
    assert [person.name for person in told if f"{person.name} · 正在送达" not in line] == []


def test_live_answers_only_when_something_changed(desk, as_person):
    cast, case = desk.cast, desk.submit()
    client = as_person(cast.staff)
    assert page(client, case, f"/live?v={case.version}", **HTMX).status_code == 204
    desk.do("accept", case, by=cast.worker)
    fresh = page(client, case, f"/live?v={case.version}", **HTMX)
    assert fresh.status_code == 200
    assert "已接单" in fresh.content.decode()
    assert "<html" not in fresh.content.decode()
    assert page(as_person(cast.other_staff), case, "/live?v=1", **HTMX).status_code == 404


def test_what_is_only_for_insiders_stays_inside(desk, as_person):
    case = desk.submit()
    Event.objects.create(case=case, actor_name="系统", verb="escalate", inside=True, data={"to": ["孙志强"]})
    assert "已上报孙志强" in page(as_person(desk.cast.manager), case).content.decode()
    assert "已上报" not in page(as_person(desk.cast.staff), case).content.decode()


def test_withdrawing_tells_the_consequence_first(desk, as_person):
    case = desk.submit()
    form = page(as_person(desk.cast.staff), case, "/withdraw", **HTMX).content.decode()
    assert "撤回后不再办理" in form


def test_a_passer_by_opens_only_the_case_they_proved(desk, client):
    outsider = Outsider("王女士", "13900001111")
    case = desk.submit(by=outsider)
    assert page(client, case).status_code == 302
    wrong = client.post("/track", {"number": case.number, "phone": "13900002222"})
    assert wrong.status_code == 422
    assert "对不上" in wrong.content.decode()
    right = client.post("/track", {"number": case.spoken_number, "phone": "139 0000 1111"})
    assert right["Location"] == f"/cases/{case.number}"
    text = page(client, case).content.decode()
    assert "赵铁柱" in text
    assert desk.cast.worker.phone.clear not in text
    answer = client.post(f"/cases/{case.number}/remind", {"version": case.version})
    assert answer.status_code == 302
    assert Case.objects.get().reminders == 1


def test_a_passer_by_adds_what_was_missing_with_a_photo(desk, client):
    case = desk.submit(by=Outsider("王女士", "13900001111"))
    client.post("/track", {"number": case.number, "phone": "13900001111"})
    case = desk.do("request_supplement", case, by=desk.cast.worker, comment="请补一张照片")
    note = SimpleUploadedFile("说明.txt", "水龙头在窗边".encode(), "text/plain")
    file = client.post("/files/", {"file": note}).json()["id"]
    data = {"version": case.version, "comment": "见附件", "photos": file}
    answer = client.post(f"/cases/{case.number}/supplement", data)
    assert answer.status_code == 302
    assert client.get(f"/files/{file}").getvalue().decode() == "水龙头在窗边"
    assert Case.objects.get().state == "open"


def test_an_approval_is_handed_to_somebody_who_approves(desk, as_person):
    case = desk.submit("借用会场", item="dummy.ask")
    form = page(as_person(desk.cast.head), case, "/transfer", **HTMX).content.decode()
    assert "林正" in form
    assert "赵铁柱" not in form


def test_tracking_is_counted(desk, client):
    case = desk.submit(by=Outsider("王女士", "13900001111"))
    for _ in range(8):
        client.post("/track", {"number": case.number, "phone": "13900002222"})
    answer = client.post("/track", {"number": case.number, "phone": "13900001111"})
    assert answer.status_code == 429
    assert "操作过于频繁" in answer.content.decode()


def test_a_late_step_is_red_for_those_inside_while_the_promise_still_holds(desk, as_person):
    case = desk.submit()
    task = desk.open(case)[0]
    with time_machine.travel(task.due_at + timedelta(minutes=1), tick=False):
        assert case.due_at > timezone.now()
        assert "now-red" in page(as_person(desk.cast.repairs_head), case).content.decode()
        assert "now-red" not in page(as_person(desk.cast.staff), case).content.decode()


def test_a_passer_by_who_tracks_a_case_sees_its_photos(desk, as_person):
    phone = "13912345678"
    worker = as_person(desk.cast.worker)
    case = desk.submit(by=Outsider("王女士", phone))
    photo = SimpleUploadedFile("现场.png", samples.picture("PNG"), "image/png")
    told = worker.post("/files/", {"file": photo}).json()
    desk.do("accept", case, by=desk.cast.worker)
    desk.do("complete", case, by=desk.cast.worker, comment="好了", photos=[told["id"]])
    elsewhere = Client()
    assert elsewhere.get(told["url"]).status_code == 404
    elsewhere.post("/track", {"number": case.number, "phone": phone})
    served = elsewhere.get(told["url"])
    assert served.status_code == 200
    assert b"".join(served.streaming_content)
