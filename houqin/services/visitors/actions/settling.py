"""What follows by itself: who passed an automatic gate is inside or gone, who never came is put down as missed."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs import actions as affairs
from houqin.affairs.models import Task, TaskState
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.access import queries as doors
from houqin.services.visitors import rules
from houqin.services.visitors.actions.ways import close_ways
from houqin.services.visitors.models import Crossing, Direction, How, Visit, VisitState

#: How far back the events of doors are looked at, each minute: a controller that was cut off delivers late.
LOOKED_BACK = timedelta(hours=12)
#: So many at a time, so that no lock is held for long.
AT_ONCE = 500


def follow_doors() -> int:
    """Write crossings for visitors who passed gates where nobody stands; answers how many. Again: none.

    Doors tell where a holder is; a crossing is written where that differs from what we know and is newer.
    """
    found = doors.visitors_seen_since(timezone.now() - LOOKED_BACK)
    ids = {int(holder.partition(":")[2]): where for holder, where in found.items()}
    count = 0
    states = [VisitState.EXPECTED, VisitState.INSIDE, VisitState.LEFT]
    for pk in Visit.objects.filter(pk__in=ids, state__in=states).order_by("pk").values_list("pk", flat=True):
        inside, at, gate = ids[pk]
        with transaction.atomic():
            visit = Visit.objects.select_for_update().get(pk=pk)
            last = visit.crossings.order_by("-number").first()
            if inside == (visit.state == VisitState.INSIDE) or (last and at <= last.at) or visit.held:
                continue
            if not inside and visit.state != VisitState.INSIDE:
                continue
            way = Direction.IN if inside else Direction.OUT
            Crossing.objects.create(
                visit=visit,
                number=visit.crossings.count() + 1,
                direction=way,
                at=at,
                gate=gate,
                how=How.DOOR,
                people=1,
            )
            count += 1
    return count


def lapse() -> int:
    """What nobody has answered by the end of its time is refused, so that it stands on nobody's desk; answers how many."""
    limit = timezone.now() - rules.GRACE
    over = Visit.objects.filter(
        state=VisitState.PENDING, until_at__lt=limit, case__isnull=False, case__ended_at=None
    )
    count = 0
    for number in list(over.order_by("until_at").values_list("case__number", flat=True)[:AT_ONCE]):
        task = Task.objects.filter(case__number=number, state=TaskState.OPEN).order_by("pk").first()
        if task:
            words = {"comment": _("来访时间已过，未及答复")}
            affairs.perform(SYSTEM, "refuse", case=number, task=task.pk, data=words)
            count += 1
    return count


def settle() -> int:
    """Who did not come in their time is missed: no door opens, the space is free. Answers how many; bounded, the next run goes on."""
    limit = timezone.now() - rules.GRACE
    over = Visit.objects.filter(state=VisitState.EXPECTED, until_at__lt=limit).order_by("until_at")
    count = 0
    for pk in list(over.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            visit = over.select_for_update(skip_locked=True).filter(pk=pk).first()
            if visit is None:
                continue
            visit.state = VisitState.MISSED
            visit.save(update_fields=["state"])
            trail.record(SYSTEM, "visitors.miss", visit, after={"state": str(visit.state)})
            close_ways(visit, str(visit.get_state_display()))
            count += 1
    return count
