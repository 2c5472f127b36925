"""What is amiss in car parks: lots that are full, counts that drift, silent cameras, vehicles that stay too long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from houqin.affairs.models import Warning
from houqin.affairs.warnings.declare import Breach, Rule, Thresholds, announce
from houqin.foundation.calendar import clock
from houqin.services.parking.models import Camera

SILENT_MINUTES = 60
_OPEN = "l.open AND p.ended_on IS NULL"
_FULL = f"""
SELECT l.place_id, p.name, l.keeper_id, l.capacity, l.inside FROM parking_lot l JOIN places_place p ON p.id = l.place_id
WHERE {_OPEN} AND l.inside * 100 >= l.capacity * %(amber)s ORDER BY l.place_id
"""  # noqa: S608 - constants of ours
# What the counter says beside the vehicles that are known to be inside: a camera that misses one makes them part.
_DRIFT = f"""
SELECT * FROM (
  SELECT l.place_id, p.name, l.keeper_id, l.inside, count(s.id) AS known,
         round(100.0 * abs(l.inside - count(s.id)) / l.capacity, 1) AS share
  FROM parking_lot l JOIN places_place p ON p.id = l.place_id
  LEFT JOIN parking_stay s ON s.lot_id = l.place_id AND s.out_at IS NULL
  WHERE {_OPEN} GROUP BY l.place_id, p.name
) lots WHERE share >= %(amber)s ORDER BY place_id
"""  # noqa: S608 - constants of ours
_STAYING = f"""
SELECT l.place_id, p.name, l.keeper_id, count(*) FROM parking_lot l JOIN places_place p ON p.id = l.place_id
JOIN parking_stay s ON s.lot_id = l.place_id AND s.out_at IS NULL AND s.in_at < %(now)s - make_interval(hours => l.longest_hours)
WHERE {_OPEN} GROUP BY l.place_id, p.name HAVING count(*) >= %(amber)s ORDER BY l.place_id
"""  # noqa: S608 - constants of ours


def _rows(statement: str, thresholds: Thresholds) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"amber": thresholds.amber, "now": timezone.now()})
        return cursor.fetchall()


def _full(thresholds: Thresholds) -> Iterator[Breach]:
    """Lots by how full they are, in hundredths of their spaces. One query."""
    for lot, name, keeper, capacity, inside in _rows(_FULL, thresholds):
        data = {"inside": inside, "capacity": capacity}
        yield Breach(
            f"lot:{lot}", name, round(100 * inside / capacity, 1), keeper, reverse("parking:desk"), data=data
        )


def _full_words(warning: Warning) -> str:
    data = {"name": warning.name, "inside": warning.data["inside"], "capacity": warning.data["capacity"]}
    return _("%(name)s场内 %(inside)s 辆，共 %(capacity)s 个车位") % data


def _drift(thresholds: Thresholds) -> Iterator[Breach]:
    """Lots by how far the counter and the vehicles known to be inside lie apart, in hundredths of their spaces. One query."""
    for lot, name, keeper, inside, known, share in _rows(_DRIFT, thresholds):
        data = {"inside": inside, "known": known}
        yield Breach(f"lot:{lot}", name, share, keeper, f"{reverse('parking:desk')}#count", data=data)


def _drift_words(warning: Warning) -> str:
    data = {"name": warning.name, "inside": warning.data["inside"], "known": warning.data["known"]}
    return _("%(name)s计数 %(inside)s 辆，识别到在场 %(known)s 辆，请清点") % data


def _staying(thresholds: Thresholds) -> Iterator[Breach]:
    """Lots by how many vehicles stay longer than they allow. One query."""
    for lot, name, keeper, n in _rows(_STAYING, thresholds):
        yield Breach(f"lot:{lot}", name, n, keeper, f"{reverse('parking:desk')}#overstays")


def _staying_words(warning: Warning) -> str:
    n = int(warning.value)
    words = ngettext("%(name)s有 %(n)d 辆车超时停放", "%(name)s有 %(n)d 辆车超时停放", n)
    return words % {"name": warning.name, "n": n}


def _silent(thresholds: Thresholds) -> Iterator[Breach]:
    """For each keeping section, how many cameras have been silent for an hour of working time: nobody drives at night. One that never
    spoke is not in use yet. One query."""
    now, calendar = timezone.now(), clock.load()
    silent: dict[int, list[str]] = {}
    cameras = Camera.objects.filter(active=True, lot__open=True, heard_at__isnull=False)
    for camera in cameras.select_related("lot").order_by("name", "pk"):
        assert camera.heard_at is not None
        if calendar.working_minutes(camera.heard_at, now) >= SILENT_MINUTES:
            silent.setdefault(camera.lot.keeper_id, []).append(str(camera))
    for keeper, names in silent.items():
        yield Breach(f"keeper:{keeper}", names[0], len(names), keeper, reverse("parking:passages"))


def _silent_words(warning: Warning) -> str:
    n = int(warning.value)
    words = ngettext("%(name)s没有上报，进出没有计数", "%(name)s等 %(n)d 台相机没有上报，进出没有计数", n)
    return words % {"name": warning.name, "n": n}


announce(
    Rule(
        code="parking.full",
        name=gettext_lazy("停车场已满"),
        about=gettext_lazy("场内车辆占车位数的百分之几。可引导到其他停车场，或清点更正。"),
        find=_full,
        words=_full_words,
        permission="parking.keep",
        amber=98,
        red=105,
        unit="%",
    )
)
announce(
    Rule(
        code="parking.drift",
        name=gettext_lazy("停车计数偏差"),
        about=gettext_lazy(
            "进减出的计数与识别到在场的车辆相差车位数的百分之几。相机漏读或误读时变大，清点后归零。"
        ),
        find=_drift,
        words=_drift_words,
        permission="parking.keep",
        amber=5,
        red=15,
        unit="%",
    )
)
announce(
    Rule(
        code="parking.overstays",
        name=gettext_lazy("车辆超时停放"),
        about=gettext_lazy("一个停车场里停放时间超过其规定的车辆有几辆。"),
        find=_staying,
        words=_staying_words,
        permission="parking.keep",
        amber=10,
        red=50,
        unit=pgettext_lazy("unit", "辆"),
        minutes=60,
    )
)
announce(
    Rule(
        code="parking.silent",
        name=gettext_lazy("车牌识别相机失联"),
        about=gettext_lazy(
            "工作时间里超过 60 分钟没有上报的相机有几台；没有车时相机应发心跳。失联期间进出不计数，请检修后清点。"
        ),
        find=_silent,
        words=_silent_words,
        permission="parking.keep",
        seen_by=("parking.manage",),
        amber=1,
        red=4,
        unit=pgettext_lazy("unit", "台"),
    )
)
