"""A letter on its line: sorted, answered within its category's working days, reviewed, asked again, rated."""

from datetime import UTC, datetime

import pytest
import time_machine

from houqin.affairs import queries as affairs
from houqin.affairs.actions import perform
from houqin.affairs.models import Case, Event
from houqin.foundation.errors import Conflict, Problem
from houqin.foundation.notices.models import Notice
from houqin.portal import case_page
from houqin.services.mailbox import queries
from houqin.services.mailbox.models import Letter, LetterCategory

MONDAY = datetime(2026, 7, 13, 1, 0, tzinfo=UTC)  # nine o'clock


def test_a_letter_waits_at_the_desk_and_goes_to_the_section_of_its_category(post):
    case = post.write()
    assert (case.step_name, case.tasks.get().assignee) == ("分办", None)
    case = post.sort(case)
    letter = case.letter
    assert letter.category.code == "dining"
    assert letter.sorted_by == post.cast.dispatcher
    assert case.tasks.get(state="open").assignee == post.cast.worker


def test_the_category_promises_statutory_working_days(post):
    with time_machine.travel(MONDAY, tick=False):
        case = post.sort(post.write())
        assert post.category().workdays == 3
        # Three days of eight hours from Monday nine o'clock end on Wednesday evening, or on Thursday at nine.
        assert case.due_at.date().isoformat() in ("2026-07-15", "2026-07-16")
        assert case.tasks.get(state="open").due_at == case.due_at


def test_a_category_without_a_section_asks_for_one(post):
    case = post.write()
    with pytest.raises(Problem) as caught:
        post.sort(case, category="lifts")
    assert "没有默认承办科室" in str(caught.value.errors)
    post.sort(case, category="lifts", sections=[post.cast.repairs.pk])
    assert Letter.objects.get(case=case).category.code == "lifts"


def test_the_writer_reads_the_answer_and_rates_it(post):
    letter = post.answered()
    assert letter.answered_at
    assert letter.in_time
    assert queries.panel(post.cast.staff, letter.case).answer.startswith("已请厨房减盐")
    assert letter.case.state == "confirming"
    assert Notice.objects.filter(person=post.cast.staff, kind="affairs.confirm").count() == 1
    case = post.say(letter.case, "confirm")
    post.say(case, "rate", stars=5)
    assert case.ratings.get().stars == 5


def test_a_reviewed_answer_is_nothing_to_the_writer_before_the_head_agrees(post):
    case = post.write("窗口人员态度很差，推诿了三次。")
    post.sort(case, category="conduct")
    letter = post.answer(case, "已批评教育，并向您道歉。")
    assert letter.answered_at is None
    view = affairs.case_view(post.cast.staff, case.number)
    assert queries.panel(post.cast.staff, view.case).answer == ""
    assert not Notice.objects.filter(person=post.cast.staff, kind="affairs.confirm").exists()
    task = case.tasks.get(state="open")
    assert (task.step_name, task.assignee) == ("审核答复", post.cast.repairs_head)
    post.do(case, "return_step", comment="语气再诚恳些")
    post.answer(case, "对不起，我们已批评教育当事人。")
    post.do(case, "approve", comment="可以")
    view = affairs.case_view(post.cast.staff, case.number)
    assert queries.panel(post.cast.staff, view.case).answer == "对不起，我们已批评教育当事人。"
    told = str(case_page.story(view, {}))
    assert "语气再诚恳些" not in told
    assert "可以" not in told
    inside = affairs.case_view(post.cast.dispatcher, case.number)
    assert "语气再诚恳些" in str(case_page.story(inside, {}))


def test_not_satisfied_reopens_once(post):
    letter = post.answered()
    case = post.say(letter.case, "reopen", comment="还是很咸")
    assert Letter.objects.get(case=case).answered_at is None
    post.answer(case, "已换供应商的酱油，请再尝尝。")
    view = affairs.case_view(post.cast.staff, case.number)
    assert view.applicant_verbs == ["confirm"]
    with pytest.raises(Conflict):
        post.say(view.case, "reopen", comment="还是咸")
    panel = queries.panel(post.cast.staff, view.case)
    assert [each.words for each in panel.former] == ["已请厨房减盐，下周起每天两个清淡菜。"]


def test_an_answer_after_its_day_is_late_however_often_it_is_asked_again(post):
    with time_machine.travel(MONDAY, tick=False) as clock:
        post.cast.duty(post.cast.worker)
        case = post.sort(post.write())
        clock.move_to(datetime(2026, 7, 20, 1, 0, tzinfo=UTC))
        assert post.answer(case).in_time is False


def test_the_answer_has_no_other_words_for_the_timeline(post):
    case = post.sort(post.write())
    with pytest.raises(Problem) as caught:
        post.do(case, "complete", post.cast.worker, comment="已办")
    assert list(caught.value.errors) == ["answer"]
    post.answer(case)
    assert Event.objects.get(case=case, verb="complete").text == ""


def test_a_passer_by_with_a_phone_writes_like_anybody(post, client):
    page = client.get("/services/mailbox.letter").content.decode()
    assert "匿名写信" in page
    answer = client.post(
        "/services/mailbox.letter",
        {
            "words": "访客停车位太少，外地来办事没有地方停。",
            "caller_name": "王先生",
            "caller_phone": "13900001111",
        },
    )
    assert answer.status_code == 302
    assert Case.objects.get(service="mailbox").applicant_phone == "13900001111"


def test_categories_of_the_dictionary_have_sense(db):
    assert LetterCategory.objects.count() == 15
    assert LetterCategory.objects.filter(reviewed=True).exists()


def test_a_letter_by_telephone_belongs_to_the_caller(post):
    from houqin.affairs.actions import submit

    case = submit(
        post.cast.clerk,
        item="mailbox.letter",
        data={"words": "电梯早上要等十分钟。"},
        applicant=post.cast.staff,
        channel="phone",
    )
    assert (case.applicant, case.registered_by) == (post.cast.staff, post.cast.clerk)
    assert perform(post.cast.staff, "remind", case=case.number, data={}).reminders == 1
