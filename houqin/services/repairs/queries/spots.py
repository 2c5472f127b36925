"""Places, devices and faults as reporters name them; what is known to be broken at a spot."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs.declare import StepKind
from houqin.affairs.models import State, Task, TaskState
from houqin.foundation import tree
from houqin.foundation.compiled import Compiled
from houqin.foundation.errors import NotFound
from houqin.foundation.kept import Kept
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place, PlaceKind
from houqin.foundation.places.queries import in_use
from houqin.services.repairs.models import Device, FaultKind, Incident, RepairOrder


def spot(code: str) -> Place | None:
    """The place of that code, QR code or id, or the place where the device of that code stands."""
    if not code:
        return None
    number = int(code) if code.isdecimal() and len(code) < 18 else 0
    place = _PLACE.first(code, number)
    if place is None and (device := scanned_device(code)):
        place = device.place
    return place


def areas() -> QuerySet[Place]:
    """What an outage may cover: sites, buildings and floors in use, a building before its floors."""
    return Place.objects.filter(in_use()).exclude(kind=PlaceKind.SPACE).order_by("path")


def device_of(code: str) -> Device | None:
    """The device of that code, QR code or id."""
    found = Q(code=code) | Q(qr=code) | _by_id(code)
    return Device.objects.select_related("place").filter(found).order_by("pk").first()


def scanned_device(code: str) -> Device | None:
    """The device on which that code hangs; ids do not count, they would be a place's as well."""
    if not code:
        return None
    return _DEVICE.first(code)


_PLACE = Compiled(
    lambda code, number: Place.objects.filter(Q(code=code) | Q(qr=code) | Q(pk=number)).order_by("pk")[:1],
    str,
    int,
)
_DEVICE = Compiled(
    lambda code: Device.objects.select_related("place").filter(Q(code=code) | Q(qr=code)).order_by("pk")[:1],
    str,
)


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


@Kept
def fault_of(code: str) -> FaultKind | None:
    """The fault in use of that code or id."""
    return FaultKind.objects.filter(Q(code=code) | _by_id(code), active=True).order_by("pk").first()


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
    """Something already reported: what, since when, whether somebody has it; and the report that would join it."""

    title: str
    at: datetime
    taken: bool
    case_number: str
    place: Place
    fault: str
    device: str

    @property
    def report_url(self) -> str:
        """The report's form with place and fault filled in, for whoever must leave a phone number."""
        given = {"place": self.place.code, "fault": self.fault, "device": self.device}
        return (
            f"/services/repairs.report?{urlencode({name: value for name, value in given.items() if value})}"
        )


def known_faults(place: Place) -> list[Known]:
    """What is known to be broken at ``place`` or where it lies: open outages first, then faults one may join."""
    above = tree.ids(place.path)
    outages = (
        Incident.objects.filter(closed_at__isnull=True, place_id__in=above)
        .select_related("case__repair__fault")
        .order_by("id")
    )
    orders = (
        RepairOrder.objects.filter(place_id__in=above, joinable=True, finished_at__isnull=True)
        .select_related("fault", "place", "device", "case")
        .order_by("-reported_at")[:10]
    )
    known = [
        Known(each.title, each.opened_at, True, each.case.number, place, each.case.repair.fault.code, "")
        for each in outages
    ]
    covered = {each.case_number for each in known}
    return known + [_known(order) for order in orders if order.case.number not in covered]


def _known(order: RepairOrder) -> Known:
    device = order.device.code if order.device else ""
    taken = order.accepted_at is not None
    title = f"{order.place} {order.fault}"
    return Known(title, order.reported_at, taken, order.case.number, order.place, order.fault.code, device)


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


def task_to_arrive(person: Person, pk: int) -> Task:
    """The worker's own open task of that id; raises NotFound for any other."""
    task = (
        Task.objects.filter(pk=pk, assignee=person, state=TaskState.OPEN, kind=StepKind.HANDLE)
        .select_related("case__place")
        .first()
    )
    if task is None:
        raise NotFound(_("这项维修任务已不在您名下，请在待办中查看最新进展。"))
    return task


def joinable_order(number: str) -> RepairOrder:
    """The running order of that case which others may follow; raises NotFound when it no longer runs."""
    order = (
        RepairOrder.objects.filter(
            Q(joinable=True) | Q(incident__closed_at__isnull=True, incident__isnull=False),
            case__number=number,
        )
        .select_related("case", "fault", "place", "incident")
        .first()
    )
    if order is None:
        raise NotFound(_("这件报修已经办完，如仍有问题请重新报修。"))
    return order


def _by_id(code: str) -> Q:
    return Q(pk=int(code)) if code.isdecimal() and len(code) < 18 else Q(pk__in=[])
