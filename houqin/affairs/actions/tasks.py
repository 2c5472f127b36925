"""The verbs of whoever has a task. Each names the task it acts on; a stale one is told that the case has moved on."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs import rights, who
from houqin.affairs.declare import StepKind
from houqin.affairs.models import Case, State, Task, TaskState
from houqin.affairs.moves import Move, moving
from houqin.affairs.rights import PERMISSION
from houqin.affairs.who import Holder
from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.people.queries import organisation_of
from houqin.foundation.places.queries import by_qr
from houqin.foundation.trail.actors import Actor

Data = Mapping[str, Any]
NOTHING: Data = {}


def approve(
    actor: Actor, *, task: int, comment: str = "", photos: Sequence[str] = (), data: Data = NOTHING
) -> Case:
    """Agree (同意). Where any one approver is enough the others' tasks end; added approvers must agree too."""
    with moving(actor, "approve", task=task) as move:
        move.say(comment, photos)
        move.close(_task(move))
        waiting = [
            each for each in move.tasks if each.state == TaskState.OPEN and each.step == move.case.step
        ]
        if not any(each.required for each in waiting):
            move.close_rest(waiting)
            if not move.approvals_ahead():
                move.case.item.moments.approved(move.case)
            move.enter(move.case.step + 1)
        move.announce(data)
    return move.case


def refuse(
    actor: Actor, *, task: int, comment: str, photos: Sequence[str] = (), data: Data = NOTHING
) -> Case:
    """Refuse the case (不予受理) with the reason; of parallel approvals the first refusal ends its siblings."""
    with moving(actor, "refuse", task=task) as move:
        move.say(comment, photos)
        move.close(_task(move))
        move.finish(State.REFUSED)
        move.tell_applicant(
            "affairs.refused", format_lazy(gettext_lazy("未予受理：{title}"), title=move.case.title), comment
        )
        move.announce(data)
    return move.case


def return_step(
    actor: Actor, *, task: int, comment: str, photos: Sequence[str] = (), data: Data = NOTHING
) -> Case:
    """Send the case back to the step before (退回上一环节), to those who had it there, with a new limit."""
    with moving(actor, "return_step", task=task) as move:
        case = move.case
        before = [each for each in rights.all_tasks(case) if each.step < case.step]
        if not before:
            raise Problem(
                _("这是第一个环节，无法再退回；材料不全请用“要求补正”，不能办请用“不予受理”。"),
                code="first_step",
            )
        move.say(comment, photos)
        move.close(_task(move))
        move.close_rest()
        last = max(each.step for each in before)
        case.step = last
        had = [each for each in before if each.step == last and each.state != TaskState.MOVED]
        visit = max(each.visit for each in had)
        move.give([Holder(each.section, each.assignee) for each in had if each.visit == visit])
        case.flow["visits"][str(last)] = visit + 1
        move.announce(data)
    return move.case


def add_approver(actor: Actor, *, task: int, person: Person, comment: str, data: Data = NOTHING) -> Case:
    """Ask another to agree as well (加签). The case goes on only when the added one has agreed too."""
    with moving(actor, "add_approver", task=task) as move:
        current = _task(move)
        if person.pk == move.case.applicant_id:
            raise Problem(
                _("申请人不能审批自己的办件，请另选加签人。"), errors={"person": [_("请另选加签人。")]}
            )
        if any(each.assignee_id == person.pk for each in move.tasks):
            raise Problem(
                _("%(name)s 已在本环节审批人之中。") % {"name": person.name},
                errors={"person": [_("请另选加签人。")]},
            )
        move.text = comment
        move.data |= {"to": person.name}
        (added,) = move.give([Holder(section=current.section, person=person)], like=current, required=True)
        added.added_by, added.moved_from = move.person, None
        if not current.required:
            current.required = True
            move.writes.update(current, ["required"])
        move.announce(data)
    return move.case


