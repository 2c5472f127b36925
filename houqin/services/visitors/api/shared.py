"""What the calls share: how a visit is told."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.foundation.places.queries import in_use
from houqin.services.visitors.models import Visit

router = Router()
Name = Annotated[str, Field(max_length=100)]
Text = Annotated[str, Field(max_length=500)]
Number = Annotated[str, Field(max_length=40)]
Key = Annotated[int, Field(ge=1, lt=2**62)]


class ComingIn(Schema):
    """What is said of somebody who comes, whoever says it."""

    name: Name
    organisation: Name = ""
    kind: Name = "business"
    purpose: Text
    companions: Annotated[int, Field(ge=0, le=200)] = 0
    plate: Number = ""
    items: Text = ""
    id_number: Number = ""


class VisitOut(Schema):
    id: int
    state: str
    case: str | None
    name: str
    phone: str
    organisation: str
    kind: str
    purpose: str
    host: int
    host_name: str
    place: str
    from_at: str
    until_at: str
    companions: int
    plate: str
    space: str
    items: str
    exceeds: str
    ask_duty_office: bool
    entered_at: str | None
    left_at: str | None


class VisitList(Schema):
    items: list[VisitOut]
    next: str | None = None


def told(visit: Visit) -> dict[str, Any]:
    """A visit as the API tells it: numbers masked. Why somebody is held is not told."""
    return {
        "id": visit.pk,
        "state": str(visit.state),
        "case": visit.case.number if visit.case else None,
        "name": visit.name,
        "phone": str(visit.phone),
        "organisation": visit.organisation,
        "kind": str(visit.kind),
        "purpose": visit.purpose,
        "host": visit.host_id,
        "host_name": visit.host.name,
        "place": visit.place.code,
        "from_at": visit.from_at.isoformat(),
        "until_at": visit.until_at.isoformat(),
        "companions": visit.companions,
        "plate": visit.masked_plate if visit.plate else "",
        "space": visit.space,
        "items": visit.items,
        "exceeds": visit.exceeds,
        "ask_duty_office": visit.held,
        "entered_at": visit.entered_at.isoformat() if visit.entered_at else None,
        "left_at": visit.left_at.isoformat() if visit.left_at else None,
    }


def place_of(code: str, field: str = "place") -> Place:
    """A place by its code. Raises Problem."""
    found = Place.objects.filter(in_use(), code=code).first()
    if found is None:
        raise Problem(errors={field: [_("没有找到这个地点，请重新选择。")]})
    return found


def host_of(pk: int | None, actor: Person) -> Person:
    """The host, the caller where none is named. Raises Problem."""
    found = Person.objects.active().filter(pk=pk or actor.pk).first()
    if found is None:
        raise Problem(errors={"host": [_("没有这个人，请重新选择。")]})
    return found


def key_of(pk: int) -> int:
    """A key that a column holds. Raises NotFound."""
    if not 0 < pk < 2**62:
        raise NotFound
    return pk
