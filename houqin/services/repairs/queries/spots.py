"""Places, devices and faults as reporters name them; what is known to be broken at a spot."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from houqin.affairs.declare import StepKind
from houqin.affairs.models import State, Task, TaskState
from houqin.foundation import tree
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.services.repairs.models import Device, FaultKind, Incident, RepairOrder


def spot(code: str) -> Place | None:
    """The place of that code, QR code or id, or the place where the device of that code stands."""
    if not code:
        return None
    found = Q(code=code) | Q(qr=code) | _by_id(code)
    place = Place.objects.filter(found).order_by("pk").first()
    if place is None and (device := scanned_device(code)):
        place = device.place
    return place


def device_of(code: str) -> Device | None:
    """The device of that code, QR code or id."""
    found = Q(code=code) | Q(qr=code) | _by_id(code)
    return Device.objects.select_related("place").filter(found).order_by("pk").first()


def scanned_device(code: str) -> Device | None:
    """The device on which that code hangs; ids do not count, they would be a place's as well."""
    if not code:
        return None
    return Device.objects.select_related("place").filter(Q(code=code) | Q(qr=code)).first()


def devices_of(text: str = "") -> QuerySet[Device]:
    """Devices in use, by words of their name, code, place or maintainer."""
    devices = Device.objects.select_related("place").filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=timezone.localdate())
    )
    if text:
        devices = devices.filter(
            Q(name__icontains=text)
            | Q(code__icontains=text)
            | Q(place__full_name__icontains=text)
            | Q(supplier__icontains=text)
        )
    return devices.order_by("code")


def faults() -> QuerySet[FaultKind]:
    """The dictionary in use, in its order."""
    return FaultKind.objects.filter(active=True).order_by("position", "id")


def find_faults(text: str, *, limit: int = 8) -> list[FaultKind]:
    """Faults by name, another word for it, pinyin or initials: for whoever types while the caller speaks."""
    wanted = text.strip().lower()
    if not wanted:
        return list(faults()[:limit])
    found = faults().filter(
        Q(name__contains=wanted)
        | Q(keywords__icontains=wanted)
        | Q(pinyin__contains=wanted)
        | Q(initials__contains=wanted)
    )
    return sorted(found, key=lambda fault: (_rank(fault, wanted), fault.position))[:limit]


def _rank(fault: FaultKind, wanted: str) -> int:
    begins = (fault.name, fault.initials, fault.pinyin)
    return 0 if any(key.startswith(wanted) for key in begins) else 1


@dataclass(frozen=True)
class Known:
    """Something already reported: what, since when, how far it is."""

    order: RepairOrder | None
    incident: Incident | None
    title: str
    at: datetime
    taken: bool
    case_number: str


def known_faults(place: Place) -> list[Known]:
    """What is known to be broken at ``place`` or where it lies: open outages first, then faults one may join."""
    above = tree.ids(place.path)
    outages = Incident.objects.filter(closed_at__isnull=True, place_id__in=above).select_related("case")
    orders = (
        RepairOrder.objects.filter(place_id__in=above, joinable=True, finished_at__isnull=True)
        .select_related("fault", "place", "device", "case")
        .order_by("-reported_at")[:10]
    )
    known = [
        Known(None, each, each.title, each.opened_at, taken=True, case_number=each.case.number)
        for each in outages
    ]
    covered = {each.case_id for each in outages}
    return known + [
        Known(
            each, None, f"{each.place} {each.fault}", each.reported_at, each.accepted_at is not None,
            each.case.number,
        )
        for each in orders
        if each.case_id not in covered
    ]  # fmt: skip


def open_task_at(person: Person, place: Place) -> Task | None:
    """The repair ``person`` has accepted, or is to take, at ``place`` and has not arrived at yet; oldest first."""
    if not scope.holds(person, "affairs.handle"):
        return None
    return (
        Task.objects.filter(
            Q(case__place_id__in=tree.ids(place.path)) | Q(case__place__path__startswith=place.path),
            assignee=person,
            state=TaskState.OPEN,
            kind=StepKind.HANDLE,
            arrived_at__isnull=True,
            case__state=State.OPEN,
            case__service="repairs",
        )
        .select_related("case")
        .order_by("id")
        .first()
    )


def _by_id(code: str) -> Q:
    return Q(pk=int(code)) if code.isdecimal() and len(code) < 18 else Q(pk__in=[])
