"""What the page of a case shows, worked out for one viewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, TypedDict

from django import forms
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from houqin.affairs.declare import StepKind
from houqin.affairs.forms import FileIdsField
from houqin.affairs.models import Case, Clocked, Event, State, Task
from houqin.affairs.naming import said
from houqin.affairs.queries import CaseView, Moment
from houqin.affairs.rights import caller_grant
from houqin.foundation.files.models import File, FileKind
from houqin.foundation.notices.models import Notice
from houqin.foundation.people.models import Person
from houqin.foundation.sealed.scrub import scrubbed
from houqin.foundation.trail.actors import SYSTEM, Outsider
from houqin.portal.drawn import drawn
from houqin.portal.questions import is_place
from houqin.portal.rows import who_has
from houqin.portal.templatetags.look import ago
from houqin.portal.templatetags.look import moment as moment_words
from houqin.portal.words import FIRST, VERBS, VerbWords, event_tone, event_words


@dataclass(frozen=True)
class Button:
    """A verb that is open to the viewer, with the task or the version that it must name."""

    verb: str
    words: VerbWords
    url: str
    names: dict[str, int]
    whose: str = ""


def context(view: CaseView, viewer: Person | Outsider) -> dict[str, Any]:
    """Everything the templates of the page need. Asks the database nothing but the service's own panel."""
    case = view.case
    first, rest = buttons(view)
    photos = _photos(view.files)
    moments: Any = case.item.moments
    panel = getattr(moments, "case_template", "")
    return {
        "case": case,
        "view": view,
        **standing(case, [each.task for each in view.tasks], own=not view.inside),
        "first": first,
        "rest": [each for each in rest if not each.words.danger],
        "grave": [each for each in rest if each.words.danger],
        "steps": steps(case),
        "answers": answers(case, clear=view.clear),
        "photos": [
            picture for file in view.files if file.label == "submit" and (picture := photos.get(str(file.pk)))
        ],
        "documents": [file for file in view.files if not is_picture(file)],
        "timeline": story(view, photos),
        "holders": _holders(view.tasks, viewer),
        "may_call": bool(case.applicant_phone) and view.inside and _may_call(view, viewer),
        "panel": panel,
        **(moments.case_context(case, viewer) if panel else {}),
    }


def standing(case: Case, tasks: Sequence[Task], *, own: bool = False) -> dict[str, Any]:
    """What it is, who has it, by when: the three things every state says. ``own``: said to the applicant."""
    clock = case if own else _pressing(case, tasks)
    colour = clock.colour() if case.state == State.OPEN else ""
    level = colour if colour in ("amber", "red") else ""
    return {
        "what": _what(case, tasks, own),
        "who": who_has(case, tasks),
        "due": clock.due_at if case.state == State.OPEN else _due(case),
        "level": level,
        "paused": case.state == State.WAITING_APPLICANT,
        "tone": level
        or {State.COMPLETED: "done", State.WAITING_APPLICANT: "amber"}.get(State(case.state), ""),
    }


def _pressing(case: Case, tasks: Sequence[Task]) -> Clocked:
    """Those who work on it go by the nearest limit: the step's before the whole case's."""
    limits = [(each.due_at, number, each) for number, each in enumerate((case, *tasks)) if each.due_at]
    return min(limits)[2] if limits else case


def _due(case: Case) -> datetime | None:
    return case.confirm_by if case.state == State.CONFIRMING else None


def _what(case: Case, tasks: Sequence[Task], own: bool) -> str:
    """The state in words: 维修人员已接单, 等待审批, 已办好，等您确认."""
    if case.state == State.CONFIRMING:
        return _("已办好，请您确认") if own else _("已办好，等申请人确认")
    if case.state == State.WAITING_APPLICANT:
        return _("材料不全，请您补正") if own else _("材料不全，等申请人补正")
    if case.state != State.OPEN:
        return str(case.get_state_display())
    if any(task.arrived_at for task in tasks):
        return _("%(step)s：已到场，正在办理") % {"step": said(case.step_name)}
    if any(task.accepted_at for task in tasks):
        return _("%(step)s：已接单") % {"step": said(case.step_name)}
    if all(task.kind == StepKind.HANDLE for task in tasks):
        return _("%(step)s：等待接单") % {"step": said(case.step_name)}
    return _("%(step)s：正在办理") % {"step": said(case.step_name)}


