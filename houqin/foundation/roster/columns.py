"""What a column means, guessed from its heading and its content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from houqin.foundation.roster.text import Cell, shown, squeezed


class Meaning(StrEnum):
    """What a column of a roster may hold."""

    NAME = "name"
    UNIT = "unit"
    SECTION = "section"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    POST = "post"
    REMARK = "remark"
    SEX = "sex"
    STAFF_NUMBER = "staff_number"
    NUMBER = "number"
    OTHER = "other"


LABELS: dict[str, str | Promise] = {
    Meaning.NAME: _("姓名"),
    Meaning.UNIT: _("单位"),
    Meaning.SECTION: _("科室"),
    Meaning.ID_NUMBER: _("身份证号"),
    Meaning.MOBILE: _("手机"),
    Meaning.POST: _("职务"),
    Meaning.REMARK: _("备注（变动）"),
    Meaning.SEX: _("性别"),
    Meaning.STAFF_NUMBER: _("工号"),
    Meaning.NUMBER: _("序号"),
    Meaning.OTHER: _("不导入"),
}
#: In this order: the first that fits a heading decides. Headings come without spaces and brackets.
_WORDS: tuple[tuple[re.Pattern[str], Meaning], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        (r"^(序号?|编号|序列号?|no\.?|№|#|行号)$", Meaning.NUMBER),
        (r"旧|曾用|原(手机|号码|电话|单位|部门|职务)|紧急|家庭|家属|配偶|宅|父|母|子女|照片|密码", Meaning.OTHER),
        (r"联络|联系人|负责人|经办|填报|填表|审核", Meaning.OTHER),
        (r"身份证|公民身份|居民身份|证件号|身份号码|^id(号|number)?$", Meaning.ID_NUMBER),
        (r"姓名|^名字$|^人员$|^员工$|^职工$|^name$", Meaning.NAME),
        (r"^性别|^sex$|^gender$", Meaning.SEX),
        (r"工号|(职工|员工|人员)(编号|代码|号)|工作证", Meaning.STAFF_NUMBER),
        (r"办公.*(电话|号码)|座机|固定电话|固话|内线|短号|小号|分机|传真|(单位|部门|科室|处室)(联系)?电话|虚拟网", Meaning.OTHER),
        (r"手机|移动电话|移动号码|联系方式|联系电话|电话|联系号码|^mobile$|^phone$", Meaning.MOBILE),
        (r"职级|级别|职称|等级|薪级", Meaning.OTHER),
        (r"职务|岗位|职位|^post$|^position$", Meaning.POST),
        (r"单位(性质|类型|类别|代码|编码|地址)|(性质|类别|类型|日期|时间|年月|学历|学位|民族|籍贯|政治面貌|年龄|地址|邮箱|房间|房号|门牌)$",
         Meaning.OTHER),
        (r"备注|说明|变动|状态|在职|在岗|^remark|^note", Meaning.REMARK),
        (r"部门|处室|科室|处科室|科处室|处科|股室|股科|内设|组室|室组|班组|处/科|所在(科|处|室)|^(科|处)别?$|^section$|^department$",
         Meaning.SECTION),
        (r"单位|机构|机关$|^unit$|^organi[sz]ation$", Meaning.UNIT),
    )
)  # fmt: skip
_BRACKETS = re.compile(r"[()（）\[\]【】:：*]")
_LONGEST_HEADING = 24
_HAN_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_ID = re.compile(r"\d{17}[\dXx]")
#: So many rows are looked at for what a column holds, and so many shown as samples.
LOOKED_AT, SAMPLES = 60, 3


@dataclass
class Column:
    """One column: its heading, what it means, and a few values as they stand."""

    index: int
    label: str
    meaning: str
    hidden: bool = False
    samples: list[str] = field(default_factory=list)


def heading(text: str) -> str:
    """A heading as it is compared."""
    return _BRACKETS.sub("", squeezed(text)).lower()


def guessed(text: str) -> Meaning | None:
    """What a heading says, or None where it says nothing known."""
    clean = heading(text)
    if not clean or len(clean) > _LONGEST_HEADING:
        return None
    return next((meaning for pattern, meaning in _WORDS if pattern.search(clean)), None)


def signature(labels: Sequence[str]) -> str:
    """By which the headings of a table are known again."""
    text = "\x1f".join(heading(label) for label in labels).rstrip("\x1f")
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def columns(
    labels: Sequence[str],
    data: Sequence[Sequence[Cell]],
    hidden: frozenset[int],
    chosen: dict[str, str] | None = None,
) -> list[Column]:
    """The columns with their meanings, each meaning once; ``chosen`` (heading → meaning) was said by a person."""
    result = []
    for index, label in enumerate(labels):
        values = [text for row in data[:LOOKED_AT] if index < len(row) and (text := shown(row[index]))]
        column = Column(index, label, "", index in hidden, values[:SAMPLES])
        column.meaning = (chosen or {}).get(heading(label)) or guessed(label) or ""
        result.append((column, values))
    if not chosen:
        for meaning in (Meaning.NAME, Meaning.ID_NUMBER, Meaning.MOBILE):
            _by_content(meaning, result)
    _once(result, chosen or {})
    for column, _values in result:
        column.meaning = column.meaning or Meaning.OTHER
    return [column for column, _values in result]


Held = list[tuple[Column, list[str]]]


def _by_content(meaning: Meaning, held: Held) -> None:
    """Where no heading says so, the one column whose values look so."""
    if any(column.meaning == meaning for column, _ in held):
        return
    fitting = [
        (share, -column.index, column)
        for column, values in held
        if not column.meaning and len(values) > 1 and (share := _share(meaning, values)) >= 0.7
    ]
    if fitting:
        max(fitting)[2].meaning = meaning


def _share(meaning: Meaning, values: list[str]) -> float:
    if meaning == Meaning.NAME:
        names = [squeezed(value) for value in values]
        fitting = sum(1 for name in names if _HAN_NAME.fullmatch(name))
        return fitting / len(values) if len(set(names)) > 0.8 * len(names) else 0
    pattern = _ID if meaning == Meaning.ID_NUMBER else _MOBILE
    return sum(1 for value in values if pattern.search(squeezed(value))) / len(values)


def _once(held: Held, chosen: dict[str, str]) -> None:
    """Of several columns of one meaning the best keeps it; several remarks are read together."""
    for meaning in Meaning:
        same = [(column, values) for column, values in held if column.meaning == meaning]
        if len(same) < 2 or meaning in (Meaning.OTHER, Meaning.REMARK):
            continue
        best = max(same, key=lambda each: _fitness(meaning, each[0], each[1], chosen))
        for column, _values in same:
            if column is not best[0]:
                column.meaning = Meaning.OTHER


def _fitness(meaning: str, column: Column, values: list[str], chosen: dict[str, str]) -> tuple[float, ...]:
    says = heading(column.label)
    exact = meaning == Meaning.MOBILE and ("手机" in says or "移动" in says)
    content = (
        _share(Meaning(meaning), values) if values and meaning in (Meaning.MOBILE, Meaning.ID_NUMBER) else 0
    )
    return (says in chosen, not column.hidden, exact, round(content, 1), bool(values), -column.index)
