"""What a remark says of whether somebody is still here, and of a second post."""

from __future__ import annotations

import re
from datetime import date

_CLAUSES = re.compile(r"[，,；;。\n]|但|后又|现")
#: Words by which somebody has left.
_LEFT = re.compile(
    r"退休|离休|调出|调离|调走|调往|调至|调到|调任|调入(?!本|我|来)|转出|转任|辞职|离职|辞去公职|去世|病故|逝世|死亡|亡故|殉职|牺牲|"
    r"开除|辞退|解聘|解除(劳动|聘用)?合同|终止合同|合同(到期)?终止|不再续聘|除名|离任|已离开|退出编制"
)
#: Words by which somebody is still here although such a word stands beside them.
_HERE = re.compile(
    r"返聘|借调|借用|挂职|抽调|产假|病休|病假|休假|哺乳|进修|学习|培训|援[藏疆青外]|驻村|帮扶|外派|支援|跟班|轮岗|"
    r"拟|待|将|预计|计划|准备|申请|办理中|未|延迟|延期|推迟|暂缓|不|(由|从|自).{0,20}(调入|调来|调至|调到|转入|调任)|新调入|外单位调入|^调入|"
    r"调入(本|我)|调回|退休(前|倒计时)|到龄"
)
_ENDED_STAY = re.compile(
    r"(返聘|借调|挂职|抽调|产假|病休|聘用|外派).{0,3}(期满|结束|到期|终止|完毕)|未(再)?返聘|不再返聘|没有返聘"
)
_ENDED_ALONE = re.compile(r"返聘.{0,3}(期满|结束|到期|终止)|未(再)?返聘|不再返聘|没有返聘")
_DATED = re.compile(r"(?:(20\d{2})年|(20\d{2})[.\-/])?(\d{1,2})(?:月|[.\-/]\d{1,2}|(?=$))")
_SECOND = re.compile(r"兼任|兼职|兼(?!顾|容)|双肩挑|第二(岗位|职务)")


def has_left(remark: str, as_of: date) -> bool:
    """Whether ``remark`` says that somebody is gone by ``as_of``; the last clause that says anything decides."""
    left = False
    if not remark:
        return left
    for clause in _CLAUSES.split(remark):
        if _ENDED_ALONE.search(clause):
            left = True
            continue
        ended_stay = _ENDED_STAY.search(clause)
        rest = _ENDED_STAY.sub("", clause)
        if not ended_stay and _HERE.search(rest):
            left = bool(re.search(r"到龄退休", rest)) and not _ahead(rest, as_of) and not _planned(rest)
        elif _LEFT.search(rest):
            left = not _ahead(rest, as_of)
    return left


def _planned(clause: str) -> bool:
    return bool(re.search(r"拟|待|将|预计|计划|未|延|返聘|申请|办理中", clause))


def _ahead(clause: str, as_of: date) -> bool:
    """Whether the month that a clause names lies after ``as_of``; without a year it is the year of ``as_of``."""
    when = month_in(clause, as_of)
    return when is not None and when > (as_of.year, as_of.month)


def month_in(text: str, as_of: date) -> tuple[int, int] | None:
    """Year and month that a remark names, if it does."""
    for long_year, short_year, month in _DATED.findall(text):
        if 1 <= int(month) <= 12:
            return int(long_year or short_year or as_of.year), int(month)
    return None


def is_second_post(remark: str, post: str) -> bool:
    """Whether the row gives somebody a second post beside the one they have."""
    return bool(_SECOND.search(remark)) or post.startswith(("兼", "（兼", "(兼"))