def buttons(view: CaseView) -> tuple[Button | None, list[Button]]:
    """The one primary verb, and the others in the order of the desk."""
    several = sum(bool(each.verbs) for each in view.tasks) > 1
    offered = [
        _button(view.case, verb, {"task": each.task.pk}, str(each.task.holder_name) if several else "")
        for each in view.tasks
        for verb in _useful(each.verbs, each.task)
    ]
    offered += [_button(view.case, verb, {"version": view.case.version}) for verb in view.applicant_verbs]
    ranked = [each for verb in FIRST for each in offered if each.verb == verb]
    first = ranked[0] if ranked else None
    return first, [each for each in offered if each is not first]


def _useful(verbs: Sequence[str], task: Task) -> list[str]:
    """One step after the other: who has not accepted yet is not offered to finish."""
    if "accept" in verbs:
        return [verb for verb in verbs if verb not in ("arrive", "complete")]
    return list(verbs)


def _button(case: Case, verb: str, names: dict[str, int], whose: str = "") -> Button:
    query = "&".join(f"{key}={value}" for key, value in names.items())
    return Button(verb, VERBS[verb], f"/cases/{case.number}/{verb}?{query}", names, whose)


def steps(case: Case) -> list[dict[str, str]]:
    """The line of the case: steps behind, the present one, those ahead; skipped ones are left out."""
    shown = []
    visits = case.flow.get("visits", {})
    for index, step in enumerate(case.flow["steps"]):
        past = index < case.step or case.state == State.COMPLETED
        entered = str(index) in visits or step["kind"] == StepKind.CONFIRM
        if (past and not entered) or (not past and index != case.step and step["when"] != "always"):
            continue
        if index > case.step and case.ended and case.state != State.COMPLETED:
            continue
        state = "done" if past else "now" if index == case.step else "ahead"
        shown.append({"name": said(step["name"]), "state": state})
    return shown


def answers(case: Case, *, clear: bool) -> list[tuple[str, str]]:
    """What the applicant wrote, question by question; places and files stand elsewhere. Numbers as typed, or masked."""
    form = case.item.form
    found = []
    for name, field in form.base_fields.items() if form else ():
        value = case.data.get(name)
        if value in (None, "", [], {}) or is_place(field) or isinstance(field, FileIdsField):
            continue
        if isinstance(field, forms.ModelChoiceField):
            continue
        said = _said(field, value)
        if said and said != case.title:
            found.append((str(field.label or name), said if clear else scrubbed(said)))
    return found


