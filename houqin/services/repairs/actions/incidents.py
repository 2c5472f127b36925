"""Outages of an area: opened, put off, over. Whoever reported or followed is told each time."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs.actions import submit
from houqin.affairs.models import Case
from houqin.foundation.compiled import Compiled
from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.foundation.notices.actions import Words, tell
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM, Actor
from houqin.services.repairs.actions.orders import ITEM, RUNNING, lock
from houqin.services.repairs.models import FaultKind, Incident, RepairOrder

PERMISSION = "repairs.incidents"


@transaction.atomic
def open_incident(actor: Person, *, place: Place, fault: FaultKind, title: str, until: datetime) -> Incident:
    """Announce an outage. From now on reports of its trade below ``place`` join its case; those already running are
    marked as its own and their reporters told.

    Its case is a repair like any other, or the one that already runs for that fault there. Raises NotPermitted without
    the right over the section that handles it, Problem when ``until`` is over, Conflict when one is open there.
    """
    if not scope.holds(actor, PERMISSION):
        raise NotPermitted
    _check_until(until)
    lock(f"group:{fault.group}")
    data = {"place": place.pk, "fault": fault.code, "description": title}
    case = submit(actor, item=ITEM, data=data)
    grant = scope.authorise(
        actor, PERMISSION, organisation_path=case.section.path, place_path=place.path, service="repairs"
    )
    try:
        with transaction.atomic():
            incident = Incident.objects.create(
                place=place, group=fault.group, title=title, until=until, case=case, opened_by=actor,
                opened_at=timezone.now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(_("此范围已有进行中的同类事件，请在原事件上延期或更新。")) from error
    _mark(incident)
    trail.record(actor, "repairs.open_incident", incident, after=trail.values_of(incident), grant=grant)
    _tell(incident, actor, gettext_lazy("{title}，预计 {until} 恢复"))
    return incident


@transaction.atomic
def extend_incident(actor: Person, *, incident: int, until: datetime, note: str = "") -> Incident:
    """Put off the expected end, and tell everybody concerned."""
    found, grant = _locked(actor, incident)
    _check_until(until)
    before = {"until": found.until}
    found.until, found.overdue_told_at = until, None
    found.save(update_fields=["until", "overdue_told_at"])
    trail.record(
        actor,
        "repairs.extend_incident",
        found,
        before=before,
        after={"until": until, "note": note},
        grant=grant,
    )
    _tell(found, actor, gettext_lazy("恢复时间推迟到 {until}：{title}"), note)
    return found


@transaction.atomic
def close_incident(actor: Person, *, incident: int, note: str = "") -> Incident:
    """The outage is over: reports no longer join it, and everybody concerned is told. Its case goes its own way."""
    found, grant = _locked(actor, incident)
    _close(found, actor, note, grant)
    return found


def close_with(case: Case) -> None:
    """The case of an outage has ended, so the outage is over."""
    if _OPEN_OF_CASE.values(case.pk):
        for incident in _open().filter(case=case):
            _close(incident, SYSTEM, "", None)


_OPEN_OF_CASE = Compiled(
    lambda case: Incident.objects.filter(case=case, closed_at__isnull=True).order_by().values_list("pk"), int
)


def tell_overdue(now: datetime) -> int:
    """Remind, once, whoever opened an outage whose expected end has passed. Returns how many. May run twice."""
    with transaction.atomic():
        late = list(
            _open()
            .filter(until__lte=now, overdue_told_at__isnull=True)
            .select_for_update(of=("self",), skip_locked=True)
        )
        for incident in late:
            title = format_lazy(gettext_lazy("已到预计恢复时间，请延期或解除：{title}"), title=incident.title)
            tell([incident.opened_by], kind="repairs.incident_overdue", title=title, url="/repairs/incidents")
        Incident.objects.filter(pk__in=[incident.pk for incident in late]).update(overdue_told_at=now)
    return len(late)


def _open():  # type: ignore[no-untyped-def]  # a queryset of Incident
    return Incident.objects.filter(closed_at__isnull=True).select_related(
        "place", "case__section", "opened_by"
    )


def _close(incident: Incident, actor: Actor, note: str, grant: scope.Grant | None) -> None:
    incident.closed_at = timezone.now()
    incident.closed_by = actor if isinstance(actor, Person) else None
    incident.save(update_fields=["closed_at", "closed_by"])
    after = {"closed_at": incident.closed_at, "note": note}
    trail.record(
        actor, "repairs.close_incident", incident, before={"closed_at": None}, after=after, grant=grant
    )
    _tell(incident, actor, gettext_lazy("已恢复：{title}"), note)


def _locked(actor: Person, pk: int) -> tuple[Incident, scope.Grant]:
    """The open incident, locked. Outside the actor's scope it is not found; without the right it is forbidden."""
    if not scope.holds(actor, PERMISSION):
        raise NotPermitted
    found = (
        Incident.objects.select_for_update(of=("self",))
        .select_related("place", "case__section", "opened_by")
        .filter(pk=pk)
        .first()
    )
    grant = found and scope.grant_for(
        actor,
        PERMISSION,
        organisation_path=found.case.section.path,
        place_path=found.place.path,
        service="repairs",
    )
    if not found or not grant:
        raise NotFound
    if found.closed_at:
        raise Conflict(_("该事件已经解除。"))
    return found, grant


def _check_until(until: datetime) -> None:
    if until <= timezone.now():
        words = _("预计恢复时间应晚于现在。")
        raise Problem(words, errors={"until": [words]})


def _mark(incident: Incident) -> None:
    """Mark the running orders the outage explains. Locked by id; the case's own rows are left alone."""
    below = RepairOrder.objects.select_for_update(of=("self",)).filter(
        Q(case=incident.case_id)
        | Q(place__path__startswith=incident.place.path, fault__group=incident.group, planned=False),
        case__state__in=RUNNING,
        finished_at__isnull=True,
    )
    ids = list(below.order_by("pk").values_list("pk", flat=True))
    RepairOrder.objects.filter(pk__in=ids).update(incident=incident)


def _tell(incident: Incident, actor: Actor, words: Words, note: str = "") -> None:
    concerned = Q(cases__repair__incident=incident) | Q(followed__case__repair__incident=incident)
    people = Person.objects.filter(concerned).exclude(pk=actor.pk).distinct()
    until = timezone.localtime(incident.until)
    title = format_lazy(words, title=incident.title, until=f"{until:%m-%d %H:%M}")
    url = incident.case.get_absolute_url()
    tell(people, kind="repairs.incident", title=title, body=note, url=url, record=incident.case)
