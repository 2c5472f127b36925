"""What is amiss in repairs: spare parts that run out, and the same fault at the same place again and again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count, F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from houqin.affairs.models import Warning
from houqin.affairs.naming import said
from houqin.affairs.warnings.declare import Breach, Rule, Thresholds, announce
from houqin.services.repairs.models import RepairOrder, StockItem

#: The same fault so many times within these days is one that nobody has mended for good.
DAYS = 30


def _low(thresholds: Thresholds) -> Iterator[Breach]:
    """Parts below their minimum, by what share of it is left. One query."""
    low = StockItem.objects.filter(active=True, minimum__gt=0, quantity__lt=F("minimum"))
    for item in low.order_by("id"):
        share = 100 * item.quantity / item.minimum
        data = {"left": item.shown, "unit": item.unit}
        url = reverse("repairs:stock_item", args=[item.pk])
        yield Breach(f"stock:{item.pk}", item.name, round(share, 1), item.keeper_id, url, data=data)


def _low_words(warning: Warning) -> str:
    data = {"name": warning.name, "left": warning.data["left"], "unit": warning.data["unit"]}
    return _("%(name)s只剩 %(left)s %(unit)s，低于最低库存") % data


announce(
    Rule(
        code="repairs.stock_low",
        name=gettext_lazy("维修物料不足"),
        about=gettext_lazy("库存还有最低库存的百分之几。"),
        find=_low,
        words=_low_words,
        permission="repairs.stock",
        amber=99,
        red=20,
        unit="%",
        falling=True,
    )
)


def _repeated(thresholds: Thresholds) -> Iterator[Breach]:
    """Places by how often one fault was reported there of late. One query."""
    since = timezone.now() - timedelta(days=DAYS)
    often = (
        RepairOrder.objects.filter(reported_at__gte=since, planned=False)
        .exclude(case__state__in=["withdrawn", "refused"])
        .values(
            "place_id",
            "place__full_name",
            "place__code",
            "fault_id",
            "fault__name",
            "fault__code",
            "case__section_id",
        )
        .annotate(n=Count("pk"))
        .filter(n__gte=thresholds.amber)
        .order_by("place_id", "fault_id")
    )
    for row in often:
        data = {"fault": row["fault__code"], "fault_name": row["fault__name"], "place": row["place__code"]}
        url = f"{reverse('repairs:orders')}?place={row['place_id']}&since={timezone.localdate(since)}"
        subject = f"place:{row['place_id']}:{row['fault_id']}:{row['case__section_id']}"
        yield Breach(subject, row["place__full_name"], row["n"], row["case__section_id"], url, data=data)


def _repeated_words(warning: Warning) -> str:
    n = int(warning.value)
    words = ngettext(
        "%(place)s 30 天内 %(n)d 次报修“%(fault)s”，需要根治",
        "%(place)s 30 天内 %(n)d 次报修“%(fault)s”，需要根治",
        n,
    )
    return words % {"place": warning.name, "n": n, "fault": said(warning.data["fault_name"])}


def _repeated_case(warning: Warning) -> dict[str, Any]:
    return {
        "place": warning.data["place"],
        "fault": warning.data["fault"],
        "description": _repeated_words(warning),
    }


announce(
    Rule(
        code="repairs.repeated",
        name=gettext_lazy("同一故障反复报修"),
        about=gettext_lazy("同一地点的同一故障 30 天内报修了几次。可以转为办件，安排彻底检修。"),
        find=_repeated,
        words=_repeated_words,
        permission="affairs.dispatch",
        seen_by=("repairs.insight",),
        amber=4,
        red=6,
        unit=pgettext_lazy("unit", "次"),
        minutes=15,
        item="repairs.report",
        case_data=_repeated_case,
    )
)
