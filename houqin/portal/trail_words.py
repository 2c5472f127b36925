"""The trail in words: what was done, to what, and each change as "what: from → to"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Field, ForeignKey, Model
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from houqin.affairs.declare import ITEMS
from houqin.affairs.models import ItemSetting
from houqin.foundation.errors import Text
from houqin.foundation.registry import Registry
from houqin.foundation.trail.models import Entry
from houqin.portal import history
from houqin.portal.words import EVENTS

#: Whole codes whose words do not follow from verb and record; a service may announce its own.
ACTIONS: Registry[Text] = Registry("action in words")
for _code, _words in {
    "people.sign_in": gettext_lazy("登录"),
    "people.sign_out": gettext_lazy("退出登录"),
    "people.change_password": gettext_lazy("修改密码"),
    "people.reset_password": gettext_lazy("重设密码"),
    "people.change_profile": gettext_lazy("修改本人资料"),
    "people.set_preferences": gettext_lazy("修改本人偏好"),
    "people.appoint": gettext_lazy("任职"),
    "people.hand_over_shift": gettext_lazy("交班"),
    "people.substitute_shift": gettext_lazy("安排替班"),
    "calendar.adopt_notice": gettext_lazy("录入放假通知"),
    "calendar.set_notice_number": gettext_lazy("修改放假通知文号"),
    "affairs.delegate_tasks": gettext_lazy("委托代办"),
    "affairs.rate_quality": gettext_lazy("质量回访"),
    "affairs.transfer": pgettext_lazy("event", "转办"),
    "affairs.dispatch": pgettext_lazy("event", "派单"),
    "affairs.add_approver": pgettext_lazy("event", "加签"),
    "affairs.rate": pgettext_lazy("event", "评价"),
    "warnings.acknowledge": gettext_lazy("知悉预警"),
    "warnings.open_case": gettext_lazy("预警转为办件"),
    "warnings.change_rule": gettext_lazy("修改预警规则"),
    "demo.load": gettext_lazy("装入演示数据"),
    "demo.open": gettext_lazy("对局域网开放演示"),
    "trail.export": gettext_lazy("导出操作留痕"),
    "papers.take": gettext_lazy("下载单据"),
}.items():
    ACTIONS.add(_code, _words)
#: The first word of a code's second half, in the order in which they are offered.
VERBS: Mapping[str, Text] = {
    "add": pgettext_lazy("trail", "新增"),
    "change": pgettext_lazy("trail", "修改"),
    "set": pgettext_lazy("trail", "设置"),
    "unset": pgettext_lazy("trail", "取消"),
    "delete": pgettext_lazy("trail", "删除"),
    "remove": pgettext_lazy("trail", "移除"),
    "drop": pgettext_lazy("trail", "撤下"),
    "end": pgettext_lazy("trail", "终止"),
    "reopen": pgettext_lazy("trail", "恢复"),
    "move": pgettext_lazy("trail", "移动"),
    "rename": pgettext_lazy("trail", "改名"),
    "plan": pgettext_lazy("trail", "安排"),
    "create": pgettext_lazy("trail", "新建"),
    "revoke": pgettext_lazy("trail", "吊销"),
    "open": pgettext_lazy("trail", "开启"),
    "close": pgettext_lazy("trail", "关闭"),
    "receive": pgettext_lazy("trail", "入库"),
    "correct": pgettext_lazy("trail", "更正"),
    "sign": pgettext_lazy("trail", "登录与退出"),
}
#: What stands in pictures of records and is no field of theirs.
_PARTS: Mapping[str, Text] = {
    "step": gettext_lazy("环节序号"),
    "version": gettext_lazy("版本"),
    "tasks": gettext_lazy("在谁手上"),
    "seed": gettext_lazy("种子"),
    "today": gettext_lazy("日期"),
    "assignee": gettext_lazy("办理人"),
    "section": gettext_lazy("科室"),
    "person": gettext_lazy("人员"),
    "for": gettext_lazy("为谁"),
}
_KEYS_OF = {"assignee": "people.person", "section": "people.organisation", "person": "people.person"}
#: By which field a record of another table is called.
_CALLED = ("full_name", "name", "title")
Line = tuple[str, str, str]


@dataclass(frozen=True)
class Act:
    """One entry as it is shown."""

    entry: Entry
    what: str
    of: str
    lines: list[Line]


def acts(entries: Sequence[Entry]) -> list[Act]:
    """Entries in words. As many questions as there are kinds of record they point to, whatever their number."""
    names = _names(entries)
    settings = _settings(entries)
    return [
        Act(entry, action_words(entry), record_words(entry), _lines(entry, names, settings))
        for entry in entries
    ]


def action_words(entry: Entry) -> str:
    """What was done: 修改事项设置, 派单, 登录."""
    words = code_words(entry.action)
    verb = VERBS.get(entry.action.partition(".")[2].partition("_")[0])
    if words != entry.action or verb is None:
        return words
    return _("%(verb)s%(what)s") % {"verb": verb, "what": type_words(entry.record_type)}


def code_words(action: str) -> str:
    """A whole code in words, or as it stands where it has none of its own."""
    app, _dot, deed = action.partition(".")
    if app == "affairs" and deed in EVENTS:
        return str(EVENTS[deed])
    return str(ACTIONS.get(action) or action)


def type_words(label: str) -> str:
    """What kind of record: 人员, 办件."""
    model = _model(label)
    return str(model._meta.verbose_name) if model else label


def record_words(entry: Entry) -> str:
    """Which record."""
    item = ITEMS.get(entry.record_name)
    return str(item.name) if item else entry.record_name or entry.record_id


def record_types() -> list[tuple[str, str]]:
    """Kinds of record of ours, by name: for a list to choose from."""
    found = [
        (model._meta.label_lower, str(model._meta.verbose_name))
        for model in apps.get_models()
        if model.__module__.startswith("houqin.") and not model._meta.auto_created
    ]
    return sorted(found, key=lambda each: each[1])


def _lines(
    entry: Entry, names: Mapping[tuple[str, str], str], settings: Mapping[str, ItemSetting]
) -> list[Line]:
    setting = settings.get(entry.record_id) if entry.record_type == ItemSetting._meta.label_lower else None
    if setting and setting.item_code in ITEMS:
        return history.item_lines(ITEMS[setting.item_code], entry)
    before, after = entry.before or {}, entry.after or {}
    fields = _fields(entry.record_type)
    lines = []
    for key in dict.fromkeys([*before, *after]):
        old, new = (_said(side.get(key), key, fields.get(key), names) for side in (before, after))
        if old != new:
            lines.append((_label(key, fields.get(key)), old, new))
    return lines


def _label(key: str, field: Field[Any, Any] | None) -> str:
    return str(field.verbose_name) if field is not None else str(_PARTS.get(key, key))


def _said(value: Any, key: str, field: Field[Any, Any] | None, names: Mapping[tuple[str, str], str]) -> str:
    """A value as people read it."""
    if value is None or value == "" or value == [] or value == {}:
        return _("无")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return _("、").join(_said(each, key, field, names) for each in value)
    if isinstance(value, Mapping):
        return _parts(value, names)
    choices = dict(field.flatchoices) if field is not None else {}
    if value in choices:
        return str(choices[value])
    return names.get((_points_to(key, field), str(value))) or _plain(value)


def _parts(value: Mapping[str, Any], names: Mapping[tuple[str, str], str]) -> str:
    """A picture within a picture; who has the tasks of a case reads as their names."""
    if value and all(isinstance(each, Mapping) and "assignee" in each for each in value.values()):
        holders = [
            _said(
                each.get("assignee") or each.get("section"),
                "assignee" if each.get("assignee") else "section",
                None,
                names,
            )
            for each in value.values()
        ]
        return _("、").join(holders)
    return _("；").join(
        _("%(what)s：%(value)s") % {"what": _label(key, None), "value": _said(each, key, None, names)}
        for key, each in value.items()
    )


def _plain(value: Any) -> str:
    moment = _moment(value) if isinstance(value, str) and len(value) > 18 else None
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else str(value)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _names(entries: Sequence[Entry]) -> dict[tuple[str, str], str]:
    """Names of the records that values point to, by kind and id: one query a kind."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        fields = _fields(entry.record_type)
        for side in (entry.before, entry.after):
            for key, value in _pairs(side or {}):
                label = _points_to(key, fields.get(key))
                if label and isinstance(value, int) and not isinstance(value, bool):
                    wanted[label].add(str(value))
    return {(label, pk): name for label, pks in wanted.items() for pk, name in _called(label, pks)}


