"""A letter on its line: the case as every case is told, and the letter beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from houqin.affairs.declare import StepKind
from houqin.affairs.demo.book import CaseBook
from houqin.affairs.demo.job import Clock, Job, stamp
from houqin.affairs.demo.line import Applicant, CaseLine
from houqin.foundation.demo import Somebody, World, moment
from houqin.services.mailbox.actions.letters import ITEM, LEAST_MINUTES, REVIEW
from houqin.services.mailbox.forms import in_short
from houqin.services.mailbox.models import LetterCategory

SORT, ANSWER, APPROVAL, CONFIRM = range(4)
MINUTES_A_DAY = 480
LETTER = ("case", "received_at", "anonymous", "receipt", "may_publish", "category", "suggested_by", "sorted_by", "sorted_at",
          "answer", "answer_by", "answered_at", "in_time", "matter")  # fmt: skip
FORMER = ("letter", "words", "by", "sent_at")


class Book(CaseBook):
    """Collects letters beside their cases."""

    def __init__(self, world: World, postmasters: list[Somebody]) -> None:
        super().__init__(world, ITEM)
        self.postmasters = postmasters
        self.categories = {each.code: each for each in LetterCategory.objects.all()}
        self.letters: list[tuple[Any, ...]] = []
        self.former: list[tuple[Any, ...]] = []

    def over(self, role: str, section: int) -> int:
        return self.world.sections["JGSW"] if role == "postmaster" else section


class LetterLine(CaseLine):
    """The case and its letter while they are told."""

    book: Book
    roles: Mapping[str, str] = {
        StepKind.DISPATCH: "postmaster", StepKind.HANDLE: "answerer", StepKind.APPROVE: "head",
    }  # fmt: skip

    def __init__(
        self, book: Book, at: int, who: Applicant, words: str, *, place: int | None, channel: str = "web",
        clerk: Somebody | None = None, anonymous: bool = False, may_publish: bool = True,
    ) -> None:  # fmt: skip
        self.words, self.anonymous, self.may_publish = words, anonymous, may_publish
        self.sorted: tuple[int, int] | None = None
        self.answer = ""
        self.answer_by: Somebody | None = None
        self.answered: int | None = None
        self.in_time: bool | None = None
        self.matter: int | None = None
        super().__init__(
            book,
            at,
            who,
            title=in_short(words),
            section=book.world.sections["BGS"],
            place=place,
            channel=channel,
            clerk=clerk,
        )

    def sort(self, at: int, postmaster: Somebody, category: str, to: Somebody, text: str = "") -> None:
        """To the section of a category, with its promise counted from the receipt."""
        about = self.book.categories[category]
        self.category = category
        self.clock = Clock(self.book, about.workdays * MINUTES_A_DAY, self.at)
        passed, due = self.book.clock.passed, self.clock.due
        assert due is not None
        left = (passed(due) - passed(at)) // 60 - (REVIEW.minutes if about.reviewed else 0)
        self.limits[ANSWER] = max(left, LEAST_MINUTES)
        self.sorted = (postmaster.id, at)
        self.dispatch(at, postmaster, to.section, to, text)

    def draft(self, at: int, answer: str, head: Somebody | None) -> None:
        """The answer; to the head where the category says so, else to the writer."""
        self.answer, self.answer_by = answer, self.open_job.assignee
        reviewed = self.book.categories[self.category].reviewed and head is not None
        self.complete(
            at, "", to_step=APPROVAL if reviewed else CONFIRM, holders=[head] if reviewed and head else []
        )
        if not reviewed:
            self._sent(at)

    def agree(self, at: int) -> None:
        """The head agrees, and the answer is sent."""
        self.approve(at, "", to_step=CONFIRM)
        self._sent(at)

    def answered_along(self, at: int, lead: LetterLine) -> None:
        """The answer of the letter this one was joined into."""
        self.answer, self.answer_by = lead.answer, lead.answer_by
        job = self.open_job
        job.state, job.outcome, job.closed = "ended", "complete", at
        self.step = CONFIRM
        self.ask_applicant(at)
        self._sent(at)
        self._write(at, lead.answer_by, "complete", None, "", f'{{"along": "{lead.number}"}}')

    def _sent(self, at: int) -> None:
        self.answered = at
        if self.in_time is None:
            self.in_time = self.clock.due is None or self.clock.due >= at

    def reopen(self, at: int, text: str) -> None:
        assert self.answered is not None
        by = self.answer_by.id if self.answer_by else None
        self.book.former.append((self.id, self.answer, by, moment(self.answered)))
        self.answered = None
        super().reopen(at, text)

    def _told(self, job: Job, at: int, actor: Somebody | None) -> None:
        if job.assignee is not None:
            super()._told(job, at, actor)
            return
        for each in self.book.postmasters:
            self.book.tell(at, each, "affairs.task", f"待派单：{self.title}", self)

    def close(self) -> None:
        """Hand the rows over, the letter's beside the case's."""
        self.end({"words": self.words, "place": self.place, "may_publish": self.may_publish})
        category = self.book.categories[self.category].pk if self.category else None
        postmaster, sorted_at = self.sorted or (None, None)
        self.book.letters.append((
            self.id, moment(self.at), self.anonymous, f"demo-{self.id}" if self.anonymous else None, self.may_publish, category, "",
            postmaster, stamp(sorted_at), self.answer, self.answer_by.id if self.answer_by else None, stamp(self.answered),
            self.in_time, self.matter,
        ))  # fmt: skip
