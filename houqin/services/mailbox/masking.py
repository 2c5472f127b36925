"""Finding what names somebody in a text that is to be published, and putting something else in its place.

Numbers are judged by their standards (:mod:`houqin.foundation.standards`); names by who is known, and by a family name
before a form of address. What a rule cannot know, the editor and the second person read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from houqin.foundation import standards
from houqin.foundation.errors import Text

_FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪辛柯单"
)
_ADDRESS = (
    "先生|女士|小姐|老师|师傅|阿姨|大姐|大哥|处长|科长|局长|主任|书记|主管|经理|队长|班长|同志|厅长|秘书"
)
_HAN = "\u4e00-\u9fa5"


@dataclass(frozen=True)
class Found:
    """Something that may tell who somebody is. A ``hard`` one may not be published as it stands."""

    start: int
    end: int
    text: str
    kind: str
    instead: str
    hard: bool

    @property
    def said(self) -> Text:
        """What it is, in words."""
        return KINDS[self.kind]


KINDS: dict[str, Text] = {
    "id": _("身份证号"), "phone": _("电话号码"), "plate": _("车牌"), "email": _("邮箱"), "name": _("姓名"),
    "address": _("称呼"), "room": _("房间号"), "number": _("编号"),
}  # fmt: skip


def _fits(rule: Callable[[str], str]) -> Callable[[str], bool]:
    def judged(text: str) -> bool:
        try:
            rule(text)
        except standards.Unfit:
            return False
        return True

    return judged


def _surely(text: str) -> bool:
    return True


_PROVINCE = "[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]"
_SAYS = "[:：是为 ]{0,2}"
#: Kind, form, who decides, what stands instead, whether it may not be published as it stands.
_RULES: tuple[tuple[str, re.Pattern[str], Callable[[str], bool], Text, bool], ...] = (
    # Eighteen figures that only look like an ID number are taken out all the same: it may be one with a slip of the pen.
    ("id", re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}[ -]?\d{8}[ -]?\d{3}[\dXx](?![0-9A-Za-z])"), _surely, _("〔证件号〕"), True),
    ("phone", re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), _fits(standards.mobile), _("〔电话〕"), True),
    ("phone", re.compile(r"(?<!\d)0\d{2,3}[- ]?[2-9]\d{6,7}(?!\d)"), _fits(standards.phone), _("〔电话〕"), True),
    ("phone", re.compile(rf"(?<=电话){_SAYS}[2-9]\d{{6,7}}(?!\d)|(?<=分机){_SAYS}\d{{3,6}}(?!\d)"), _surely, _("〔电话〕"), True),
    ("plate", re.compile(rf"{_PROVINCE}[A-Za-z][·• -]?[A-Za-z0-9]{{4,5}}[A-Za-z0-9警学挂港澳]"), _fits(standards.plate), _("〔车牌〕"), True),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII), _surely, _("〔邮箱〕"), True),
    ("number", re.compile(rf"(?<=工号|卡号|证号){_SAYS}[A-Za-z0-9]{{4,20}}"), _surely, _("〔编号〕"), True),
    ("room", re.compile(r"(?:[A-Za-z]座|[一二三四五六七八九十\d]{1,2}号楼)?[ -]?[A-Za-z]?-?\d{3,4}(?:室|房间|办公室|号房|会议室)"), _surely, _("某房间"), False),
)  # fmt: skip
_ADDRESSED = re.compile(rf"[{_FAMILY}][{_HAN}]{{0,2}}?(?={_ADDRESS})")


def find(text: str, names: Collection[str] = (), writer: str = "") -> list[Found]:
    """Everything found in ``text``, in its order, nothing twice.

    ``names`` are people's, but may be words as well (高峰); the ``writer``'s own name may not be published.
    """
    found: list[Found] = []

    def add(start: int, end: int, kind: str, instead: str, hard: bool) -> None:
        if all(end <= each.start or start >= each.end for each in found):
            found.append(Found(start, end, text[start:end], kind, instead, hard))

    for kind, pattern, fits, said, hard in _RULES:
        for match in pattern.finditer(text):
            if fits(match[0]):
                add(match.start(), match.end(), kind, str(said), hard)
    for name in sorted({each for each in (*names, writer) if len(each) > 1}, key=len, reverse=True):
        for match in re.finditer(re.escape(name), text):
            instead = f"{name[0]}某{'某' * (len(name) > 2)}"
            add(match.start(), match.end(), "name", instead, name == writer)
    for match in _ADDRESSED.finditer(text):
        add(match.start(), match.end(), "address", f"{match[0][0]}某", False)
    return sorted(found, key=lambda each: each.start)


def mask(text: str, names: Collection[str] = (), writer: str = "") -> str:
    """``text`` with everything found replaced."""
    parts, at = [], 0
    for each in find(text, names, writer):
        parts += [text[at : each.start], each.instead]
        at = each.end
    return "".join([*parts, text[at:]])
