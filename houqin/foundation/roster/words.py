"""The codes of an import in words: what became of a row, why it was refused and how to mend it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from houqin.foundation import standards
from houqin.foundation.roster.plan import Change, Kind, Outcome

Text = str | Promise

KINDS: dict[str, Text] = {
    Kind.ADDED: pgettext_lazy("roster", "新增"),
    Kind.CHANGED: pgettext_lazy("roster", "变更"),
    Kind.ENDED: pgettext_lazy("roster", "离开"),
    Kind.REFUSED: pgettext_lazy("roster", "未接收"),
    Kind.SAME: pgettext_lazy("roster", "无变化"),
    Kind.REPEATED: pgettext_lazy("roster", "重复行"),
    Kind.ELSEWHERE: pgettext_lazy("roster", "已在别处在职"),
    Kind.IGNORED: pgettext_lazy("roster", "非人员行"),
}
#: Why a row is refused, and how to mend it.
REASONS: dict[str, tuple[Text, Text]] = {
    "missing_name": (gettext_lazy("没有姓名"), gettext_lazy("补填姓名。")),
    "missing_unit": (gettext_lazy("没有单位"), gettext_lazy("补填所在单位。")),
    "unknown_unit": (
        gettext_lazy("没有这个单位，可能写错了"),
        gettext_lazy("指明是哪个单位；确属新设单位的，选“新增此单位”。"),
    ),
    "bad_id_checksum": (
        gettext_lazy("身份证号校验位不符"),
        gettext_lazy("对照证件改正；按数字存储的号码末三位已丢失，须重新填写。"),
    ),
    "bad_id_length": (
        gettext_lazy("身份证号不是 18 位"),
        gettext_lazy("对照证件填写 18 位号码；15 位旧号请换成 18 位。"),
    ),
    "bad_id_birth_date": (
        gettext_lazy("身份证号中的出生日期不存在"),
        gettext_lazy("对照证件检查第 7 至 14 位。"),
    ),
    "bad_id_division": (gettext_lazy("身份证号开头不是区划代码"), gettext_lazy("对照证件检查前 6 位。")),
    "duplicate_id": (
        gettext_lazy("身份证号与另一行或另一人相同"),
        gettext_lazy("核对是谁的号码；同一人有两个职务的，在备注中注明“兼任”。"),
    ),
    "bad_phone": (
        gettext_lazy("手机号有误"),
        gettext_lazy("填 11 位手机号；没有手机的留空。"),
    ),
    "administrator_left": (
        gettext_lazy("现任管理员，不能随花名册离开"),
        gettext_lazy("先由安全管理员结束其管理员任职（每类管理员至少留一人），再导入。"),
    ),
}
WARNINGS: dict[str, Text] = {
    "duplicate_phone": gettext_lazy("手机号与 %(other)s 相同"),
    "missing_id": gettext_lazy("没有身份证号，以后按姓名、单位和手机识别"),
    "same ID as": gettext_lazy("身份证号与 %(other)s 相同"),
    "sex_disagrees_with_id": gettext_lazy("性别与身份证号不一致"),
    "unit_mostly_missing": gettext_lazy("%(other)s 有 %(people)s 人未列出，超过半数，未按离开处理，请核对"),
    "unlisted_with_role": gettext_lazy("%(other)s 未列出，但担任其他角色或管理员，未按离开处理"),
}
IGNORED: dict[str, Text] = {
    "blank": gettext_lazy("空行"),
    "subtotal": gettext_lazy("小计"),
    "total": gettext_lazy("合计"),
    "note": gettext_lazy("说明"),
    "signature": gettext_lazy("签字栏"),
    "repeated_header": gettext_lazy("重复的表头"),
    "title": gettext_lazy("小标题"),
}
FIELDS: dict[str, Text] = {
    "name": gettext_lazy("姓名"),
    "unit": gettext_lazy("单位"),
    "section": gettext_lazy("科室"),
    "id_number": gettext_lazy("身份证号"),
    "mobile": gettext_lazy("手机"),
    "post": gettext_lazy("职务"),
    "remark": gettext_lazy("备注"),
    "posts": gettext_lazy("任职科室"),
    "ended": gettext_lazy("在职"),
}
#: Which value of a row a reason is about.
AT_FAULT = {
    "missing_name": "name",
    "missing_unit": "unit",
    "unknown_unit": "unit",
    "duplicate_id": "id_number",
    "bad_phone": "mobile",
    "administrator_left": "remark",
}


def at_fault(reason: str) -> str:
    """The field to put right for a reason."""
    return AT_FAULT.get(reason, "id_number" if reason.startswith("bad_id") else "name")


def why(outcome: Outcome) -> str:
    """Why a row is as it is, in a sentence; empty where its kind says all."""
    if outcome.kind == Kind.REFUSED:
        said = str(REASONS.get(outcome.reason, (outcome.reason, ""))[0])
        return said + (_("（见 %(other)s）") % {"other": outcome.other} if outcome.other else "")
    if outcome.kind == Kind.IGNORED:
        return str(IGNORED.get(outcome.reason, outcome.reason))
    if outcome.kind in (Kind.REPEATED, Kind.ELSEWHERE):
        return _("见 %(other)s") % {"other": outcome.other} if outcome.other else ""
    if outcome.kind == Kind.ENDED:
        return outcome.reason
    return _("；").join(change_in_words(each) for each in outcome.changes)


def change_in_words(change: Change) -> str:
    """手机 138****0001 → 139****0002; numbers are masked."""
    if change.field == "ended":
        return _("重新在职")
    mask = {"mobile": standards.mask_phone, "id_number": standards.mask_id}.get(change.field, str)
    before, after = mask(change.before), mask(change.after)
    name = FIELDS.get(change.field, change.field)
    return f"{name} {before} → {after}" if before else f"{name} {after}"


def warning(row: dict[str, str]) -> str:
    """A warning with the row it is about."""
    said = str(WARNINGS.get(row["warning"], row["warning"]))
    filled = said % {"other": row.get("other", ""), "people": row.get("people", "")} if "%" in said else said
    return f"{row['at']} {filled}" if row["at"] else filled


def summary(counts: dict[str, int], *, done: bool) -> str:
    """What an import does, or did, in a sentence."""
    parts = []
    for key, words in (
        ("people_added", lambda n: ngettext("新增 %(n)d 人", "新增 %(n)d 人", n)),
        ("people_changed", lambda n: ngettext("变更 %(n)d 人", "变更 %(n)d 人", n)),
        ("people_ended", lambda n: ngettext("离开 %(n)d 人", "离开 %(n)d 人", n)),
        ("units_added", lambda n: ngettext("新增 %(n)d 个单位", "新增 %(n)d 个单位", n)),
        ("sections_added", lambda n: ngettext("新增 %(n)d 个科室", "新增 %(n)d 个科室", n)),
        ("units_renamed", lambda n: ngettext("更名 %(n)d 个单位", "更名 %(n)d 个单位", n)),
        ("sections_renamed", lambda n: ngettext("更名 %(n)d 个科室", "更名 %(n)d 个科室", n)),
        ("units_merged", lambda n: ngettext("合并 %(n)d 个单位", "合并 %(n)d 个单位", n)),
    ):
        number = counts.get(key, 0)
        if number:
            parts.append(words(number) % {"n": number})
    what = _("，").join(parts) if parts else _("没有变化")
    refused = counts.get("rows_refused", 0)
    rest = ngettext("%(n)d 行未接收", "%(n)d 行未接收", refused) % {"n": refused} if refused else ""
    lead = _("已导入：%(what)s") if done else _("将会：%(what)s")
    return (lead % {"what": what}) + (_("；") + rest if rest else "") + _("。")
