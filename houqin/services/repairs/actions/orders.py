"""The repair order as its case moves: made, stamped, priced, joined. All within the transaction of the case's move."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from math import ceil
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Func, QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.types.numeric import Int8

from houqin.affairs import clocks
from houqin.affairs.actions import submit
from houqin.affairs.declare import ClockKind, Limit, StepKind
from houqin.affairs.models import Case, State
from houqin.affairs.who import heads_over
from houqin.foundation import tree
from houqin.foundation.compiled import Compiled, Statement
from houqin.foundation.errors import Problem
from houqin.foundation.kept import Kept
from houqin.foundation.notices.actions import tell
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place, PlaceKind
from houqin.foundation.rows import changed, fresh, snapshot
from houqin.foundation.trail.actors import Actor
from houqin.services.repairs.actions import stock
from houqin.services.repairs.forms import RepairForm
from houqin.services.repairs.models import Device, FaultKind, Incident, RepairOrder

ITEM = "repairs.report"
JOIN_WITHIN = timedelta(hours=24)
REPEAT_WITHIN = timedelta(days=30)
RUNNING = (State.OPEN, State.WAITING_APPLICANT)


class Plan(dict[str, Any]):
    """What a planned job is submitted with. Only code can build one, so no visitor gets past joining and limits."""

    def __init__(self, due: datetime, **data: Any) -> None:
        super().__init__(**data)
        self.due = due


# -- asked for -----------------------------------------------------------------------------------------------------


def plan_work(
    actor: Actor,
    *,
    place: Place,
    fault: FaultKind,
    due: datetime,
    device: Device | None = None,
    description: str = "",
) -> RepairOrder:
    """Order maintenance as a repair is ordered (REP6): the same case, routing, job page and costs, due at ``due``.

    The actor is the applicant and confirms the work. It joins nothing and nothing joins it. Raises Problem when
    ``due`` is over already.
    """
    if due <= timezone.now():
        raise Problem(errors={"due": [_("计划完成时间应晚于现在。")]})
    words = description or _("计划维护：%(fault)s") % {"fault": fault.name}
    plan = Plan(
        due, place=place.pk, fault=fault.code, device=str(device.pk) if device else "", description=words
    )
    return submit(actor, item=ITEM, data=plan, channel="plan").repair


def follow(actor: Actor, *, order: RepairOrder) -> Case:
    """ "Here too": report the same fault at the same place; while that order runs, the report joins it."""
    device = str(order.device_id or "")
    data = {
        "place": order.place_id,
        "fault": order.fault.code,
        "device": device,
        "description": _("同样的问题。"),
    }
    return submit(actor, item=ITEM, data=data)


# -- moments of the case -------------------------------------------------------------------------------------------


def running_case(form: RepairForm) -> Case | None:
    """The running case a report joins: the outage it lies in, or the same fault at the same place within a day.

    Reports of one fault at one place wait for each other here until the first is committed (an advisory lock), and an
    outage that is being opened waits for the reports of its trade.
    """
    if isinstance(form.data, Plan):
        return None
    place, fault = form.cleaned_data["place"], form.cleaned_data["fault"]
    outage, joinable, form.mended, form.keys = _claim(place, fault, form.cleaned_data.get("device"))
    if outage and (incident := open_incident_at(place, fault.group)):
        case = _running(incident.case_id)
        if case:
            return case
    if not joinable or not fault.joins or place.kind == PlaceKind.SITE:
        return None
    return _same_fault(place, fault, form.cleaned_data.get("device"))


def make_order(case: Case, form: RepairForm) -> RepairOrder:
    """The order of a new case, with warranty and repeat found. Planned work gets its own limit instead of the usual."""
    data = form.cleaned_data
    place, fault, device = data["place"], data["fault"], data.get("device")
    plan = form.data if isinstance(form.data, Plan) else None
    order = fresh(
        RepairOrder,
        case=case,
        fault=fault,
        place=place,
        device=device,
        description=data["description"],
        planned=plan is not None,
        reported_at=case.submitted_at,
        under_warranty=_under_warranty(device),
        joinable=plan is None and fault.joins and place.kind != PlaceKind.SITE,
    )
    if plan:
        _limit_to(case, plan.due)
    else:
        order.repeat_of_id = form.mended
    case.writes.insert(order)
    if order.repeat_of_id:
        _tell_heads(order)
    return order


def stamp(case: Case, verb: str, data: Mapping[str, Any]) -> None:
    """Keep the stamps of response, and what finishing took. Reopening makes the order one that reports join again."""
    if verb not in STAMPED:
        return
    order = (_TO_REOPEN if verb == "reopen" else _TO_STAMP).rows(case.pk)[0]
    order.case, order.fault = case, _fault(order.fault_id)
    if case.place and case.place.pk == order.place_id:
        order.place = case.place
    before = snapshot(order)
    actor, now = data["actor"], timezone.now()
    if verb in ("accept", "arrive", "complete") and isinstance(actor, Person):
        order.worker = actor
        order.accepted_at = order.accepted_at or now
    if verb == "accept":
        _tell_worker(order)
    elif verb == "arrive":
        order.arrived_at = order.arrived_at or now
    elif verb == "complete":
        _finish(order, data, actor, now)
    elif verb == "reopen":
        order.finished_at = None
    order.joinable = _may_join(order)
    case.writes.update(order, changed(order, before))


#: Verbs that an order remembers, or that let reports join it again. Ended cases are :func:`end`'s matter.
STAMPED = frozenset({"accept", "arrive", "complete", "reopen"})
_TO_STAMP = Compiled(
    lambda case: RepairOrder.objects.filter(case=case).select_for_update(of=("self",)).order_by(),
    int,
)
#: With ``spot_free``, which reopening asks for (:func:`_may_join`).
_TO_REOPEN = Compiled(
    lambda case: (
        RepairOrder.objects.filter(case=case)
        .select_for_update(of=("self",))
        .annotate(
            spot_free=Func(
                "place_id", "fault_id", "case_id", function="repairs_spot_free", output_field=BooleanField()
            )
        )
        .order_by()
    ),
    int,
)
_SPOT_FREE = Statement("SELECT repairs_spot_free(%s, %s, %s)")


@Kept
def _fault(pk: int) -> FaultKind:
    return FaultKind.objects.get(pk=pk)


def end(case: Case) -> None:
    """The case has ended: nothing joins it any more, and an outage that was its matter is over."""
    case.writes.update(RepairOrder(case=case, joinable=False), ["joinable"])


# -- joining -------------------------------------------------------------------------------------------------------


def open_incident_at(place: Place, group: str) -> Incident | None:
    """The open outage of a trade that covers ``place``, the nearest first."""
    above = tree.ids(place.path)
    incidents = _open_incidents(len(above)).rows(group, *above)
    return max(incidents, key=lambda incident: len(incident.place.path), default=None)


def _claim(
    place: Place, fault: FaultKind, device: Device | None
) -> tuple[bool, bool, int | None, tuple[int, int]]:
    """Wait for the other reports of one fault at one place, and for an outage of its trade that is being opened; then say
    whether an outage covers the place and whether something there can be joined, which both are rare; the latest job on
    the same fault here, or on the same device, that was finished within thirty days; and keys for a new case and its
    first task. One statement."""
    above, since = [Int8(each) for each in tree.ids(place.path)], timezone.now() - REPEAT_WITHIN
    given = (Int8(place.pk), above, Int8(fault.pk), fault.group, Int8(device.pk if device else 0), since)
    outage, joinable, mended, case, task = _CLAIM.run(given).fetchone()
    return outage, joinable, mended, (case, task)


_CLAIM = Statement("SELECT * FROM repairs_claim(%s, %s, %s, %s, %s, %s)")


@cache
def _open_incidents(depth: int) -> Compiled[Incident]:
    """The open outages of a trade at any of ``depth`` places."""

    def build(group: str, *above: int) -> QuerySet[Incident]:
        found = Incident.objects.filter(closed_at__isnull=True, group=group, place_id__in=above)
        return found.select_related("place").order_by()

    return Compiled(build, str, *[int] * depth)


def lock(key: str) -> None:
    """Hold ``key`` until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"repairs:{key}"])


