"""What is amiss around doors: permits that end soon, controllers that are silent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from houqin.affairs.models import Warning
from houqin.affairs.warnings.declare import Breach, Rule, Thresholds, announce
from houqin.services.access import queries
from houqin.services.access.models import Area, Controller

MOST = 500
SILENT = timedelta(minutes=5)


def _ending(thresholds: Thresholds) -> Iterator[Breach]:
    """Permits of staff and organisations by how many days they still hold. Two queries; the first to end of them, at most 500."""
    now = timezone.now()
    found = list(queries.expiring(int(thresholds.amber)).order_by("until_at", "pk")[:MOST])
    keepers = dict(Area.objects.values_list("pk", "keeper_id"))
    for permit in found:
        assert permit.until_at is not None
        days = (permit.until_at - now).total_seconds() / 86_400
        url = f"{reverse('access:permits')}?show=expiring"
        yield Breach(f"permit:{permit.pk}", permit.name, round(days, 1), keepers.get(permit.areas[0]), url)


def _ending_words(warning: Warning) -> str:
    n = int(warning.value)
    words = ngettext("%(name)s的通行权限还有 %(n)d 天到期", "%(name)s的通行权限还有 %(n)d 天到期", n)
    return words % {"name": warning.name, "n": n}


announce(
    Rule(
        code="access.ending",
        name=gettext_lazy("通行权限将到期"),
        about=gettext_lazy("长期通行权限还有几天到期。到期后不能进门，请及时续期或通知本人重新申请。"),
        find=_ending,
        words=_ending_words,
        permission="access.keep",
        amber=14,
        red=3,
        unit=pgettext_lazy("unit", "天"),
        falling=True,
        minutes=60,
    )
)


def _silent(thresholds: Thresholds) -> Iterator[Breach]:
    """For each keeping section, how many controllers have been silent for five minutes. One query; one that never spoke is not
    in use yet."""
    before = timezone.now() - SILENT
    found = Controller.objects.filter(active=True, seen_at__lt=before)
    rows = found.values_list("doors__area__keeper").order_by("doors__area__keeper")
    for keeper, count, first in rows.annotate(n=Count("pk", distinct=True), first=Min("name")):
        yield Breach(f"keeper:{keeper}", first, count, keeper, reverse("access:board"))


def _silent_words(warning: Warning) -> str:
    n = int(warning.value)
    words = ngettext("%(name)s失联，正在离线判定", "%(name)s等 %(n)d 台控制器失联，正在离线判定", n)
    return words % {"name": warning.name, "n": n}


announce(
    Rule(
        code="access.silent",
        name=gettext_lazy("门禁控制器失联"),
        about=gettext_lazy(
            "超过 5 分钟没有心跳的控制器有几台。失联期间凭签名通行码离线判定，记录恢复后补传。"
        ),
        find=_silent,
        words=_silent_words,
        permission="access.manage",
        seen_by=("access.view",),
        amber=1,
        red=5,
        unit=pgettext_lazy("unit", "台"),
        minutes=1,
    )
)
