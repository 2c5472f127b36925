"""People's calls: lots, guidance, permits, who is inside, counts, reservations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Field, Query, Schema

from houqin.exchange.api.frame import MOST, PAGE, body_of, page, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.services.parking import actions, queries
from houqin.services.parking.api.shared import Name, aware, router
from houqin.services.parking.models import PlatePermit, Reservation, Stay
from houqin.services.parking.plates import as_read


class LotOut(Schema):
    code: str
    name: str
    capacity: int
    inside: int
    held: int
    free: int
    level: str
    charging_bays: int
    charging_free: int
    accessible_bays: int
    accessible_free: int


class LotList(Schema):
    items: list[LotOut]
    next: str | None = None


class HourOut(Schema):
    at: str
    expected: int
    low: int
    high: int


class HourList(Schema):
    items: list[HourOut]
    next: str | None = None


class GuidanceOut(Schema):
    lot: str | None
    name: str
    why: str
    free: int
    standing: str


class PlatePermitOut(Schema):
    id: int
    plate: str
    lot: str
    from_on: str
    until_on: str
    state: str
    case: str | None


class PlatePermitList(Schema):
    items: list[PlatePermitOut]
    next: str | None = None


class StayOut(Schema):
    id: int
    plate: str
    lot: str
    standing: str
    in_at: str


class StayList(Schema):
    items: list[StayOut]
    next: str | None = None


class ReserveIn(Schema):
    source: Annotated[str, Field(min_length=1, max_length=100)]
    from_at: datetime
    until_at: datetime
    plate: Annotated[str, Field(max_length=40)] = ""
    lot: Name = ""
    spaces: Annotated[int, Field(ge=1, le=10_000)] = 1


class ReservationOut(Schema):
    id: int
    lot: str
    plate: str
    spaces: int
    from_at: str
    until_at: str
    source: str


class SourceIn(Schema):
    source: Annotated[str, Field(min_length=1, max_length=100)]


class ReleasedOut(Schema):
    released: int


class CountIn(Schema):
    counted: Annotated[int, Field(ge=0, le=100_000)]
    note: Annotated[str, Field(max_length=200)] = ""


class ParkedCountOut(Schema):
    lot: str
    before: int
    counted: int
    delta: int


@router.get("/lots", response={200: LotList, **PROBLEMS}, summary=_n("各停车场现况"))
def parking_lots(request: HttpRequest) -> dict[str, Any]:
    within_scope(request, "parking")
    return {"items": [queries.as_json(each) for each in queries.lots_now()]}


@router.get(
    "/lots/{code}/forecast", response={200: HourList, **PROBLEMS}, summary=_n("未来三天每小时预计占用")
)
def lot_forecast(request: HttpRequest, code: str) -> dict[str, Any]:
    within_scope(request, "parking")
    hours = queries.occupancy_forecast(queries.lot_of(code))
    return {
        "items": [
            {"at": each.at.isoformat(), "expected": round(each.expected), "low": round(each.low), "high": round(each.high)}
            for each in hours
        ]
    }  # fmt: skip


@router.get("/guide", response={200: GuidanceOut, **PROBLEMS}, summary=_n("某车牌现在停哪里"))
def guide_plate(
    request: HttpRequest,
    plate: Annotated[str, Field(max_length=40)] = "",
    charging: bool = False,
    accessible: bool = False,
) -> dict[str, Any]:
    """By what right the plate is known is told to keepers and to whoever's own it is."""
    within_scope(request, "parking")
    person = person_of(request)
    found = queries.guide(plate, charging=charging, accessible=accessible)
    known = scope.holds(person, "parking.keep") or as_read(plate)[0] in queries.plates_of(person)
    return {
        "lot": found.lot.code if found.lot else None,
        "name": found.lot.name if found.lot else "",
        "why": str(found.why) if known or not found.lot else "",
        "free": found.free,
        "standing": str(found.standing) if known else "",
    }


@router.get("/permits", response={200: PlatePermitList, **PROBLEMS}, summary=_n("我的车辆通行证"))
def parking_permits(
    request: HttpRequest, cursor: str | None = None, limit: int = Query(PAGE, ge=1, le=MOST)
) -> dict[str, Any]:
    within_scope(request, "parking")
    found, following = page(queries.permits_of(person_of(request)), cursor, limit)
    return {"items": [_permit(each) for each in found], "next": following}