def _running(case_id: int) -> Case | None:
    """The case, locked, if it still runs."""
    return Case.objects.select_for_update().filter(pk=case_id, state__in=RUNNING).first()


def _same_fault(place: Place, fault: FaultKind, device: Device | None) -> Case | None:
    orders, now = _JOINABLE.rows(place.pk, fault.pk), timezone.now()
    if device:
        orders = [order for order in orders if order.device_id in (None, device.pk)]
    for order in orders:
        case = _running(order.case_id)
        if case and now - order.reported_at < JOIN_WITHIN:
            return case
        RepairOrder.objects.filter(case=order.case_id).update(joinable=False)
    return None


_JOINABLE = Compiled(
    lambda place, fault: RepairOrder.objects.filter(place=place, fault=fault, joinable=True).order_by(
        "-reported_at"
    ),
    int,
    int,
)


def _may_join(order: RepairOrder) -> bool:
    """Whether reports may join the order now. A reopened one gives way where another runs in its stead, or is being made:
    the lock of the spot is only tried, for the report that holds it would wait for the case that this move has locked.
    """
    if order.planned or not order.fault.joins or order.finished_at or order.case.state not in RUNNING:
        return False
    if order.joinable or order.place.kind == PlaceKind.SITE:
        return order.joinable
    free: bool | None = getattr(order, "spot_free", None)
    if free is None:
        spot = (Int8(order.place_id), Int8(order.fault_id), Int8(order.case_id))
        (free,) = _SPOT_FREE.run(spot).fetchone()
    return bool(free)