def dispatch(
    actor: Actor,
    *,
    task: int,
    sections: Sequence[Organisation] = (),
    person: Person | None = None,
    comment: str = "",
    data: Data = NOTHING,
) -> Case:
    """Send the case to a person, or to one or several sections under one and the same deadline (派单)."""
    with moving(actor, "dispatch", task=task) as move:
        sections = list(sections)
        move.case.item.moments.dispatching(move.case, data)
        lead = sections[0] if sections else None
        holders = [_person_in(move, person, lead, StepKind.HANDLE)] if person else []
        holders += [
            who.on_duty_in(section, move.case, move.now) for section in (sections[1:] if person else sections)
        ]
        if not holders:
            raise Problem(
                _("请选择派给哪个科室或哪位人员。"),
                code="nobody",
                errors={"sections": [_("请选择承办科室或承办人。")]},
            )
        move.case.section = holders[0].section or move.case.section
        move.text = comment
        move.data |= {"to": [_name(holder) for holder in holders]}
        move.close(_task(move))
        move.close_rest()
        move.enter(move.case.step + 1, holders)
        move.announce(data)
    return move.case


def accept(actor: Actor, *, task: int, comment: str = "", data: Data = NOTHING) -> Case:
    """Take the job (接单). A task in the queue becomes the taker's."""
    with moving(actor, "accept", task=task) as move:
        current = _task(move)
        if current.assignee_id is None:
            if move.actor.pk in move.holding:
                raise Problem(_("您已在办理此件，请由其他人员接单。"), code="same_holder")
            current.assignee = move.person
        current.accepted_at = move.now
        move.writes.update(current, ["assignee", "accepted_at"])
        move.text = comment
        move.tell_applicant(
            "affairs.accepted",
            format_lazy(gettext_lazy("{name}已接单：{title}"), name=actor.name, title=move.case.title),
        )
        move.announce(data)
    return move.case


def arrive(actor: Actor, *, task: int, code: str = "", comment: str = "", data: Data = NOTHING) -> Case:
    """Be on the spot (我已到场), shown by scanning the place's code, or declared where no code can be read.

    Raises Problem when the code belongs to another place.
    """
    with moving(actor, "arrive", task=task) as move:
        current = _task(move)
        move.data |= {"scanned": bool(code)}
        if code:
            _same_place(move.case, code)
        current.accepted_at = current.accepted_at or move.now
        current.arrived_at = move.now
        move.writes.update(current, ["accepted_at", "arrived_at"])
        move.text = comment
        move.announce(data)
    return move.case


def complete(
    actor: Actor, *, task: int, comment: str = "", photos: Sequence[str] = (), data: Data = NOTHING
) -> Case:
    """Finish the job (办毕). When several sections share it, the case goes on with the last of them."""
    with moving(actor, "complete", task=task) as move:
        current = _task(move)
        current.accepted_at = current.accepted_at or move.now
        move.say(comment, photos)
        move.close(current)
        if not any(each.state == TaskState.OPEN for each in move.tasks):
            move.enter(move.case.step + 1)
            _tell_done(move)
        move.announce(data)
    return move.case


def transfer(
    actor: Actor,
    *,
    task: int,
    comment: str,
    section: Organisation | None = None,
    person: Person | None = None,
    data: Data = NOTHING,
) -> Case:
    """Hand the task to somebody else, or to another section (转办). The clock goes on."""
    with moving(actor, "transfer", task=task) as move:
        current = _task(move)
        holder = _target(move, current, section, person)
        if (holder.person and holder.person.pk == current.assignee_id) or (
            holder.person is None and current.assignee_id is None and holder.section == current.section
        ):
            raise Problem(_("已经在其名下，无需转办。"), code="same_holder")
        if holder.person and any(each.assignee_id == holder.person.pk for each in move.tasks):
            raise Problem(
                _("%(name)s 已在本环节办理，请另选。") % {"name": holder.person.name}, code="same_holder"
            )
        move.text = comment
        move.data |= {"to": _name(holder)}
        move.close(current, TaskState.MOVED)
        move.give([holder], like=current, required=current.required)
        if holder.section and current.kind == StepKind.HANDLE:
            move.case.section = holder.section
        move.announce(data)
    return move.case


