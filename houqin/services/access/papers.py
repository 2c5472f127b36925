"""Who may enter, for the periodical review on paper; and who is inside, for a muster."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.exchange.papers.declare import MOST_ROWS, PAPERS, Facts, Kind, Paper, Table, at, left_out
from houqin.foundation.errors import NotFound, NotPermitted
from houqin.foundation.people import scope
from houqin.foundation.trail.actors import Actor
from houqin.services.access import queries
from houqin.services.access.models import Area
from houqin.services.access.views.mine import rows_of

EVERYWHERE = "all"


def review(actor: Actor, key: str) -> Paper:
    """门禁权限清单 of an area (its code), or of all areas ``actor`` keeps; those of visitors end by themselves and are not reviewed."""
    area = _area(actor, key, "access.keep")
    found = queries.permits_kept(actor, area).exclude(holder__startswith="visitor:")
    count = found.count()
    permits = list(queries.with_last_use(found).order_by("name", "pk")[:MOST_ROWS])
    rows = [
        [
            str(number),
            row["permit"].name,
            str(row["permit"].person.organisation) if row["permit"].person else "",
            _("、").join(each.name for each in row["areas"]),
            row["hours"],
            at(row["permit"].until_at)[:10] or _("长期"),
            at(row["permit"].used_at)[:10] or _("从未使用"),
            at(row["permit"].reviewed_at)[:10],
            "",
        ]
        for number, row in enumerate(rows_of(permits), 1)
    ]
    heads = [
        _("序号"), _("持有人"), _("单位"), _("区域"), _("通行时段"), _("到期"), _("最近使用"), _("上次复核"), _("意见"),
    ]  # fmt: skip
    return Paper(
        title=_("门禁权限清单"),
        number=at(timezone.now()),
        name=f"door-permits-{key}",
        parts=[
            Facts(
                [
                    (_("区域"), area.name if area else _("全部区域")),
                    (_("管理科室"), str(area.keeper) if area else ""),
                    (_("通行权限"), str(count)),
                ]
            ),
            Table(heads, rows, [2, 4, 5, 6, 5, 4, 4, 4, 4]),
        ],
        signatures=[_("复核人"), _("负责人"), _("日期")],
        note=left_out(count),
        wide=True,
    )


def inside(actor: Actor, key: str) -> Paper:
    """在内人员清单 of an area (its code), or of all areas ``actor`` watches."""
    area = _area(actor, key, "access.view")
    found = queries.inside(actor, area)
    people, count = list(found[:MOST_ROWS]), found.count()
    rows = [
        [
            str(number),
            each.name,
            str(each.person.organisation) if each.person else "",
            str(each.area),
            at(each.at)[5:],
            "",
        ]
        for number, each in enumerate(people, 1)
    ]
    heads = [_("序号"), _("姓名"), _("单位"), _("所在区域"), _("进入时间"), _("已清点")]
    return Paper(
        title=_("在内人员清单"),
        number=at(timezone.now()),
        name="inside",
        parts=[
            Facts([(_("范围"), area.name if area else _("全部区域")), (_("人数"), str(count))]),
            Table(heads, rows, [2, 4, 6, 5, 4, 3]),
        ],
        signatures=[_("清点人"), _("清点时间")],
        note=left_out(count),
    )


def _area(actor: Actor, key: str, permission: str) -> Area | None:
    """The area of that code over which ``actor`` holds the right; none for all. Raises NotPermitted, NotFound."""
    if not scope.holds(actor, permission):
        raise NotPermitted
    if key == EVERYWHERE:
        return None
    found = queries.areas_kept(actor, permission).select_related("keeper").filter(code=key).first()
    if found is None:
        raise NotFound
    return found


PAPERS.add("access.review", Kind(review))
PAPERS.add("access.inside", Kind(inside))
