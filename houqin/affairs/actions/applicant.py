"""The verbs of the applicant, each on the case at the version they saw; and the rating by quality control."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs import clocks, rights
from houqin.affairs.declare import StepKind
from houqin.affairs.models import Case, Rating, RatingKind, State, Task, TaskState
from houqin.affairs.moves import Move, moved_on, moving
from houqin.affairs.who import Holder
from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem, TooMany
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor

Data = Mapping[str, Any]
NOTHING: Data = {}


def supplement(
    actor: Actor,
    *,
    case: str,
    comment: str,
    version: int | None = None,
    photos: Sequence[str] = (),
    session_key: str = "",
    data: Data = NOTHING,
) -> Case:
    """Bring what was missing (补正). The clocks go on with what was left."""
    with moving(actor, "supplement", case=case, version=version) as move:
        move.say(comment, photos, session_key)
        move.resume()
        move.tell_holders(move.tasks)
        move.announce(data)
    return move.case


def confirm(
    actor: Actor, *, case: str, version: int | None = None, comment: str = "", data: Data = NOTHING
) -> Case:
    """Say that it is done (确认办结)."""
    with moving(actor, "confirm", case=case, version=version) as move:
        move.text = comment
        move.finish(State.COMPLETED)
        move.announce(data)
    return move.case


def confirm_by_silence(move: Move) -> None:
    """Three statutory workdays without a word complete the case. For the job that watches limits."""
    if move.case.confirm_by is None or move.case.confirm_by > move.now:
        raise moved_on(move)
    move.finish(State.COMPLETED)
    move.tell_applicant(
        "affairs.completed", format_lazy(gettext_lazy("已自动办结，去评价：{title}"), title=move.case.title)
    )


def reopen(
    actor: Actor,
    *,
    case: str,
    comment: str,
    version: int | None = None,
    photos: Sequence[str] = (),
    session_key: str = "",
    data: Data = NOTHING,
) -> Case:
    """ "Not fixed": the job goes back to those who did it, with a new limit for the step; the promise goes on."""
    with moving(actor, "reopen", case=case, version=version) as move:
        move.say(comment, photos, session_key)
        move.case.reopened += 1
        move.case.state, move.case.confirm_by = State.OPEN, None
        clocks.resume(move.case, now=move.now)
        did = _who_did(move.case)
        move.case.step = did[0].step
        move.give([Holder(each.section, each.assignee) for each in did])
        move.case.flow["visits"][str(move.case.step)] = did[0].visit + 1
        move.announce(data)
    return move.case


def remind(
    actor: Actor, *, case: str, version: int | None = None, comment: str = "", data: Data = NOTHING
) -> Case:
    """Urge whoever has it (催办), at most every half hour."""
    with moving(actor, "remind", case=case, version=version) as move:
        last = move.case.reminded_at
        if last and move.now - last < rights.REMIND_EVERY:
            minutes = ceil((rights.REMIND_EVERY - (move.now - last)).total_seconds() / 60)
            raise TooMany(
                _("刚刚催过了，办理人已收到；%(minutes)s 分钟后可再次催办。") % {"minutes": minutes}
            )
        move.text = comment
        move.case.reminded_at = move.now
        move.case.reminders += 1
        move.tell(
            move.told(move.tasks),
            "affairs.reminded",
            format_lazy(gettext_lazy("催办：{title}"), title=move.case.title),
            comment,
        )
        move.announce(data)
    return move.case


def withdraw(
    actor: Actor, *, case: str, version: int | None = None, comment: str = "", data: Data = NOTHING
) -> Case:
    """Take the request back (撤回)."""
    with moving(actor, "withdraw", case=case, version=version) as move:
        move.text = comment
        people = move.told(task for task in move.tasks if task.assignee)
        move.finish(State.WITHDRAWN)
        title = format_lazy(gettext_lazy("申请人已撤回：{title}"), title=move.case.title)
        move.tell(people, "affairs.withdrawn", title)
        move.tell_applicant("affairs.withdrawn", title)
        move.announce(data)
    return move.case


def rate(
    actor: Actor,
    *,
    case: str,
    stars: int,
    version: int | None = None,
    tags: Sequence[str] = (),
    comment: str = "",
    data: Data = NOTHING,
) -> Case:
    """Say how it was, within thirty days of completion, once. Raises Conflict when already rated."""
    with moving(actor, "rate", case=case) as move:
        if not rights.can_rate(move.case, move.now):
            raise Problem(_("评价期为办结后 30 天，现已结束。"), code="too_late")
        if move.case.rated or (move.person is None and _rated_without_account(move.case)):
            raise _rated_already()
        _check_stars(stars)
        move.text, move.data = comment, {"stars": stars, "tags": list(tags)}
        move.writes.insert(_rating(move.case, RatingKind.APPLICANT, actor, stars, tags, comment))
        move.case.rated = True
        if stars <= 2:
            move.tell(
                rights.dispatchers(move.case, None),
                "affairs.poor_rating",
                format_lazy(gettext_lazy("{stars} 星评价：{title}"), stars=stars, title=move.case.title),
                comment,
            )
    return move.case


def rate_quality(
    actor: Person, *, case: str, stars: int, tags: Sequence[str] = (), comment: str = ""
) -> Case:
    """Quality control's own rating (质量回访), apart from the applicant's and not shown to the handler's applicant."""
    with transaction.atomic():
        found = Case.objects.select_for_update(of=("self",)).select_related(
            "place", "section", "organisation"
        )
        try:
            record = found.filter(rights.visible(actor)).get(number=case)
        except Case.DoesNotExist:
            raise NotFound from None
        grant = rights.scope_grant(actor, "affairs.quality", record)
        if grant is None:
            raise NotPermitted
        if record.state != State.COMPLETED:
            raise Conflict(_("办件尚未办结，暂不能回访。"))
        _check_stars(stars)
        try:
            with transaction.atomic():
                _rating(record, RatingKind.QUALITY, actor, stars, tags, comment).save(force_insert=True)
        except IntegrityError:
            raise _rated_already() from None
        trail.record(
            actor, "affairs.rate_quality", record, after={"stars": stars}, grant=grant, name=record.number
        )
    return record


def _check_stars(stars: int) -> None:
    if not 1 <= stars <= 5:
        raise Problem(_("请选择一至五星。"), errors={"stars": [_("请选择一至五星。")]})


def _rating(
    case: Case, kind: RatingKind, actor: Actor, stars: int, tags: Sequence[str], words: str
) -> Rating:
    return Rating(
        case=case, kind=kind, person=actor if isinstance(actor, Person) else None, person_name=actor.name,
        stars=stars, tags=list(tags), words=words, at=timezone.now(),
    )  # fmt: skip


def _rated_without_account(case: Case) -> bool:
    return case.ratings.filter(kind=RatingKind.APPLICANT, person=None).exists()


def _rated_already() -> Conflict:
    return Conflict(_("您已评价过，感谢您的反馈。"), code="already_rated")


def _who_did(case: Case) -> list[Task]:
    """The tasks of the last visit of the last handled step that were done; of the last step where none is handled."""
    every = [task for task in rights.all_tasks(case) if task.state == TaskState.DONE]
    done = [task for task in every if task.kind == StepKind.HANDLE] or every
    last = max(done, key=lambda task: (task.step, task.visit))
    return [task for task in done if (task.step, task.visit) == (last.step, last.visit)]
