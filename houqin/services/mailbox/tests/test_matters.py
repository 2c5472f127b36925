"""Letters about the same are proposed, joined by a person, and answered once."""

import pytest

from houqin.affairs.models import Case
from houqin.foundation.errors import Conflict, NotPermitted, Problem
from houqin.foundation.notices.models import Notice
from houqin.services.mailbox import queries
from houqin.services.mailbox.actions import learning, matters
from houqin.services.mailbox.models import Alike, Letter

SAME = (
    "食堂三楼的菜这周太咸了，希望少放盐。",
    "三楼食堂最近菜太咸，希望少放点盐。",
    "这周三楼食堂菜都太咸了，少放盐吧。",
)


@pytest.fixture
def three(post):
    writers = (post.cast.staff, post.cast.colleague, post.cast.other_staff)
    return [post.write(words, actor=actor) for words, actor in zip(SAME, writers, strict=True)]


def test_alike_letters_are_found_by_the_job_and_proposed(post, three):
    other = post.write("地下车库的充电桩坏了两个。")
    assert learning.suggest_waiting() == 4
    pairs = set(Alike.objects.values_list("earlier", "later"))
    assert (three[0].pk, three[1].pk) in pairs
    assert not [pair for pair in pairs if other.pk in pair]
    panel = queries.panel(post.cast.dispatcher, three[0])
    assert [letter.pk for letter, _percent in panel.alike][:1] in ([three[1].pk], [three[2].pk])
    assert queries.panel(post.cast.staff, three[0]).alike == []


def test_one_answer_goes_to_all(post, three):
    lead, second, third = three
    matters.join_letters(post.cast.dispatcher, lead=lead.number, others=[second.pk])
    post.sort(lead)
    second.refresh_from_db()
    assert second.step_name == "答复"
    matters.join_letters(post.cast.dispatcher, lead=lead.number, others=[third.pk])
    third.refresh_from_db()
    assert (third.step_name, Letter.objects.get(case=third).category.code) == ("答复", "dining")
    with pytest.raises(Problem, match="已并入"):
        post.do(second, "complete", post.cast.worker, answer="单独答复")
    post.answer(lead, "下周起少盐。")
    for case, writer in ((second, post.cast.colleague), (third, post.cast.other_staff)):
        case = Case.objects.get(pk=case.pk)
        assert case.state == "confirming"
        assert not case.tasks.filter(state="open").exists()
        assert queries.panel(writer, case).answer == "下周起少盐。"
        assert Notice.objects.filter(person=writer, kind="affairs.confirm").count() == 1
    assert Letter.objects.filter(in_time=True).count() == 3


def test_a_letter_is_in_one_matter_and_unanswered(post, three):
    lead, second, third = three
    matters.join_letters(post.cast.dispatcher, lead=lead.number, others=[second.pk])
    with pytest.raises(Conflict):
        matters.join_letters(post.cast.dispatcher, lead=third.number, others=[second.pk])
    with pytest.raises(Conflict):
        matters.join_letters(post.cast.dispatcher, lead=second.number, others=[third.pk])
    post.sort(third)
    post.answer(third)
    with pytest.raises(Conflict):
        matters.join_letters(post.cast.dispatcher, lead=lead.number, others=[third.pk])
    with pytest.raises(NotPermitted):
        matters.join_letters(post.cast.worker, lead=lead.number, others=[second.pk])


def test_when_the_leading_letter_is_withdrawn_the_others_go_their_own_way(post, three):
    lead, second, _third = three
    matters.join_letters(post.cast.dispatcher, lead=lead.number, others=[second.pk])
    post.say(lead, "withdraw")
    assert Letter.objects.get(case=second).matter is None
    post.sort(second)
    assert post.answer(second).answered_at


def test_the_page_joins_what_was_ticked(post, three, as_person):
    learning.suggest_waiting()
    desk = as_person(post.cast.dispatcher)
    page = desk.get(three[0].get_absolute_url()).content.decode()
    assert "相似来信" in page
    assert desk.post(f"/mailbox/letters/{three[0].number}/join", {}).status_code == 400
    answer = desk.post(f"/mailbox/letters/{three[0].number}/join", {"others": [three[1].pk, three[2].pk]})
    assert answer.status_code == 302
    assert "另有 2 封信随此信答复" in desk.get(three[0].get_absolute_url()).content.decode()
