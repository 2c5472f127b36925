"""The car parks of the demo go on: cameras give their heartbeat, vehicles leave and come back."""

from __future__ import annotations

from random import Random

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.trail.actors import SYSTEM
from houqin.services.parking import actions
from houqin.services.parking.models import Camera, Direction, PlatePermit, Stay

#: So many vehicles pass in one step.
PASS = 8


def step(dice: Random) -> str:
    """A few of those inside leave, as many with a permit come; all cameras speak."""
    now = timezone.now()
    cameras = {
        camera.code: camera
        for camera in Camera.objects.filter(active=True).annotate(last=Max("passages__sequence"))
    }
    inside = Stay.objects.filter(out_at=None, in_at__lt=now)
    leaving = list(inside.select_related("lot__place").order_by("?")[: PASS // 2])
    away = PlatePermit.objects.filter(state="open").exclude(plate__in=inside.values("plate"))
    coming = list(away.select_related("lot__place").order_by("?")[: PASS // 2])
    events: dict[str, list[tuple[Direction, str]]] = {code: [] for code in cameras}
    for each in leaving:
        events.setdefault(f"{each.lot.place.code}-OUT", []).append((Direction.OUT, each.plate))
    for permit in coming:
        events.setdefault(f"{permit.lot.place.code}-IN", []).append((Direction.IN, permit.plate))
    passed = 0
    for code, camera in cameras.items():
        told = [
            actions.Event(
                (camera.last or 0) + number, now, direction, plate, round(0.96 + 0.04 * dice.random(), 3)
            )
            for number, (direction, plate) in enumerate(events[code], start=1)
        ]
        passed += actions.passages(SYSTEM, camera=code, events=told).new
    return _("%(n)d 辆车进出停车场") % {"n": passed}
