"""What stands in the back office, in fifteen parts, and the one box that finds all of it (P7).

Apps and services announce their pages with :func:`announce`; models that stand in Django's admin are found by
themselves and :data:`SHELVES` says in which part they stand (a service's go to the dictionaries unless it says
otherwise). Nobody is shown what they may not open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from houqin.affairs import offers
from houqin.affairs.declare import ITEMS
from houqin.affairs.models import Route
from houqin.foundation.errors import Text
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.people.queries import find_people
from houqin.foundation.places.queries import find_places
from houqin.foundation.registry import Registry
from houqin.portal import queries as reading
from houqin.portal.door import person_of

#: The fifteen parts, in their order: key, name, icon.
PARTS: tuple[tuple[str, Text, str], ...] = (
    ("system", gettext_lazy("系统设置"), "gear"),
    ("users", gettext_lazy("用户中心"), "mine"),
    ("organisations", gettext_lazy("组织机构"), "building"),
    ("roles", gettext_lazy("角色与任职"), "people"),
    ("items", pgettext_lazy("plural", "事项"), "services"),
    ("limits", gettext_lazy("流程与时限"), "hourglass"),
    ("routes", pgettext_lazy("plural", "分办规则"), "transfer"),
    ("duty", gettext_lazy("值班表"), "clock"),
    ("places", pgettext_lazy("plural", "场所"), "place"),
    ("calendar", gettext_lazy("日历"), "calendar"),
    ("notices", gettext_lazy("通知"), "bell"),
    ("dictionaries", gettext_lazy("字典"), "list"),
    ("files", gettext_lazy("附件"), "camera"),
    ("trail", gettext_lazy("操作留痕"), "lock"),
    ("jobs", gettext_lazy("任务队列"), "todo"),
)
#: In which part a model of the admin stands, by its label.
SHELVES: dict[str, str] = {
    "people.person": "users",
    "people.account": "users",
    "exchange.token": "users",
    "people.signedinsession": "users",
    "people.signinfailure": "users",
    "people.organisation": "organisations",
    "people.role": "roles",
    "people.appointment": "roles",
    "people.dutyshift": "duty",
    "places.place": "places",
    "calendar.year": "calendar",
    "calendar.day": "calendar",
    "calendar.workinghours": "calendar",
    "notices.notice": "notices",
    "files.file": "files",
    "trail.entry": "trail",
    "roster.spelling": "organisations",
    "affairs.case": "items",
    "affairs.task": "items",
    "affairs.event": "items",
    "affairs.rating": "items",
    "affairs.delegation": "roles",
    "affairs.itemsetting": "limits",
    "affairs.route": "routes",
}
_MOST = 6


@dataclass(frozen=True)
class Page:
    """A page of the back office, or a function of the portal that administrators use.

    ``permissions``: any of them opens it. ``words``: other names it is looked for by.
    """

    code: str
    name: Text
    part: str
    url_name: str
    permissions: tuple[str, ...] = ("backoffice.enter",)
    words: Text = ""
    fragment: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name) + self.fragment


ENTRIES: Registry[Page] = Registry("page of the back office")


def announce(page: Page) -> Page:
    """Make a page known to the back office and its search box."""
    return ENTRIES.add(page.code, page)


_MANAGE = ("affairs.manage",)
announce(
    Page(
        "items",
        gettext_lazy("事项设置"),
        "items",
        "portal:settings_items",
        _MANAGE,
        gettext_lazy("开放 停用 名称 排序"),
    )
)
announce(
    Page(
        "limits",
        gettext_lazy("承诺时限与环节时限"),
        "limits",
        "portal:settings_items",
        _MANAGE,
        gettext_lazy("限时办结 环节 计时"),
    )
)
announce(
    Page(
        "routes",
        pgettext_lazy("plural", "分办规则"),
        "routes",
        "portal:settings_routes",
        _MANAGE,
        gettext_lazy("谁接单 派单规则 路由"),
    )
)
announce(
    Page(
        "try",
        gettext_lazy("试算谁接单"),
        "routes",
        "portal:settings_routes",
        _MANAGE,
        gettext_lazy("测试 分办"),
    )
)
announce(
    Page(
        "duty",
        gettext_lazy("排班"),
        "duty",
        "people:duty",
        ("duty.manage",),
        gettext_lazy("值班 班次 替班 交班"),
    )
)
announce(
    Page(
        "roster",
        gettext_lazy("导入花名册"),
        "organisations",
        "roster:start",
        ("people.import",),
        gettext_lazy("人员 名册 名单 导入 表格 通讯录"),
    )
)
announce(
    Page(
        "delegations",
        gettext_lazy("委托代办"),
        "roles",
        "portal:delegations",
        words=gettext_lazy("代理 休假 出差"),
    )
)
announce(
    Page(
        "quality",
        gettext_lazy("质量回访"),
        "items",
        "portal:quality",
        ("affairs.quality",),
        gettext_lazy("评价 抽查 满意度"),
    )
)
announce(
    Page(
        "intake",
        gettext_lazy("电话登记"),
        "items",
        "portal:intake",
        ("affairs.intake",),
        gettext_lazy("来电 话务"),
    )
)
announce(
    Page(
        "board",
        gettext_lazy("派单看板"),
        "items",
        "portal:board",
        ("affairs.dispatch",),
        gettext_lazy("转办 调度"),
    )
)
announce(
    Page(
        "warnings",
        pgettext_lazy("plural", "预警设置"),
        "limits",
        "portal:settings_warnings",
        _MANAGE,
        gettext_lazy("报警 阈值 黄色 红色"),
    )
)
announce(
    Page(
        "trail",
        pgettext_lazy("plural", "操作留痕"),
        "trail",
        "portal:trail",
        ("trail.view",),
        gettext_lazy("审计 日志 谁改的 证明 核验"),
    )
)
announce(
    Page(
        "system",
        gettext_lazy("运行参数"),
        "system",
        "backoffice_system",
        words=gettext_lazy("版本 语言 时区 地址 安装"),
    )
)
announce(
    Page(
        "jobs", gettext_lazy("后台任务"), "jobs", "backoffice_jobs", words=gettext_lazy("队列 失败 重试 定时")
    )
)
announce(
    Page(
        "password", gettext_lazy("修改我的密码"), "users", "people:password", words=gettext_lazy("口令 密码")
    )
)


@dataclass(frozen=True)
class Hit:
    """Something found: what it is called, what else tells it apart, where it is."""

    name: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Shelf:
    """A part of the back office, or a kind of things found, with its entries."""

    name: Text
    icon: str
    hits: list[Hit] = field(default_factory=list)


def parts(request: HttpRequest) -> list[Shelf]:
    """The fifteen parts with what stands in them for whoever asks; empty ones are left out."""
    shelves = {key: Shelf(name, icon) for key, name, icon in PARTS}
    for part, hit, _words in _standing(request):
        shelves[part].hits.append(hit)
    return [shelf for shelf in shelves.values() if shelf.hits]


def search(request: HttpRequest, text: str) -> list[Shelf]:
    """Everything the words, pinyin or initials in ``text`` stand for, by kind; only what may be opened."""
    text = text.strip()[:60]
    if not text:
        return []
    actor = person_of(request)
    shelves = [
        Shelf(_("功能与设置"), "gear", list(islice(_pages(request, text), 2 * _MOST))),
        Shelf(pgettext("plural", "事项"), "services", _items(actor, text)),
        Shelf(_("人员"), "mine", _people(actor, text)),
        Shelf(_("组织机构"), "building", _organisations(actor, text)),
        Shelf(pgettext("plural", "场所"), "place", _places(actor, text)),
        Shelf(pgettext("plural", "分办规则"), "transfer", _routes(actor, text)),
    ]
    return [shelf for shelf in shelves if shelf.hits]


def _standing(request: HttpRequest) -> Iterator[tuple[str, Hit, str]]:
    """Pages and models that may be opened: the part, the hit, other words for it."""
    actor, names = person_of(request), {key: str(name) for key, name, _icon in PARTS}
    for page in ENTRIES:
        if any(scope.holds(actor, each) for each in page.permissions):
            yield page.part, Hit(str(page.name), page.url, names[page.part]), str(page.words)
    told = {str(page.name) for page in ENTRIES}
    for model, site_admin in admin.site._registry.items():
        meta = model._meta
        # A table whose page has the same name is reached from there; twice in one list would only puzzle.
        if str(meta.verbose_name_plural) in told or not site_admin.has_view_permission(request):
            continue
        part = SHELVES.get(meta.label_lower, "jobs" if meta.app_label == "procrastinate" else "dictionaries")
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        yield part, Hit(str(meta.verbose_name_plural), url, names[part]), str(meta.verbose_name)


def _pages(request: HttpRequest, text: str) -> Iterable[Hit]:
    standing = list(_standing(request))
    wanted = "".join(text.split()).lower()
    latin = wanted.isascii()
    keys = (
        reading.pinyin_keys([part for _part, hit, _w in standing for part in (hit.name, hit.note)])
        if latin
        else {}
    )
    ranked = []
    for _part, hit, words in standing:
        rank = min(_rank(wanted, hit.name, words, keys), _rank(wanted, hit.note, "", keys) + 3)
        if rank < 6:
            ranked.append((rank, hit))
    return (hit for _r, hit in sorted(ranked, key=lambda each: each[0]))


def _rank(wanted: str, name: str, words: str, keys: dict[str, tuple[str, str]]) -> int:
    """0: begins so; 1: contains it; 2: by another word; 6: not at all."""
    pinyin, initials = keys.get(name, ("", ""))
    if any(each.startswith(wanted) for each in (name.lower(), pinyin, initials)):
        return 0
    if wanted in name.lower() or (initials and wanted in initials):
        return 1
    return 2 if wanted in words.lower() or (pinyin and len(wanted) > 2 and wanted in pinyin) else 6


def _items(actor: Person, text: str) -> list[Hit]:
    if not scope.holds(actor, "affairs.manage"):
        return []
    found = reading.find_items([offers.offered(item) for item in ITEMS], text)[:_MOST]
    return [Hit(each.name, reverse("portal:settings_item", args=[each.item.code])) for each in found]


def _people(actor: Person, text: str) -> list[Hit]:
    keeps, secures = scope.holds(actor, "people.import"), scope.holds(actor, "people.manage")
    if not keeps and not secures:
        return []
    page = "admin:people_person_change" if keeps else "admin:people_account_change"
    return [
        Hit(each.name, reverse(page, args=[each.pk]), str(each.organisation))
        for each in find_people(actor, text, limit=_MOST)
    ]


def _organisations(actor: Person, text: str) -> list[Hit]:
    key = "".join(text.split()).lower()
    named = (
        Q(name__icontains=text)
        | Q(pinyin__startswith=key)
        | Q(initials__startswith=key)
        | Q(code__iexact=text)
    )
    found = Organisation.objects.filter(scope.within(actor, "people.import", organisation="path"), named)
    return [
        Hit(
            each.name,
            reverse("admin:people_organisation_change", args=[each.pk]),
            str(each.get_kind_display()),
        )
        for each in found.order_by("path")[:_MOST]
    ]


def _places(actor: Person, text: str) -> list[Hit]:
    if not scope.holds(actor, "places.manage"):
        return []
    return [
        Hit(str(each), reverse("admin:places_place_change", args=[each.pk]), each.code)
        for each in find_places(text, limit=_MOST)
    ]


def _routes(actor: Person, text: str) -> list[Hit]:
    if not scope.holds(actor, "affairs.manage"):
        return []
    key = "".join(text.split()).lower()
    named = (
        Q(section__name__icontains=text)
        | Q(section__pinyin__startswith=key)
        | Q(section__initials__startswith=key)
        | Q(place__full_name__icontains=text)
    )
    found = Route.objects.filter(named).select_related("section", "place")[:_MOST]
    address = reverse("portal:settings_routes")
    return [
        Hit(
            f"{_item_name(each)} → {each.section}",
            f"{address}?item={each.item_code}",
            str(each.place or _("全部地点")),
        )
        for each in found
    ]


def _item_name(route: Route) -> str:
    item = ITEMS.get(route.item_code)
    return str(item.name) if item else route.item_code
