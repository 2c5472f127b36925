"""The pages: upload, look, put right, apply, give up."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from houqin.foundation.errors import Conflict
from houqin.foundation.people import actions as people
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.roster import actions, jobs
from houqin.foundation.roster.models import ColumnMemory, Draft, Spelling, State
from houqin.foundation.roster.tests.samples import book, phone, somebody
from houqin.foundation.trail.models import Entry
from houqin.testing.cast import Cast

UNIT = "市财政局"


def file(rows: list[list[Any]], **more: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile("花名册.xlsx", book(rows, **more))


def rows(count: int = 5) -> list[list[Any]]:
    return [somebody(n, unit=UNIT, section="预算处") for n in range(1, count + 1)]


@pytest.fixture
def client(cast: Cast, as_person: Callable[[Person], Client]) -> Client:
    return as_person(cast.sysadmin)


def uploaded(client: Client, given: list[list[Any]], **more: Any) -> Draft:
    response = client.post(reverse("roster:start"), {"file": file(given, **more)})
    assert response.status_code == 302, response.content.decode()
    return Draft.objects.latest("id")


def page(client: Client, draft: Draft, **query: Any) -> str:
    response = client.get(reverse("roster:draft", args=[draft.pk]), query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def apply(client: Client, draft: Draft) -> str:
    draft.refresh_from_db()
    response = client.post(reverse("roster:apply", args=[draft.pk]), {"digest": draft.digest}, follow=True)
    return response.content.decode()


def test_upload_look_and_apply(cast: Cast, client: Client) -> None:
    draft = uploaded(client, rows())
    text = page(client, draft)
    assert "将会：新增 5 人" in text
    assert "名册!3" in text
    assert phone(1) not in text
    assert "已导入：新增 5 人" in apply(client, draft)
    assert Person.objects.filter(organisation=cast.budget, name=somebody(1)[3]).exists()


def test_the_file_is_encrypted_while_it_waits_and_erased_when_it_has_been_applied(client: Client) -> None:
    draft = uploaded(client, rows())
    assert b"PK\x03\x04" not in bytes(draft.content)
    assert phone(1).encode() not in bytes(draft.plan)
    apply(client, draft)
    draft.refresh_from_db()
    assert (draft.state, draft.content, draft.wishes) == (State.APPLIED, None, None)
    entries = Entry.objects.filter(record_type="roster.draft")
    assert {entry.action for entry in entries} == {"roster.upload", "roster.apply"}


def test_given_up_it_is_erased(client: Client) -> None:
    draft = uploaded(client, rows())
    client.post(reverse("roster:drop", args=[draft.pk]))
    draft.refresh_from_db()
    assert (draft.state, draft.content, draft.plan) == (State.DROPPED, None, None)
    assert "已放弃" in page(client, draft)


def test_after_a_day_it_is_erased(client: Client) -> None:
    draft = uploaded(client, rows())
    Draft.objects.filter(pk=draft.pk).update(created_at=timezone.now() - timedelta(hours=25))
    jobs.erase_old()
    draft.refresh_from_db()
    assert (draft.state, draft.content, draft.plan) == (State.DROPPED, None, None)


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("a.xlsx", b"PK\x03\x04broken"), "重新保存"),
        (SimpleUploadedFile("a.csv", "甲,乙\n1,2".encode()), "没有找到人员表"),
        (None, "请先选择"),
    ],
)
def test_what_is_no_roster_is_refused_in_words(client: Client, upload: Any, words: str) -> None:
    response = client.post(reverse("roster:start"), {"file": upload} if upload else {})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Draft.objects.exists()


def test_a_bad_number_is_put_right_in_its_row(client: Client) -> None:
    given = rows()
    given[0][6] = "1.39E+10"
    draft = uploaded(client, given)
    text = page(client, draft)
    assert "手机号有误" in text
    assert 'value="1.39E+10"' in text
    values = {"at": "名册!3", "field": "mobile", "value": phone(1), "show": "refused", "from": "0"}
    client.post(reverse("roster:row", args=[draft.pk]), values)
    draft.refresh_from_db()
    assert draft.counts["rows_refused"] == 0
    apply(client, draft)
    assert Person.objects.get(name=somebody(1)[3]).phone == phone(1)


def test_an_unknown_unit_is_named_and_remembered(cast: Cast, client: Client) -> None:
    given = rows()
    given[0][1] = "市财政居"
    draft = uploaded(client, given)
    text = page(client, draft)
    assert f'<option value="{cast.finance.pk}" selected>市财政局' in text
    client.post(reverse("roster:unit", args=[draft.pk]), {"text": "市财政居", "means": str(cast.finance.pk)})
    apply(client, draft)
    assert Spelling.objects.get(text="市财政居").organisation == cast.finance
    again = uploaded(client, given)
    assert again.counts["rows_refused"] == 0


def test_a_new_unit_is_founded_when_somebody_says_so(cast: Cast, client: Client) -> None:
    draft = uploaded(client, [somebody(1, unit="市审计局")])
    assert draft.counts["rows_refused"] == 1
    client.post(reverse("roster:unit", args=[draft.pk]), {"text": "市审计局", "means": "new"})
    apply(client, draft)
    assert Organisation.objects.get(name="市审计局").parent == cast.city


def test_columns_are_put_right_and_remembered(client: Client) -> None:
    header = ("序号", "单位", "科室", "姓名", "性别", "身份证号", "手机", "岗位序列", "备注")
    draft = uploaded(client, rows(), header=header)
    text = client.get(reverse("roster:columns", args=[draft.pk])).content.decode()
    assert "岗位序列" in text
    assert somebody(1)[5] not in text
    assert phone(1) not in text
    signature = re.search(r'name="signature" value="(\w+)"', text)[1]  # type: ignore[index]
    meanings = ["number", "unit", "section", "name", "sex", "id_number", "mobile", "other", "remark"]
    client.post(
        reverse("roster:columns", args=[draft.pk]),
        {"signature": signature, "label": list(header), "meaning": meanings},
    )
    assert ColumnMemory.objects.get().meanings["岗位序列"] == "other"
    apply(client, draft)
    assert Person.objects.get(name=somebody(1)[3]).post == ""
    response = client.post(
        reverse("roster:columns", args=[uploaded(client, rows(), header=header).pk]),
        {"signature": signature, "label": list(header), "meaning": ["other"] * 9},
        follow=True,
    )
    assert "请指明哪一列是姓名" in response.content.decode()


def test_people_whom_the_roster_does_not_list_may_stay(client: Client) -> None:
    apply(client, uploaded(client, rows(8)))
    draft = uploaded(client, rows(6))
    gone = draft.counts["people_ended"]
    assert "将按已离开处理" in page(client, draft)
    client.post(reverse("roster:unlisted", args=[draft.pk]), {"keep": "1"})
    draft.refresh_from_db()
    assert (gone > 0, draft.counts["people_ended"]) == (True, 0)


def test_refused_rows_as_a_workbook_that_can_be_mended_and_imported(cast: Cast, client: Client) -> None:
    given = rows()
    given[0][6] = "@1390000"
    draft = uploaded(client, given)
    apply(client, draft)
    response = client.get(reverse("roster:refused", args=[draft.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    values = [cell.value for cell in sheet[2]]
    assert values[0] == "名册!3"
    assert values[4:6] == [somebody(1)[5], "'@1390000"]
    sheet["F2"] = phone(1)
    stream = io.BytesIO()
    sheet.parent.save(stream)
    again = client.post(reverse("roster:start"), {"file": SimpleUploadedFile("改好.xlsx", stream.getvalue())})
    assert again.status_code == 302
    latest = Draft.objects.latest("id")
    assert (latest.counts["people_added"], latest.counts["people_ended"]) == (1, 0)


def test_when_the_database_has_moved_on_nothing_is_written_and_the_preview_is_new(
    cast: Cast, client: Client
) -> None:
    draft = uploaded(client, rows())
    people.add_person(
        cast.sysadmin,
        organisation=cast.budget,
        name=somebody(1)[3],
        id_number=somebody(1)[5],
        phone=phone(1),
    )
    text = apply(client, draft)
    assert "已被另外改动" in text
    draft.refresh_from_db()
    assert draft.state == State.READY
    assert draft.counts["people_added"] == 4
    assert "已导入" in apply(client, draft)


def test_a_large_file_is_read_by_a_job(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "AT_ONCE_BYTES", 10)
    draft = uploaded(client, rows())
    assert draft.state == State.WORKING
    assert 'hx-trigger="every 2s"' in page(client, draft)
    jobs.plan_draft(draft.pk)
    jobs.plan_draft(draft.pk)
    assert "将会：新增 5 人" in page(client, draft)


def confirmed(client: Client, monkeypatch: pytest.MonkeyPatch) -> tuple[Draft, Callable[[], None]]:
    """A large file that was read and confirmed, and the job that is to write it."""
    monkeypatch.setattr(actions, "AT_ONCE_BYTES", 10)
    draft = uploaded(client, rows())
    jobs.plan_draft(draft.pk)
    apply(client, draft)
    (job,) = ProcrastinateJob.objects.filter(task_name="roster.apply_draft")
    return draft, lambda: jobs.apply_draft(**job.args)


def test_a_large_file_is_applied_by_a_job_and_the_page_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, job = confirmed(client, monkeypatch)
    assert not Person.objects.filter(name=somebody(1)[3]).exists()
    text = page(client, draft)
    assert "正在写入" in text
    assert "将会：新增 5 人" in text
    assert 'hx-trigger="every 2s"' in text
    assert "放弃这次导入" not in text
    job()
    job()
    assert "已导入：新增 5 人" in page(client, draft)
    assert Person.objects.filter(name=somebody(1)[3]).count() == 1
    assert Entry.objects.filter(action="roster.confirm", record_id=str(draft.pk)).exists()


def test_a_job_that_finds_things_moved_or_fails_writes_nothing_and_says_so(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, job = confirmed(client, monkeypatch)
    monkeypatch.setattr(actions, "Applier", None)
    with pytest.raises(TypeError):
        job()
    assert "发生故障" in page(client, draft)
    monkeypatch.undo()
    monkeypatch.setattr(actions, "AT_ONCE_BYTES", 10)
    people.add_person(cast.sysadmin, organisation=cast.budget, name=somebody(1)[3], id_number=somebody(1)[5])
    apply(client, draft)
    job()
    text = page(client, draft)
    assert "已被另外改动" in text
    assert "将会：新增 4 人，变更 1 人" in text
    assert not Person.objects.filter(name=somebody(2)[3]).exists()


def test_a_page_asks_a_bounded_number_of_questions(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    few, many = uploaded(client, rows(3)), uploaded(client, rows(120))
    for draft in (few, many):
        with django_assert_max_num_queries(9):
            page(client, draft)
    assert page(client, many).count("名册!") < 60
    assert "第 51 至 100 行，共 120 行" in page(client, many, show="added", **{"from": 50})


def test_a_preview_is_its_owners_alone(cast: Cast, client: Client, as_person: Any) -> None:
    draft = uploaded(client, rows())
    other = cast.other_head
    cast.appoint(other, ["people.import"], cast.city)
    for name in ("draft", "columns", "refused"):
        assert as_person(other).get(reverse(f"roster:{name}", args=[draft.pk])).status_code == 404
    for name in ("row", "unit", "unlisted", "apply", "drop"):
        assert as_person(other).post(reverse(f"roster:{name}", args=[draft.pk])).status_code == 404
    assert as_person(cast.staff).get(reverse("roster:start")).status_code == 403


@pytest.mark.db_facing
def test_of_two_who_apply_at_once_one_is_told_that_things_have_moved(committed_cast: Cast) -> None:
    cast = committed_cast
    cast.appoint(cast.other_head, ["people.import"], cast.city)
    drafts = [(who.pk, actions.upload(who, file=file(rows(40)))) for who in (cast.sysadmin, cast.other_head)]
    barrier, outcomes = threading.Barrier(2), []

    def go(person: int, draft: Draft) -> None:
        try:
            barrier.wait()
            actions.apply_draft(Person.objects.get(pk=person), draft=draft.pk, digest=draft.digest)
            outcomes.append("done")
        except Conflict:
            outcomes.append("moved on")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=each) for each in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "moved on"]
    assert Person.objects.filter(organisation=cast.budget, name=somebody(1)[3]).count() == 1
    assert sorted(Draft.objects.values_list("state", flat=True)) == [State.APPLIED, State.READY]
