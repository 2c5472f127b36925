"""Every paper, taken from its address and read back by another reader: the words a person would look for."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from pypdf import PdfReader

from houqin.exchange.papers.declare import PAPERS, For
from houqin.foundation.people.models import Person
from houqin.foundation.trail.models import Entry
from houqin.testing.cast import Cast
from tests.permissions.scene import Scene

#: Kind → who takes it from the desk, what it is called, and some of what must stand in it.
SAYS: dict[str, tuple[str, str, list[str]]] = {
    "access.inside": ("clerk", "在内人员清单", ["清点人", "所在区域", "全部区域"]),
    "access.review": ("clerk", "门禁权限清单", ["复核人", "持有人", "最近使用", "意见"]),
    "cases.receipt": ("staff", "申报回执", ["报修", "办理经过", "提交", "扫码看进度"]),
    "mailbox.digest": ("manager", "信箱月报", ["2026-03-01至2026-03-31", "各科室答复得怎样"]),
    "mailbox.letter": ("staff", "信件答复", ["食堂三楼的菜太咸了。", "已减盐。"]),
    "meetings.event": ("clerk", "活动方案", ["总负责人", "演练检查", "试音"]),
    "meetings.roll": ("clerk", "签到表", ["组织人", "姓名", "签到", "会务签名"]),
    "parking.permit": ("staff", "停车许可", ["车牌号", "有效期", "发证单位"]),
    "repairs.order": ("worker", "维修工单", ["故障", "用料", "报修人确认"]),
    "trail.proof": (
        "auditor",
        "审计存证",
        ["包含证明", "签名检查点", "签名公钥", "houqin-trail-inclusion/1"],
    ),
    "visitors.muster": ("dispatcher", "在内访客清点表", ["接待人", "已清点", "全院"]),
    "visitors.pass": ("staff", "访客通行凭证", ["来访人", "接待人", "扫码打开通行码"]),
}


def words(content: bytes) -> str:
    reader = PdfReader(io.BytesIO(content))
    return "".join(page.extract_text() for page in reader.pages).replace("\n", "").replace(" ", "")


def test_every_paper_says_what_one_looks_for_and_the_trail_who_took_it(
    cast: Cast, as_person: Callable[[Person], Client]
) -> None:
    scene = Scene(cast)
    phones = [each.clear for each in Person.objects.values_list("phone", flat=True) if each]
    assert set(SAYS) == set(PAPERS.codes())
    for kind, (role, title, looked_for) in SAYS.items():
        key = scene.arguments(f"portal:{kind}", {"key"})["key"]
        who = getattr(cast, role)
        answer = as_person(who).get(f"/papers/{kind}/{key}.pdf")
        assert answer.status_code == 200, kind
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Cache-Control"] == "no-store, private"
        said = words(answer.content)
        assert [each for each in (title, who.name, *looked_for) if each not in said] == [], kind
        assert [each for each in phones if each in said] == [], "a number stands there whole"
        entry = Entry.objects.filter(action="papers.take").latest("id")
        assert (entry.actor_id, entry.after["paper"], entry.after["title"]) == (who.pk, kind, title)


def test_passers_by_take_their_own_and_are_led_to_the_door_for_everything_else(cast: Cast) -> None:
    scene, nobody = Scene(cast), Client()
    for kind in PAPERS.codes():
        key = scene.arguments(f"portal:{kind}", {"key"})["key"]
        answer = nobody.get(f"/papers/{kind}/{key}.pdf")
        assert answer.status_code == (200 if PAPERS[kind].open_to is For.ANYBODY else 302), kind
    assert not Entry.objects.filter(action="papers.take").exists()


@pytest.mark.parametrize("key", ["0", "x", "9" * 30, "%00", "all", "..%2F1"])
def test_a_key_that_is_none_is_not_found(key: str, cast: Cast, as_person: Callable[[Person], Client]) -> None:
    client = as_person(cast.staff)
    for kind in (
        "cases.receipt",
        "parking.permit",
        "meetings.roll",
        "meetings.event",
        "visitors.pass",
        "repairs.order",
    ):
        assert client.get(f"/papers/{kind}/{key}.pdf").status_code == 404, kind