@router.post("/permits/{pk}/end", response={200: PlatePermitOut, **CONFLICTS}, summary=_n("结束通行证"))
def end_permit(request: HttpRequest, pk: int) -> HttpResponse:
    within_scope(request, "parking")
    return write(request, lambda: (200, _permit(actions.end(person_of(request), permit=pk))))


@router.get("/strangers", response={200: StayList, **PROBLEMS}, summary=_n("场内陌生车辆"))
def parking_strangers(
    request: HttpRequest, cursor: str | None = None, limit: int = Query(PAGE, ge=1, le=MOST)
) -> dict[str, Any]:
    within_scope(request, "parking")
    found, following = page(queries.strangers(_keeper(request)), cursor, limit)
    return {"items": [_stay(each) for each in found], "next": following}


@router.get("/overstays", response={200: StayList, **PROBLEMS}, summary=_n("超时车辆"))
def parking_overstays(
    request: HttpRequest, cursor: str | None = None, limit: int = Query(PAGE, ge=1, le=MOST)
) -> dict[str, Any]:
    within_scope(request, "parking")
    found, following = page(queries.overstays(_keeper(request)), cursor, limit)
    return {"items": [_stay(each) for each in found], "next": following}


@router.post(
    "/lots/{code}/count", response={201: ParkedCountOut, **CONFLICTS}, summary=_n("清点更正场内车辆")
)
def count_lot(request: HttpRequest, code: str, given: CountIn) -> HttpResponse:
    within_scope(request, "parking")
    body_of(request)

    def work() -> tuple[int, Any]:
        made = actions.count(
            _keeper(request), lot=queries.lot_of(code).pk, counted=given.counted, note=given.note
        )
        return 201, {"lot": code, "before": made.before, "counted": made.counted, "delta": made.delta}

    return write(request, work)


@router.post("/reservations", response={201: ReservationOut, **CONFLICTS}, summary=_n("预留车位"))
def reserve_spaces(request: HttpRequest, given: ReserveIn) -> HttpResponse:
    within_scope(request, "parking")
    body_of(request)

    def work() -> tuple[int, Any]:
        actor = _keeper(request)
        made = actions.reserve(
            actor, source=f"api.{actor.pk}:{given.source}", from_at=aware(given.from_at),
            until_at=aware(given.until_at), plate=given.plate, spaces=given.spaces,
            lot=queries.kept_lot(actor, queries.lot_of(given.lot).pk) if given.lot else None,
        )  # fmt: skip
        return 201, _reservation(made)

    return write(request, work)


@router.post("/reservations/release", response={200: ReleasedOut, **CONFLICTS}, summary=_n("释放预留"))
def release_spaces(request: HttpRequest, given: SourceIn) -> HttpResponse:
    """What the caller reserved under that source; another's is not reached."""
    within_scope(request, "parking")
    body_of(request)

    def work() -> tuple[int, Any]:
        actor = _keeper(request)
        return 200, {"released": actions.release(actor, source=f"api.{actor.pk}:{given.source}")}

    return write(request, work)


def _keeper(request: HttpRequest) -> Person:
    """The caller, who keeps a lot. Raises NotPermitted."""
    actor = person_of(request)
    scope.authorise(actor, "parking.keep", organisation_path=None, service="parking")
    return actor


def _permit(permit: PlatePermit) -> dict[str, Any]:
    return {
        "id": permit.pk,
        "plate": permit.plate,
        "lot": permit.lot.place.code,
        "from_on": permit.from_on.isoformat(),
        "until_on": permit.until_on.isoformat(),
        "state": str(permit.state),
        "case": permit.case.number if permit.case else None,
    }


def _stay(stay: Stay) -> dict[str, Any]:
    return {
        "id": stay.pk,
        "plate": stay.plate,
        "lot": stay.lot.place.code,
        "standing": str(stay.standing),
        "in_at": stay.in_at.isoformat(),
    }


def _reservation(made: Reservation) -> dict[str, Any]:
    return {
        "id": made.pk,
        "lot": made.lot.place.code,
        "plate": made.plate,
        "spaces": made.spaces,
        "from_at": made.starts_at.isoformat(),
        "until_at": made.ends_at.isoformat(),
        "source": made.source,
    }