def request_supplement(
    actor: Actor, *, task: int, comment: str, photos: Sequence[str] = (), data: Data = NOTHING
) -> Case:
    """Ask the applicant for what is missing (要求补正). Until they answer, the clocks stand still."""
    with moving(actor, "request_supplement", task=task) as move:
        move.say(comment, photos)
        move.pause()
        move.tell_applicant(
            "affairs.supplement", format_lazy(gettext_lazy("请补正：{title}"), title=move.case.title), comment
        )
        move.announce(data)
    return move.case


def _task(move: Move) -> Task:
    assert move.task is not None
    return move.task


def _tell_done(move: Move) -> None:
    if move.case.state == State.CONFIRMING:
        title = format_lazy(gettext_lazy("已办好，请确认：{title}"), title=move.case.title)
        move.tell_applicant("affairs.confirm", title)
    elif move.case.state == State.COMPLETED:
        move.tell_applicant(
            "affairs.completed", format_lazy(gettext_lazy("已办结，去评价：{title}"), title=move.case.title)
        )


def _name(holder: Holder) -> str:
    return holder.person.name if holder.person else str(holder.section)


def _target(move: Move, task: Task, section: Organisation | None, person: Person | None) -> Holder:
    if task.kind == StepKind.APPROVE:
        return _approver(move, task, person)
    if person:
        return _person_in(move, person, section or task.section, StepKind(task.kind))
    assert section is not None
    if task.kind == StepKind.DISPATCH:
        return Holder(section=section)
    return who.on_duty_in(section, move.case, timezone.now())


def _approver(move: Move, task: Task, person: Person | None) -> Holder:
    if person is None:
        raise Problem(_("审批只能转给人员，请选择一位。"), errors={"person": [_("请选择一位审批人。")]})
    if person.pk == move.case.applicant_id:
        raise Problem(_("申请人不能审批自己的办件，请另选人员。"), errors={"person": [_("请另选人员。")]})
    over = [each for each in (task.section, move.case.section, move.case.organisation) if each]
    if not any(_may(move, person, StepKind.APPROVE, each) for each in over):
        raise Problem(
            _("%(name)s 没有审批此件的权限，请另选人员。") % {"name": person.name},
            code="cannot_handle",
            errors={"person": [_("请另选人员。")]},
        )
    return Holder(section=task.section, person=person)


def _may(move: Move, person: Person, kind: StepKind, section: Organisation) -> bool:
    place = move.case.place.path if move.case.place else ""
    permission = PERMISSION[kind]
    return bool(
        scope.grant_for(
            person, permission, organisation_path=section.path, place_path=place, service=move.case.service
        )
    )


def _person_in(move: Move, person: Person, section: Organisation | None, kind: StepKind) -> Holder:
    """The person with the section they would do it for. Raises Problem when they may not handle this kind of case."""
    own = organisation_of(person)
    for each in (section or own, own):
        if _may(move, person, kind, each):
            return Holder(section=each, person=person)
    raise Problem(
        _("%(name)s 不负责此处的这类事项，请另选人员，或转给其所在科室。") % {"name": person.name},
        code="cannot_handle",
        errors={"person": [_("请另选人员。")]},
    )


def _same_place(case: Case, code: str) -> None:
    try:
        place = by_qr(code.rstrip("/").rpartition("/")[2])
    except NotFound:
        raise Problem(
            _("没有认出这个二维码，请对准房间或设备上的码再扫一次。"),
            errors={"code": [_("未识别的二维码。")]},
        ) from None
    if case.place and not (place.path.startswith(case.place.path) or case.place.path.startswith(place.path)):
        raise Problem(
            _("您扫的是“%(here)s”，而报修地点是“%(there)s”，请到现场后再扫。")
            % {"here": place.full_name, "there": case.place.full_name},
            code="wrong_place",
            errors={"code": [_("二维码与地点不符。")]},
        )
