"""Letters for those who sort, answer and look back on them, and what a case's page shows of its letter."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date

from houqin.affairs import rights
from houqin.affairs.declare import StepKind
from houqin.affairs.models import ENDED, Case, State, TaskState
from houqin.foundation.errors import NotFound, Text
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation
from houqin.foundation.trail.actors import Actor
from houqin.services.mailbox.models import (
    ANONYMOUS,
    Alike,
    FormerAnswer,
    Letter,
    LetterCategory,
    Publication,
)

PAGE = 50
ALIKE_SHOWN = 8
DAYS = 30
FLAGS: dict[str, Q] = {
    "unsorted": Q(sorted_at__isnull=True, case__state__in=["open", "waiting_applicant"]),
    "open": Q(answered_at__isnull=True) & ~Q(case__state__in=ENDED),
    "answered": Q(answered_at__isnull=False),
    "late": Q(in_time=False),
    "in_time": Q(in_time=True),
    "anonymous": Q(anonymous=True, case__applicant_name=ANONYMOUS),
    "published": Q(publication__state="published"),
    "joined": Q(matter__isnull=False),
    "rated": Q(case__ratings__kind="applicant"),
    "poor": Q(case__ratings__kind="applicant", case__ratings__stars__lte=2),
    "spot": Q(case__channel="code"),
}


@dataclass(frozen=True)
class Filters:
    """What the ledger shows: a period of days, category (code), section (id), a flag, words."""

    since: date
    until: date
    category: str = ""
    section: int | None = None
    flag: str = ""
    q: str = ""
    matter: int | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Filters":
        """From an address; what cannot be read falls back to the last thirty days and to everything."""
        today = timezone.localdate()
        until = _date(given.get("until")) or today
        since = _date(given.get("since")) or min(until, today) - timedelta(days=DAYS - 1)
        flag = str(given.get("flag", ""))
        return cls(
            since=min(since, until),
            until=until,
            category=str(given.get("category", ""))[:60].replace("\x00", ""),
            section=_number(given.get("section")),
            flag=flag if flag in FLAGS else "",
            q=str(given.get("q", ""))[:40].replace("\x00", "").strip(),
            matter=_number(given.get("matter")),
        )

    def condition(self) -> Q:
        """The rows they leave."""
        found = within_days(self.since, self.until)
        if self.category:
            found &= Q(category__isnull=True) if self.category == "none" else Q(category__code=self.category)
        if self.section:
            found &= Q(case__section=self.section)
        if self.matter:
            found &= Q(matter=self.matter)
        if self.q:
            found &= Q(case__data__words__icontains=self.q) | Q(case__number=self.q.replace("-", ""))
        return found & FLAGS[self.flag] if self.flag else found

    def query(self, **changes: Any) -> str:
        """These filters, changed, as the query of an address; what is empty is left out."""
        values = vars(replace(self, **changes))
        return urlencode({name: value for name, value in values.items() if value not in (None, "")})


def within_days(since: date, until: date, field: str = "received_at") -> Q:
    """What came from ``since`` to ``until``, both included, by the clock of the compound."""
    zone = timezone.get_current_timezone()
    first, last = (datetime.combine(day, time(), zone) for day in (since, until))
    return Q(**{f"{field}__gte": first, f"{field}__lt": last + timedelta(days=1)})


def letters_of(actor: Actor) -> QuerySet[Letter]:
    """The letters within the actor's scope: those of their sections, narrowed to their places."""
    return Letter.objects.filter(
        scope.within(
            actor,
            "mailbox.view",
            organisation="case__section__path",
            place="case__place__path",
            service="case__service",
        )
    )


def ledger(actor: Actor, filters: Filters, *, before: int | None = None) -> list[Letter]:
    """A page of the filtered letters, latest first, from the case ``before`` on backwards; one query."""
    letters = letters_of(actor).filter(filters.condition())
    if before is not None:
        letters = letters.filter(pk__lt=before)
    related = letters.select_related("case__section", "category").defer("case__flow", "case__data")
    return list(related.order_by("-case_id")[:PAGE])


def sections(actor: Actor) -> QuerySet[Organisation]:
    """Sections that have letters within the actor's scope, for the filter."""
    return Organisation.objects.filter(pk__in=letters_of(actor).order_by().values("case__section")).order_by(
        "position", "pinyin", "id"
    )


def find_letter(actor: Actor, number: str) -> Letter:
    """The letter of a case that ``actor`` may see; raises NotFound otherwise."""
    letter = (
        Letter.objects.select_related("case__section", "case__place", "case__organisation", "category")
        .filter(case__number=number)
        .first()
    )
    if letter is None or not (
        rights.may_see(actor, letter.case) or holds(actor, "mailbox.view", letter.case)
    ):
        raise NotFound
    return letter