# -- limits, warranty, repeats -------------------------------------------------------------------------------------


def _limit_to(case: Case, due: datetime) -> None:
    """Promise planned work by its date: the handling step and the case run on the clock on the wall until then."""
    minutes = max(1, ceil((due - case.submitted_at).total_seconds() / 60))
    for step in case.flow["steps"]:
        if step["kind"] == StepKind.HANDLE:
            step["limit"] = {"minutes": minutes, "clock": str(ClockKind.WALL)}
    clocks.begin(case, Limit(minutes, ClockKind.WALL), now=case.submitted_at)


def _under_warranty(device: Device | None) -> bool:
    return bool(device and device.warranty_until and device.warranty_until >= timezone.localdate())


def _tell_heads(order: RepairOrder) -> None:
    title = format_lazy(gettext_lazy("30 天内重复报修：{title}"), title=order.case.title)
    tell(
        heads_over(order.case.section),
        kind="repairs.repeat",
        title=title,
        url=order.case.get_absolute_url(),
        record=order.case,
        writes=order.case.writes,
    )


def _tell_worker(order: RepairOrder) -> None:
    """Whoever takes the job hears what they cannot see on the spot: warranty, and that it was mended before."""
    if not order.worker or not (order.repeat_of_id or order.under_warranty):
        return
    words = gettext_lazy("质保期内，请先联系维保单位：{title}")
    if order.repeat_of_id:
        words = gettext_lazy("30 天内修过，请查根源：{title}")
    tell(
        [order.worker],
        kind="repairs.hint",
        title=format_lazy(words, title=order.case.title),
        url=order.case.get_absolute_url(),
        record=order.case,
        writes=order.case.writes,
    )


def _finish(order: RepairOrder, data: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    minutes = data.get("labour_minutes") or 0
    order.labour_minutes += minutes
    order.labour_fen += round(minutes * order.fault.hour_fen / 60)
    order.material_fen += stock.use(actor, order, data.get("materials") or [])
    if order.case.state not in RUNNING:
        order.finished_at = now
