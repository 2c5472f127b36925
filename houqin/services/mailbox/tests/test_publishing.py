"""Published if useful: personal data found and taken out, read by another person, never without the writer's yes."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.services.mailbox import masking, queries
from houqin.services.mailbox.actions import publications
from houqin.services.mailbox.models import Publication

DRAFT = {"title": "食堂太咸", "words": "三楼食堂的菜太咸。", "answer": "已请厨房减盐。"}


def test_what_tells_who_somebody_is_is_found():
    text = (
        "我是李晓雯，手机138 0013 8000，办公室电话0571-87654321，身份证330106199003070015，"
        "车牌浙A12345和浙AD12345，邮箱li.xw@example.com，在A座1203室，找过王师傅，工号JC20391。"
    )
    kinds = [each.kind for each in masking.find(text, {"李晓雯"}, "李晓雯")]
    assert kinds == ["name", "phone", "phone", "id", "plate", "plate", "email", "room", "address", "number"]
    masked = masking.mask(text, {"李晓雯"}, "李晓雯")
    for trace in ("晓雯", "8000", "87654321", "19900307", "12345", "li.xw", "1203", "王师傅", "20391"):
        assert trace not in masked
    assert "李某某" in masked
    assert "王某师傅" in masked
    assert not [each for each in masking.find(masked) if each.hard]


def test_ordinary_figures_stay():
    text = "2026年7月15日三号食堂第12窗口排队40分钟，3号楼电梯等了15分钟，一餐18元，充电桩60个。"
    assert masking.find(text) == []


@given(st.text(max_size=200))
def test_masking_any_text_leaves_nothing_hard(text):
    assert not [each for each in masking.find(masking.mask(text)) if each.hard]


@given(st.integers(130_0000_0000, 199_9999_9999), st.text(alphabet="的了，。 电话在", max_size=8))
def test_every_mobile_number_is_found(number, around):
    assert str(number) not in masking.mask(f"{around}{number}{around}")


def test_one_edits_another_approves_everybody_reads(post, client, as_person):
    letter = post.answered(may_publish=True)
    number = letter.case.number
    publications.edit_publication(post.cast.dispatcher, letter=number, **DRAFT)
    assert "食堂太咸" not in client.get("/mailbox/published").content.decode()
    with pytest.raises(NotPermitted):
        publications.approve_publication(post.cast.dispatcher, letter=number)
    publications.approve_publication(post.cast.manager, letter=number)
    assert "食堂太咸" in client.get("/mailbox/published").content.decode()
    assert "食堂太咸" in client.get("/mailbox/published?q=减盐&category=dining").content.decode()
    assert "没有找到公开来信" in client.get("/mailbox/published?q=停车").content.decode()
    page = client.get(f"/mailbox/published/{letter.pk}").content.decode()
    assert "已请厨房减盐" in page
    assert post.cast.staff.name not in page
    staff = as_person(post.cast.staff)
    for _twice in range(2):
        staff.post(f"/mailbox/published/{letter.pk}/useful", {"useful": "1"})
    assert "1 人觉得有用" in staff.get("/mailbox/published").content.decode()
    staff.post(f"/mailbox/published/{letter.pk}/useful", {"useful": "0"})
    assert "觉得有用" not in staff.get("/mailbox/published").content.decode()
    publications.withdraw_publication(post.cast.dispatcher, letter=number, reason="当事人要求")
    assert client.get(f"/mailbox/published/{letter.pk}").status_code == 404
    with pytest.raises(NotFound):
        queries.find_published(letter.pk)


def test_nothing_is_published_without_the_writers_yes(post):
    letter = post.answered()
    with pytest.raises(Problem, match="没有同意公开"):
        publications.edit_publication(post.cast.dispatcher, letter=letter.case.number, **DRAFT)
    row = {**DRAFT, "letter": letter, "edited_by": post.cast.dispatcher}
    with pytest.raises(IntegrityError, match="publication_agreed"), transaction.atomic():
        Publication.objects.create(
            **row, state="published", approved_by=post.cast.manager, published_at=letter.answered_at
        )
        transaction.get_connection().check_constraints()


def test_the_database_knows_no_publication_approved_by_its_editor(post):
    letter = post.answered(may_publish=True)
    row = {**DRAFT, "letter": letter, "edited_by": post.cast.dispatcher, "approved_by": post.cast.dispatcher}
    with pytest.raises(IntegrityError, match="publication_approved_by_another"), transaction.atomic():
        Publication.objects.create(**row, state="published", published_at=letter.answered_at)


def test_a_number_that_is_left_is_told_at_its_field(post, as_person):
    letter = post.answered(may_publish=True, words="请回电13800138000，食堂三楼的菜太咸。")
    number = letter.case.number
    page = as_person(post.cast.dispatcher).get(f"/mailbox/letters/{number}/publish").content.decode()
    assert "〔电话〕" in page
    assert "电话号码" in page
    kept = {**DRAFT, "words": "请回电13800138000"}
    answer = as_person(post.cast.dispatcher).post(f"/mailbox/letters/{number}/publish", kept)
    assert answer.status_code == 422
    assert "还有个人信息没有隐去：电话号码 13800138000" in answer.content.decode()
    named = {**DRAFT, "words": f"{post.cast.staff.name}说菜太咸"}
    with pytest.raises(Problem):
        publications.edit_publication(post.cast.dispatcher, letter=number, **named)


def test_the_pages_of_the_desk_lead_through(post, as_person):
    letter = post.answered(may_publish=True)
    base = f"/mailbox/letters/{letter.case.number}/publish"
    editor, other = as_person(post.cast.dispatcher), as_person(post.cast.manager)
    assert editor.post(base, DRAFT).status_code == 302
    assert "同意公开" not in editor.get(base).content.decode()
    assert "同意公开" in other.get(base).content.decode()
    assert other.post(f"{base}/return", {"reason": "标题改短"}).status_code == 302
    assert "标题改短" in editor.get(base).content.decode()
    editor.post(base, DRAFT)
    assert other.post(f"{base}/approve").status_code == 302
    assert "已公开" in other.get("/mailbox/desk").content.decode()
    assert other.post(f"{base}/approve").status_code == 409
    assert editor.post(base, DRAFT).status_code == 409
    with pytest.raises(Conflict):
        publications.return_publication(post.cast.manager, letter=letter.case.number, reason="x")
    assert as_person(post.cast.staff).get(base).status_code == 403
    assert other.post(f"{base}/withdraw", {"reason": ""}).status_code == 400
    assert other.post(f"{base}/withdraw", {"reason": "过时"}).status_code == 302
