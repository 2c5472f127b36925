"""What is amiss around visitors: who is still inside after their time, and whose induction or insurance ends soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from houqin.affairs.models import Warning
from houqin.affairs.warnings.declare import Breach, Rule, Thresholds, announce
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.visitors import queries
from houqin.services.visitors.models import Contractor

MOST = 300


def _overdue(thresholds: Thresholds) -> Iterator[Breach]:
    """Who is inside after the end of their visit, by how many minutes. One query; named by host and place, not by the visitor."""
    now = timezone.now()
    for visit in queries.overdue(SYSTEM)[:MOST]:
        minutes = (now - visit.until_at).total_seconds() / 60
        name = f"{visit.host.name}（{visit.place}）"
        yield Breach(
            f"visit:{visit.pk}",
            name,
            round(minutes),
            visit.section_id,
            reverse("visitors:gate") + "?show=overdue",
        )


def _overdue_words(warning: Warning) -> str:
    n = int(warning.value)
    words = ngettext("%(name)s的访客超时 %(n)d 分钟仍在内", "%(name)s的访客超时 %(n)d 分钟仍在内", n)
    return words % {"name": warning.name, "n": n}


announce(
    Rule(
        code="visitors.overdue",
        name=gettext_lazy("访客超时未离开"),
        about=gettext_lazy("来访时间结束后仍登记在内的访客，超时多少分钟。请门岗联系接待人核实。"),
        find=_overdue,
        words=_overdue_words,
        permission="visitors.gate",
        seen_by=("visitors.view",),
        amber=15,
        red=120,
        unit=pgettext_lazy("unit", "分钟"),
        minutes=5,
    )
)


def _lapsing(thresholds: Thresholds) -> Iterator[Breach]:
    """Contractors by how many days until the first insurance or induction ends; one query."""
    today = timezone.localdate()
    limit = today + timedelta(days=int(thresholds.amber))
    found = Contractor.objects.filter(ended_at=None).annotate(first=Min("workers__inducted_until"))
    for each in found.order_by("pk")[:MOST]:
        first = min(filter(None, (each.insured_until, each.first)))
        if first <= limit:
            url = reverse("visitors:contractor", args=[each.pk])
            yield Breach(
                f"contractor:{each.pk}", each.name, max((first - today).days, 0), each.section_id, url
            )


def _lapsing_words(warning: Warning) -> str:
    n = int(warning.value)
    words = ngettext("%(name)s的培训或保险还有 %(n)d 天到期", "%(name)s的培训或保险还有 %(n)d 天到期", n)
    return words % {"name": warning.name, "n": n}


announce(
    Rule(
        code="visitors.lapsing",
        name=gettext_lazy("承包单位培训或保险将到期"),
        about=gettext_lazy("承包单位的保险，或其人员的安全培训还有几天到期。到期后门岗不放行。"),
        find=_lapsing,
        words=_lapsing_words,
        permission="visitors.keep",
        amber=14,
        red=3,
        unit=pgettext_lazy("unit", "天"),
        falling=True,
        minutes=60,
    )
)
