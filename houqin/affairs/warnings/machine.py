"""The platform's own rules about itself: worker, disk, backup, and the sealing of the trail.

The worker evaluates rules, so it cannot notice that it is gone: the web process looks after it (:func:`look_after_worker`).
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from houqin.affairs.models import Level, Warning
from houqin.affairs.warnings.declare import RULES, Breach, Rule, Thresholds, announce
from houqin.affairs.warnings.evaluation import evaluate
from houqin.foundation.backups import queries as backups
from houqin.foundation.people.installation import is_demo
from houqin.foundation.trail import queries as trail
from houqin.foundation.trail import stored

KEEPER = "platform.keep"
WORKER = "platform.worker"
#: The web process asks about the worker at most this often.
LOOK_SECONDS = 30.0
_looked_at = float("-inf")

# Without any worker it is the oldest job or notice that waits which tells since when.
_SILENT = """
SELECT extract(epoch FROM now() - coalesce(
  (SELECT max(last_heartbeat) FROM procrastinate_workers),
  least(
    (SELECT min(e.at) FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
     WHERE j.status = 'todo' AND coalesce(j.scheduled_at, now()) <= now()),
    (SELECT min(created_at) FROM notices_notice WHERE delivered_at IS NULL))))
"""


def _worker(thresholds: Thresholds) -> Iterator[Breach]:
    with connection.cursor() as cursor:
        cursor.execute(_SILENT)
        (silent,) = cursor.fetchone() or (None,)
    if silent is not None:
        yield Breach("worker", "", max(0, int(silent)))


def _worker_words(warning: Warning) -> str:
    minutes = max(1, int(warning.value) // 60)
    words = ngettext(
        "后台进程已有 %(n)d 分钟没有动静，通知和时限监控都停着",
        "后台进程已有 %(n)d 分钟没有动静，通知和时限监控都停着",
        minutes,
    )
    return words % {"n": minutes}


announce(
    Rule(
        code=WORKER,
        name=gettext_lazy("后台进程停止"),
        about=gettext_lazy("后台进程多少秒没有报告。由网页进程查看，所以后台停了也能发现。"),
        find=_worker,
        words=_worker_words,
        permission=KEEPER,
        amber=90,
        red=300,
        unit=pgettext_lazy("unit", "秒"),
        minutes=1,
    )
)


def look_after_worker() -> None:
    """Evaluate the worker's rule from a web process, now and then: for pages of those who would mend it, and ``/readyz``."""
    global _looked_at
    if time.monotonic() - _looked_at < LOOK_SECONDS:
        return
    _looked_at = time.monotonic()
    evaluate(RULES[WORKER])


def _disk(thresholds: Thresholds) -> Iterator[Breach]:
    """Each file system that holds data or files, once."""
    seen: set[int] = set()
    for name, folder in (("data", Path(settings.DATA_DIR)), ("files", Path(settings.MEDIA_ROOT))):
        while not folder.exists():
            folder = folder.parent
        if (device := folder.stat().st_dev) in seen:
            continue
        seen.add(device)
        usage = shutil.disk_usage(folder)
        free = 100 * usage.free / usage.total
        yield Breach(
            f"disk:{name}", str(folder), round(free, 1), data={"free_gb": round(usage.free / 1e9, 1)}
        )


def _disk_words(warning: Warning) -> str:
    return _("%(folder)s 所在磁盘只剩 %(percent)s%%（%(gb)s GB）") % {
        "folder": warning.name,
        "percent": warning.measured,
        "gb": warning.data.get("free_gb", ""),
    }


announce(
    Rule(
        code="platform.disk",
        name=gettext_lazy("磁盘将满"),
        about=gettext_lazy("数据和附件所在磁盘还剩百分之几。"),
        find=_disk,
        words=_disk_words,
        permission=KEEPER,
        amber=15,
        red=5,
        unit="%",
        falling=True,
    )
)


def _backup(thresholds: Thresholds) -> Iterator[Breach]:
    """Hours since the state that could be restored, or since the installation where there is none. Not asked of a demo."""
    if is_demo():
        return
    age, last = backups.age(), backups.last()
    if age is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT now() - min(applied) FROM django_migrations")
            (age,) = cursor.fetchone()
    trouble = last.trouble if last else ""
    hours = round(age / timedelta(hours=1), 1)
    level = (thresholds.level(Decimal(str(hours))) or Level.AMBER) if trouble else None
    yield Breach("backup", "", hours, level=level, data={"none": last is None, "trouble": trouble})


def _backup_words(warning: Warning) -> str:
    if warning.data.get("none"):
        return _("从未备份，丢失后无法恢复")
    if warning.data.get("trouble"):
        return _("最近一次备份里有附件缺失或损坏")
    return _("最近一次备份已是 %(n)s 小时以前") % {"n": int(warning.value)}


announce(
    Rule(
        code="platform.backup",
        name=gettext_lazy("备份过旧"),
        about=gettext_lazy("最近一次完成的备份是多少小时以前的。"),
        find=_backup,
        words=_backup_words,
        permission=KEEPER,
        amber=48,
        red=96,
        unit=pgettext_lazy("unit", "小时"),
        minutes=15,
    )
)


def _sealing(thresholds: Thresholds) -> Iterator[Breach]:
    waiting = stored.waiting()
    if waiting.oldest is not None:
        minutes = (timezone.now() - waiting.oldest) / timedelta(minutes=1)
        yield Breach("sealing", "", round(max(0.0, minutes), 1), data={"count": waiting.count})


def _sealing_words(warning: Warning) -> str:
    return _("%(count)s 条操作留痕还没有封存，最早的已等 %(minutes)s 分钟") % {
        "count": warning.data.get("count", ""),
        "minutes": int(warning.value),
    }


announce(
    Rule(
        code="trail.sealing_late",
        name=gettext_lazy("留痕封存滞后"),
        about=gettext_lazy("最早一条没有封存的操作留痕等了多少分钟；正常不超过一分钟。"),
        find=_sealing,
        words=_sealing_words,
        permission=KEEPER,
        seen_by=("trail.view",),
        amber=5,
        red=30,
        unit=pgettext_lazy("unit", "分钟"),
        minutes=1,
    )
)


def _broken(thresholds: Thresholds) -> Iterator[Breach]:
    check = trail.last_check()
    if check is not None and check.faults:
        first: dict[str, Any] = check.faults[0]
        data = {"at": check.at.isoformat(), "first": first["words"]}
        yield Breach("trail", "", len(check.faults), url=reverse("portal:trail"), level=Level.RED, data=data)


def _broken_words(warning: Warning) -> str:
    at = timezone.localtime(datetime.fromisoformat(warning.data["at"]))
    return _("%(at)s 核验操作留痕时发现问题：%(first)s") % {
        "at": f"{at:%m-%d %H:%M}",
        "first": warning.data.get("first", ""),
    }


announce(
    Rule(
        code="trail.broken",
        name=gettext_lazy("留痕被改动"),
        about=gettext_lazy("最近一次核验操作留痕时发现了几处问题；一处即为红色。"),
        find=_broken,
        words=_broken_words,
        permission="trail.verify",
        amber=1,
        red=1,
        unit=pgettext_lazy("unit", "处"),
    )
)
