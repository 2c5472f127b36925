"""What the API answers with."""

from datetime import datetime
from typing import Any

from ninja import Schema

from houqin.affairs.models import Case, Task
from houqin.affairs.offers import Offered
from houqin.affairs.queries import CaseView, Moment, Standing
from houqin.exchange.schema import form_schema
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.foundation.sealed.scrub import without_numbers


class Named(Schema):
    """A record by id and name."""

    id: int
    name: str


class RoleOut(Schema):
    appointment: str
    permissions: list[str]


class Me(Schema):
    id: int
    name: str
    username: str | None
    organisation: Named
    roles: list[RoleOut]


class ItemOut(Schema):
    code: str
    name: str
    category: str
    summary: str
    kind: str
    limit_minutes: int | None
    limit_clock: str | None


class StepOut(Schema):
    key: str
    kind: str
    name: str
    limit_minutes: int | None


class ItemDetail(ItemOut):
    form: dict[str, Any] | None
    flow: list[StepOut]


class TaskOut(Schema):
    id: int
    step: str
    kind: str
    assignee: Named | None
    section: Named | None
    due_at: datetime | None
    colour: str


class CaseOut(Schema):
    number: str
    item: str
    item_name: str
    title: str
    state: str
    step: str
    version: int
    place: Named | None
    section: Named
    applicant: str
    submitted_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    colour: str
    tasks: list[TaskOut]


class VerbOut(Schema):
    verb: str
    task: int | None = None
    version: int | None = None


class TimelineOut(Schema):
    at: datetime
    kind: str
    who: str
    verb: str
    step: str
    text: str
    read_at: datetime | None = None


class RatingOut(Schema):
    kind: str
    who: str
    stars: int
    tags: list[str]
    words: str
    at: datetime


class CaseStanding(CaseOut):
    """Where a case stands after a write: what `GET /cases/{number}` tells, without its story."""

    data: dict[str, Any]
    steps: list[StepOut]
    verbs: list[VerbOut]


class CaseDetail(CaseStanding):
    applicant_phone: str
    timeline: list[TimelineOut]
    ratings: list[RatingOut]
    files: list[str]


class CasePage(Schema):
    items: list[CaseOut]
    next: str | None


class ItemPage(Schema):
    items: list[ItemOut]
    next: str | None


class FileOut(Schema):
    id: str
    name: str
    size_bytes: int
    content_type: str


class PlaceOut(Schema):
    id: int
    code: str
    name: str
    kind: str
    qr: str


class PlacePage(Schema):
    items: list[PlaceOut]
    next: str | None


class ProblemOut(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: dict[str, list[str]] | None = None


def me(person: Person) -> dict[str, Any]:
    grants = scope.grants(person)
    return {
        "id": person.pk,
        "name": person.name,
        "username": person.username,
        "organisation": named(person.organisation),
        "roles": [
            {"appointment": each.appointment_name, "permissions": sorted(each.permissions)} for each in grants
        ],
    }


def item(offer: Offered) -> dict[str, Any]:
    declared, limit = offer.item, offer.limit
    return {
        "code": declared.code,
        "name": offer.name,
        "category": str(declared.category),
        "summary": str(declared.summary),
        "kind": str(declared.kind),
        "limit_minutes": limit.minutes if limit else None,
        "limit_clock": str(limit.clock) if limit else None,
    }


def item_detail(offer: Offered) -> dict[str, Any]:
    form = offer.item.form
    return {
        **item(offer),
        "form": form_schema(form) if form else None,
        "flow": [_step(each) for each in offer.steps],
    }


def place(record: Place) -> dict[str, Any]:
    return {
        "id": record.pk,
        "code": record.code,
        "name": str(record),
        "kind": str(record.kind),
        "qr": record.qr,
    }


def case(record: Case, tasks: list[Task]) -> dict[str, Any]:
    return {
        "number": record.number,
        "item": record.item_code,
        "item_name": record.item_name,
        "title": record.title,
        "state": str(record.state),
        "step": record.step_name,
        "version": record.version,
        "place": {"id": record.place.pk, "name": record.place.full_name} if record.place else None,
        "section": named(record.section),
        "applicant": record.applicant_name,
        "submitted_at": moment(record.submitted_at),
        "due_at": moment(record.due_at),
        "ended_at": moment(record.ended_at),
        "colour": record.colour(),
        "tasks": [_task(each) for each in tasks],
    }


def case_standing(view: Standing) -> dict[str, Any]:
    record = view.case
    return {
        **case(record, [each.task for each in view.tasks]),
        "data": record.data,
        "steps": [_step(each) for each in record.flow["steps"]],
        "verbs": [{"task": None, "version": None, **each} for each in view.verbs],
    }


def case_detail(view: CaseView) -> dict[str, Any]:
    said = (lambda each: each) if view.clear else without_numbers
    return {
        **said(case_standing(view)),
        "applicant_phone": str(view.case.applicant_phone) if view.inside else "",
        "timeline": [said(_line(each)) for each in view.timeline],
        "ratings": [
            {"kind": str(each.kind), "who": each.person_name, "stars": each.stars, "tags": each.tags,
             "words": each.words, "at": moment(each.at)}
            for each in view.ratings
        ],
        "files": [str(each.pk) for each in view.files],
    }  # fmt: skip


def named(record: Any) -> dict[str, Any]:
    return {"id": record.pk, "name": record.name}


def moment(at: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return at.isoformat() if at else None


def _task(task: Task) -> dict[str, Any]:
    return {
        "id": task.pk,
        "step": task.step_name,
        "kind": str(task.kind),
        "assignee": named(task.assignee) if task.assignee else None,
        "section": named(task.section) if task.section else None,
        "due_at": moment(task.due_at),
        "colour": task.colour(),
    }


def _step(step: dict[str, Any]) -> dict[str, Any]:
    limit = step["limit"]
    return {
        "key": step["key"],
        "kind": step["kind"],
        "name": step["name"],
        "limit_minutes": limit["minutes"] if limit else None,
    }


def _line(line: Moment) -> dict[str, Any]:
    if line.event:
        event = line.event
        return {"at": moment(line.at), "kind": "event", "who": event.actor_name, "verb": event.verb,
                "step": event.step_name, "text": event.text, "read_at": None}  # fmt: skip
    notice = line.notice
    assert notice is not None
    return {"at": moment(line.at), "kind": "notice", "who": notice.person.name, "verb": notice.kind, "step": "",
            "text": notice.title, "read_at": moment(notice.read_at)}  # fmt: skip
