"""A desk that sorts, a section that answers, a head that reads, and short ways to write and to answer."""

from dataclasses import dataclass

import pytest

from houqin.affairs.actions import perform, submit
from houqin.affairs.models import Case, Route
from houqin.services.mailbox.models import Letter, LetterCategory
from houqin.testing.cast import Cast

WORDS = "三楼食堂的菜这周太咸了，希望厨房少放盐，多些清淡的菜。"


@dataclass
class Post:
    """The cast with letters going to its repairs section's desk; the dispatcher sorts, the worker has duty."""

    cast: Cast

    def category(self, code="dining") -> LetterCategory:
        return LetterCategory.objects.get(code=code)

    def write(self, words=WORDS, actor=None, **data) -> Case:
        return submit(actor or self.cast.staff, item="mailbox.letter", data={"words": words, **data})

    def do(self, case, verb, actor=None, **data) -> Case:
        task = case.tasks.filter(state="open").order_by("id").first()
        return perform(
            actor or task.assignee or self.cast.dispatcher, verb, case=case.number, task=task.pk, data=data
        )

    def sort(self, case, category="dining", actor=None, **data) -> Case:
        return self.do(case, "dispatch", actor or self.cast.dispatcher, category=category, **data)

    def answer(self, case, answer="已请厨房减盐，下周起每天两个清淡菜。", actor=None) -> Letter:
        self.do(case, "complete", actor or self.cast.worker, answer=answer)
        return Letter.objects.get(case=case)

    def answered(self, **data) -> Letter:
        case = self.write(**data)
        self.sort(case)
        return self.answer(case)

    def say(self, case, verb, actor=None, **data) -> Case:
        return perform(actor or self.cast.staff, verb, case=case.number, data=data)


def settle(cast: Cast) -> Post:
    Route.objects.create(item_code="mailbox.letter", section=cast.repairs)
    cast.duty(cast.worker)
    LetterCategory.objects.filter(code__in=["dining", "conduct"]).update(section=cast.repairs)
    return Post(cast)


@pytest.fixture
def post(cast) -> Post:
    return settle(cast)


@pytest.fixture
def committed_post(committed_cast) -> Post:
    return settle(committed_cast)