def _said(field: forms.Field, value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else ""
    names = {
        str(key): str(label)
        for key, label in getattr(field, "choices", ())
        if not isinstance(label, list | tuple)
    }
    values = value if isinstance(value, list) else [value]
    return _("、").join(names.get(str(each), str(each)) for each in values)


def is_picture(file: File) -> bool:
    return file.kind == FileKind.IMAGE


@dataclass(frozen=True)
class Picture:
    """A photo with its addresses."""

    url: str
    thumbnail: str
    name: str


def _photos(files: Sequence[File]) -> dict[str, Picture]:
    return {
        str(file.pk): Picture(f"/files/{file.pk}", f"/files/{file.pk}/thumb", file.name)
        for file in files
        if is_picture(file)
    }


#: Names in a line of many who were told the same; the others are within.
NAMED = 3


@dataclass(frozen=True)
class Line:
    """A line of the timeline, all in words; its moment for machines, to the second, and as people say it."""

    what: str
    who: str
    iso: str
    exact: str
    ago: str
    note: str
    said: str = ""
    words: str = ""
    tone: str = ""
    photos: tuple[Picture, ...] = ()
    quiet: bool = False
    #: Who was told the same at once, each with what became of it.
    each: tuple[tuple[str, str], ...] = ()

    def drawn(self, *, now: bool) -> SafeString:
        """As it stands on the page; ``now`` marks where a running case is."""
        shape = "quiet" if self.quiet else "now" if now else self.tone
        return drawn("components/story_line.html", line=self, css=f"is-{shape}" if shape else "")


def story(view: CaseView, photos: dict[str, Picture]) -> list[SafeString]:
    """The timeline as it stands on the page, the latest first. Who was told the same by one step shares a line."""
    lines = []
    for _of, together in groupby(reversed(view.timeline), _told_what):
        moments = list(together)
        event, notices = moments[0].event, [each.notice for each in moments if each.notice]
        lines.append(_line(event, photos, clear=view.clear) if event else _told_line(notices))
    return [line.drawn(now=place == 0 and not view.case.ended) for place, line in enumerate(lines)]


def _told_what(moment: Moment) -> tuple[datetime, int | None, str]:
    """To the second: nobody is told the same of a case twice within one."""
    at = moment.at.replace(microsecond=0)
    if moment.event:
        return at, moment.event.pk, ""
    return at, None, moment.notice.title if moment.notice else ""


def _line(event: Event, photos: dict[str, Picture], *, clear: bool) -> Line:
    """Something that was done."""
    return Line(
        what=event_words(event),
        who=_("系统") if event.actor_name == SYSTEM.name else event.actor_name,
        **_when(event.at),
        words=event.text if clear else scrubbed(event.text),
        tone=event_tone(event.verb),
        photos=tuple(photos[pk] for pk in event.data.get("files", ()) if pk in photos),
        note=_event_note(event),
    )


class _When(TypedDict):
    iso: str
    exact: str
    ago: str


def _when(at: datetime) -> _When:
    local = timezone.localtime(at)
    return {"iso": local.isoformat(), "exact": f"{local:%Y-%m-%d %H:%M:%S}", "ago": ago(at)}


def _event_note(event: Event) -> str:
    instead = event.data.get("for")
    return _("代%(name)s办理") % {"name": instead} if instead else ""


def _told_line(notices: Sequence[Notice]) -> Line:
    """Some were told of it, each by name."""
    first, reached = notices[0], [_reached(notice) for notice in notices]
    names = _("、").join(notice.person.name for notice in notices[:NAMED])
    if len(notices) > NAMED:
        names = _("%(names)s等 %(count)d 人") % {"names": names, "count": len(notices)}
    note = reached[0]
    if len(set(reached)) > 1:
        note = _("%(count)d 人已读") % {"count": sum(1 for notice in notices if notice.read_at)}
    return Line(
        what=_("通知%(name)s") % {"name": names},
        who="",
        **_when(first.created_at),
        said=first.title,
        note=note,
        quiet=True,
        each=tuple((notice.person.name, each) for notice, each in zip(notices, reached, strict=True))
        if len(notices) > 1
        else (),
    )


def _reached(notice: Notice) -> str:
    if notice.read_at:
        return _("%(time)s 已读") % {"time": moment_words(notice.read_at)}
    return _("已送达，未读") if notice.delivered_at else _("正在送达")


def _may_call(view: CaseView, viewer: Person | Outsider) -> bool:
    """Whether the applicant's number is there for the viewer to ask for; until then it is masked."""
    return caller_grant(viewer, view.case, able=any(each.verbs for each in view.tasks))[0]


def _holders(tasks: Sequence[Any], viewer: Person | Outsider) -> list[dict[str, Any]]:
    """Who has it, with the phone of each: passers-by do not get people's own numbers."""
    staff = isinstance(viewer, Person)
    return [
        {
            "name": str(each.task.holder_name),
            "section": str(each.task.section or ""),
            "phone": each.task.assignee.phone if staff and each.task.assignee else "",
            "key": f"{each.task.case.number}-{each.task.pk}",
            "due": each.task.due_at,
            "level": _level(each.task),
            "paused": bool(each.task.paused_at),
        }
        for each in tasks
    ]


def _level(task: Task) -> str:
    colour = task.colour(timezone.now())
    return colour if colour in ("amber", "red") else ""