def _pairs(picture: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for key, value in picture.items():
        if isinstance(value, Mapping):
            yield from _pairs(value)
        elif isinstance(value, list):
            yield from ((key, each) for each in value)
        else:
            yield key, value


def _called(label: str, pks: set[str]) -> Iterable[tuple[str, str]]:
    model = _model(label)
    fields = {field.name for field in model._meta.concrete_fields} if model else set()
    name = next((each for each in _CALLED if each in fields), None)
    if model is None or name is None:
        return ()
    found = model._base_manager.filter(pk__in=pks).values_list("pk", name)
    return ((str(pk), str(called)) for pk, called in found if called)


def _points_to(key: str, field: Field[Any, Any] | None) -> str:
    """The kind of record that a value is the id of, or empty."""
    if isinstance(field, ForeignKey):
        return str(field.remote_field.model._meta.label_lower)
    return _KEYS_OF.get(key, "") if field is None else ""


def _fields(label: str) -> dict[str, Field[Any, Any]]:
    """A record's fields by the names under which its values stand in the trail."""
    model = _model(label)
    if model is None:
        return {}
    fields = model._meta.concrete_fields
    return {field.name: field for field in fields} | {field.attname: field for field in fields}


def _model(label: str) -> type[Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _settings(entries: Sequence[Entry]) -> dict[str, ItemSetting]:
    label = ItemSetting._meta.label_lower
    wanted = [
        entry.record_id for entry in entries if entry.record_type == label and entry.record_id.isdigit()
    ]
    return {str(each.pk): each for each in ItemSetting.objects.filter(pk__in=wanted)} if wanted else {}
