"""Roles and accounts of the demo compound. Only these accounts can sign in."""

from __future__ import annotations

from typing import NamedTuple

PASSWORD = "houqin-demo"  # noqa: S105 - public by design; the demo answers to its own machine only
CITY = "JC"
SYSTEM_RIGHTS = ["backoffice.enter", "people.view", "people.import", "places.manage", "calendar.manage", "duty.manage", "affairs.manage", "platform.keep",
                 "channels.manage", "repairs.stock", "repairs.manage", "mailbox.manage", "meetings.manage"]  # fmt: skip
SECURITY_RIGHTS = ["backoffice.enter", "people.view", "people.manage", "exchange.manage", "retention.manage"]
AUDIT_RIGHTS = ["backoffice.enter", "people.view", "trail.view", "trail.verify"]
#: code → name, whether it heads its organisation, permissions. Other apps' rights join theirs as they come.
ROLES: dict[str, tuple[str, bool, list[str]]] = {
    "staff": ("职工", False, []),
    "head": ("处长", True, ["affairs.view", "affairs.approve", "people.view", "duty.manage"]),
    "dispatcher": (
        "调度",
        False,
        ["affairs.view", "affairs.dispatch", "affairs.intake", "duty.manage", "people.view", "repairs.view",
         "repairs.insight", "repairs.stock", "repairs.incidents"],
    ),
    "worker": ("维修工", False, ["affairs.handle", "repairs.view"]),
    "postmaster": (
        "信箱管理员",
        False,
        ["affairs.view", "affairs.dispatch", "mailbox.view", "mailbox.sort", "mailbox.publish", "mailbox.digest"],
    ),
    "answerer": ("承办人", False, ["affairs.handle", "mailbox.view"]),
    "operator": ("话务员", False, ["affairs.intake", "people.view"]),
    "quality": ("质量考核", False, ["affairs.view", "affairs.quality", "people.view", "repairs.view", "repairs.insight"]),
    "clerk": ("会务", False, ["affairs.handle"]),
    "chef": ("食堂", False, []),
    "cashier": ("窗口", False, []),
    "guard": ("门岗", False, []),
    "liaison": ("节能联络员", False, []),
    "bureau": ("节能处", False, []),
    "driver": ("驾驶员", False, []),
    "tenant": ("承租人", False, []),
    "manager": (
        "局领导",
        False,
        ["affairs.view", "affairs.approve", "affairs.quality", "people.view", "people.integrity", "repairs.view",
         "repairs.insight", "brief.read", "mailbox.view", "mailbox.publish", "mailbox.digest"],
    ),
    "sysadmin": ("系统管理员", False, SYSTEM_RIGHTS),
    "secadmin": ("安全管理员", False, SECURITY_RIGHTS),
    "auditor": ("审计管理员", False, AUDIT_RIGHTS),
}  # fmt: skip


class Account(NamedTuple):
    """Somebody who can sign in: surname, given name, section, post, and roles with the organisation each is over (and
    the service it is narrowed to)."""

    username: str
    surname: str
    given: str
    section: str
    post: str
    roles: tuple[tuple[str, ...], ...]


#: Sections are named by code, or as ``unit/section`` by their names.
BUDGET = "市财政局/预算处"
ACCOUNTS = (
    Account("staff", "李", "晓雯", BUDGET, "三级主任科员", (("staff", BUDGET),)),
    Account("head", "周", "建国", BUDGET, "处长", (("head", BUDGET),)),
    Account(
        "dispatcher",
        "王",
        "芳",
        "BXDD",
        "调度员",
        (
            ("dispatcher", "WXK"),
            ("dispatcher", "BJB"),
            ("operator", CITY),
            ("postmaster", "JGSW", "mailbox"),
        ),
    ),
    Account("worker", "赵", "志勇", "SNB", "水暖工", (("worker", "SNB"),)),
    Account("clerk", "沈", "佳怡", "HWK", "会务员", (("clerk", "HWK"), ("operator", CITY))),
    Account("chef", "钱", "国良", "HXCY", "厨师长", (("chef", "CYK"), ("answerer", "CYK", "mailbox"))),
    Account("cashier", "许", "丽娟", "HXCY", "窗口服务员", (("cashier", "CYK"),)),
    Account("guard", "马", "俊", "MGB", "门岗值勤员", (("guard", "ABK"),)),
    Account("liaison", "杨", "帆", "市财政局/办公室", "节能联络员", (("liaison", "市财政局"),)),
    Account("bureau", "郑", "海涛", "JNC", "一级主任科员", (("bureau", CITY),)),
    Account("driver", "冯", "建军", "GCK", "驾驶员", (("driver", "GCK"),)),
    Account("tenant", "顾", "晨", "市人力资源和社会保障局/就业处", "一级科员", (("tenant", "FCK"),)),
    Account("manager", "林", "正明", "JGSW", "副主任", (("manager", CITY),)),
    Account("sysadmin", "何", "宇", "XXK", "系统管理员", (("sysadmin", CITY),)),
    Account("secadmin", "吕", "静", "XXK", "安全管理员", (("secadmin", CITY),)),
    Account("auditor", "秦", "岚", "BGS", "审计管理员", (("auditor", CITY),)),
    Account(
        "admin", "韩", "立", "XXK", "演示管理员", (("sysadmin", CITY), ("secadmin", CITY), ("auditor", CITY))
    ),
)
#: Accounts that head their section, or that take the place of an ordinary colleague.
HEADS = frozenset({"head"})