def holds(actor: Actor, permission: str, case: Case) -> bool:
    """Whether ``actor`` holds a right of the mailbox over the letter's section and place."""
    return rights.scope_grant(actor, permission, case) is not None


def is_reviewed(category: str) -> bool:
    """Whether answers in the category (its code) are read by the head before they are sent."""
    return LetterCategory.objects.filter(code=category, reviewed=True).exists()


def drafted_by(case: Case) -> int | None:
    """Who drafted the answer that waits: the id of a person."""
    done = case.tasks.filter(kind=StepKind.HANDLE, state=TaskState.DONE).order_by("-id").first()
    return done.closed_by_id if done else None


def category_names() -> dict[str, Text]:
    """Categories by code, for the rules of routing."""
    return dict(LetterCategory.objects.filter(active=True).values_list("code", "name"))


@dataclass(frozen=True)
class Panel:
    """What a case's page shows of its letter. Suggestion, likeness and publication are for those ``inside``."""

    letter: Letter
    inside: bool
    former: list[FormerAnswer]
    sort_task: int | None
    sections: list[Organisation]
    alike: list[tuple[Letter, int]]
    joined: list[Letter]
    publication: Publication | None
    may_publish: bool
    may_join: bool

    @property
    def answer(self) -> str:
        """The answer as far as the viewer may read it: the writer once it is sent."""
        return self.letter.answer if self.inside or self.letter.answered_at else ""

    @property
    def percent(self) -> int | None:
        """How sure the suggestion is; nothing where it comes from keywords."""
        return None if self.letter.confidence is None else round(self.letter.confidence * 100)


def panel(viewer: Actor, case: Case) -> Panel | None:
    """The letter of a case as ``viewer`` may see it: at most eight queries whatever the rows."""
    letter = (
        Letter.objects.select_related(
            "category", "suggested", "suggested_section", "answer_by", "sorted_by", "matter__lead__case"
        )
        .filter(case=case)
        .first()
    )
    if letter is None:
        return None
    letter.case = case
    inside = _inside(viewer, case)
    former = list(letter.former_answers.select_related("by")) if case.reopened else []
    if not inside:
        return Panel(letter, False, former, None, [], [], [], None, False, False)
    running = case.state in (State.OPEN, State.WAITING_APPLICANT)
    may_join = running and letter.answered_at is None and holds(viewer, "mailbox.sort", case)
    task = _sort_task(viewer, case) if running else None
    publishes = bool(letter.answered_at) and holds(viewer, "mailbox.publish", case)
    return Panel(
        letter,
        True,
        former,
        task,
        [],
        _alike(letter) if may_join and (letter.matter_id is None or letter.is_lead) else [],
        _joined(letter),
        Publication.objects.filter(letter=letter).first() if publishes else None,
        publishes,
        may_join,
    )


def _inside(viewer: Actor, case: Case) -> bool:
    """Whether ``viewer`` is of those who sort, answer or run the mailbox there; the writer's own side is not."""
    if rights.is_applicant(viewer, case):
        return False
    named = (
        "affairs.handle",
        "affairs.dispatch",
        "affairs.approve",
        "affairs.view",
        "mailbox.view",
        "mailbox.sort",
    )
    return any(holds(viewer, permission, case) for permission in named) or (
        viewer.pk is not None and case.tasks.filter(assignee=viewer.pk).exists()
    )


def _sort_task(viewer: Actor, case: Case) -> int | None:
    """The task by which ``viewer`` may sort the letter now."""
    task = case.tasks.filter(state=TaskState.OPEN, kind=StepKind.DISPATCH).select_related("section").first()
    if task is None or case.state != State.OPEN:
        return None
    allowed, _grant = rights.task_grant(viewer, "dispatch", case, task, frozenset())
    return task.pk if allowed else None


def _alike(letter: Letter) -> list[tuple[Letter, int]]:
    """Unanswered letters that look like this one and are in no other matter, with their likeness in per cent."""
    pairs = (
        Alike.objects.filter(Q(earlier=letter) | Q(later=letter))
        .select_related("earlier__case", "later__case")
        .order_by("-likeness")
    )
    found = []
    for pair in pairs[: ALIKE_SHOWN * 3]:
        other = pair.later if pair.earlier_id == letter.pk else pair.earlier
        free = other.matter_id is None and other.answered_at is None
        if free and other.case.state in (State.OPEN, State.WAITING_APPLICANT):
            found.append((other, round(pair.likeness * 100)))
    return found[:ALIKE_SHOWN]


def _joined(letter: Letter) -> list[Letter]:
    if not letter.is_lead:
        return []
    others = Letter.objects.filter(matter=letter.pk).exclude(pk=letter.pk)
    return list(others.select_related("case").order_by("pk"))


def _date(value: Any) -> date | None:
    try:
        return parse_date(str(value)) if value else None
    except ValueError:
        return None


def _number(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 18 else None
