"""Suggestions learned from the organisation's own letters: with a year of them, with twenty, and with none."""

import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from houqin.foundation.trail.actors import SYSTEM
from houqin.services.mailbox.actions import learning
from houqin.services.mailbox.models import Learned, Letter, LetterCategory

TOPICS = {
    "dining": ("食堂{}的菜太咸", "{}的早餐品种少", "{}打饭排队太久", "{}的面条不好吃"),
    "parking": ("{}地下车库没有车位", "{}充电桩被占", "{}道闸抬杆慢", "{}停车线不清"),
    "network": ("{}的网速太慢", "{}无线连不上", "{}登录系统报错", "{}的打印机连不上网"),
}
WHERE = ("A座", "B座", "三号楼", "会议中心", "一楼", "西区", "东门", "南楼")


@pytest.fixture
def many(post):
    """Sorted letters of three topics."""

    def write(count):
        for number in range(count):
            code = list(TOPICS)[number % 3]
            words = TOPICS[code][number // 3 % 4].format(WHERE[number // 12 % 8]) + "，请改进。" * (
                number % 2
            )
            case = post.write(words)
            post.sort(case, category=code, sections=[post.cast.repairs.pk])

    return write


def test_it_learns_and_suggests_with_figures_beside_the_baseline(post, many, as_person):
    many(60)
    learned = learning.train(SYSTEM)
    assert (learned.letters, learned.held_back) == (60, 12)
    assert learned.accuracy > learned.baseline_accuracy
    assert learned.macro_f1 > learned.baseline_macro_f1
    case = post.write("C座食堂的菜太油太咸，早餐品种少")
    assert learning.suggest_waiting() == 1
    letter = Letter.objects.get(case=case)
    assert (letter.suggested.code, letter.suggested_section) == ("dining", post.cast.repairs)
    assert 1 / 3 < letter.confidence <= 1
    assert (letter.category, letter.sorted_at) == (None, None)  # never final by itself
    desk = as_person(post.cast.dispatcher)
    assert "按建议分办" in desk.get(case.get_absolute_url()).content.decode()
    assert desk.post(f"/mailbox/letters/{case.number}/sort").status_code == 302
    letter.refresh_from_db()
    assert (letter.category.code, letter.followed, letter.sorted_by) == ("dining", True, post.cast.dispatcher)
    page = as_person(post.cast.sysadmin).get("/mailbox/learning").content.decode()
    assert "基线准确率" in page
    assert f"{learned.accuracy * 100:.1f}%" in page


def test_what_a_person_chose_instead_is_kept(post, many):
    many(45)
    learning.train(SYSTEM)
    case = post.write("食堂的菜太咸了")
    learning.suggest_waiting()
    post.sort(case, category="other", sections=[post.cast.repairs.pk])
    letter = Letter.objects.get(case=case)
    assert (letter.suggested.code, letter.category.code, letter.followed) == ("dining", "other", False)


def test_with_twenty_letters_and_with_none_it_still_works(post, many, as_person):
    with pytest.raises(learning.TooFew):
        learning.train(SYSTEM)
    with pytest.raises(CommandError):
        call_command("train_mailbox")
    many(20)
    with pytest.raises(learning.TooFew, match="只有 20 封"):
        learning.train(SYSTEM)
    clear, odd = post.write("食堂的菜太咸"), post.write("今天天气不错嗯嗯")
    learning.suggest_waiting()
    letter = Letter.objects.get(case=clear)
    assert (letter.suggested.code, letter.suggested_by, letter.confidence) == ("dining", "keywords", None)
    assert Letter.objects.get(case=odd).suggested is None
    page = as_person(post.cast.dispatcher).get(odd.get_absolute_url()).content.decode()
    assert "暂无建议：信件太少" in page
    assert learning.suggest_waiting() == 0


def test_weights_that_were_changed_behind_our_back_are_not_used(post, many):
    many(45)
    learned = learning.train(SYSTEM)
    assert learning.latest() == learned
    Learned.objects.filter(pk=learned.pk).update(weights=bytes(learned.weights)[:-1] + b"x")
    assert learning.latest() is None
    case = post.write("食堂的菜太咸")
    learning.suggest_waiting()
    assert Letter.objects.get(case=case).suggested_by == "keywords"


def test_a_category_switched_off_is_suggested_no_more(post, many):
    many(45)
    learning.train(SYSTEM)
    LetterCategory.objects.filter(code="dining").update(active=False)
    case = post.write("食堂的菜太咸")
    learning.suggest_waiting()
    suggested = Letter.objects.get(case=case).suggested
    assert suggested is None or suggested.code != "dining"


def test_the_command_says_how_good_it_is(post, many, capsys):
    many(45)
    call_command("train_mailbox")
    assert "基线" in capsys.readouterr().out


def test_neither_web_nor_worker_hold_the_libraries_of_learning():
    heavy = "sklearn", "scipy", "numpy", "rjieba"
    code = (
        "import sys, houqin.project.wsgi\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "import houqin.services.mailbox.jobs, houqin.services.mailbox.api\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ), check=False
    )
    assert done.stdout.strip().splitlines()[-1:] == ["[]"], done.stdout + done.stderr
