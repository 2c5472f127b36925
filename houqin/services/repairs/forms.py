"""What reporters, workers and store keepers fill in. Pages and API calls bind the same forms."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from itertools import groupby
from typing import Any, Self

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from houqin.affairs.forms import ArriveForm, CaseForm, DoneForm, FileIdsField
from houqin.foundation.choosing import TypedSelect
from houqin.foundation.people.models import Organisation
from houqin.foundation.places.models import Place
from houqin.services.repairs import queries
from houqin.services.repairs.models import Device, FaultGroup, FaultKind, StockItem

MOST_MATERIALS = 30


def plain_code(value: Any) -> str:
    """The code in what a scanner read: a bare code, or an address that ends in it."""
    return str(value or "").strip().rstrip("/").rpartition("/")[2]


class _TypedField(forms.ModelChoiceField):
    """A record named by its code. Each form has a copy of its fields, for which the query need not be copied."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        made: Self = forms.Field.__deepcopy__(self, memo)  # type: ignore[attr-defined]  # not in the stubs
        made.widget.choices = made.choices
        return made


class SpotField(_TypedField):
    """A place by its code, its scanned QR code, its id, or the code of a device that stands there."""

    def __init__(self, places: "QuerySet[Place] | None" = None, **options: Any) -> None:
        super().__init__(Place.objects.all() if places is None else places, to_field_name="code", **options)

    def to_python(self, value: Any) -> Place | None:
        if value in self.empty_values or isinstance(value, Place):
            return value or None
        place = queries.spot(plain_code(value))
        if place is None:
            raise forms.ValidationError(_("没有找到这个地点，请重新选择或扫码。"), code="invalid_choice")
        return place


class DeviceField(_TypedField):
    """A device by its code, its scanned QR code or its id; typed, because there are thousands."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Device.objects.all(), to_field_name="code", widget=forms.TextInput, **options)

    def to_python(self, value: Any) -> Device | None:
        if value in self.empty_values or isinstance(value, Device):
            return value or None
        device = queries.device_of(plain_code(value))
        if device is None:
            raise forms.ValidationError(_("没有找到这台设备，请重新扫码，或留空。"), code="invalid_choice")
        return device


class FaultSelect(TypedSelect):
    """A list of faults, found by pinyin, initials and other words for them."""

    def keys(self, record: FaultKind) -> str:
        return f"{record.pinyin} {record.initials} {record.keywords}"


class _ByGroup(forms.models.ModelChoiceIterator):
    """Faults under their trades."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        faults = sorted(
            self.queryset.all(), key=lambda fault: (FaultGroup.values.index(fault.group), fault.position)
        )
        for group, kinds in groupby(faults, key=lambda fault: fault.group):
            yield FaultGroup(group).label, [self.choice(fault) for fault in kinds]


class FaultField(_TypedField):
    """A kind of fault by its code (or id), offered under its trade."""

    iterator = _ByGroup

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", FaultSelect(attrs={"data-find": ""}))
        super().__init__(FaultKind.objects.filter(active=True), to_field_name="code", **options)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, FaultKind):
            return value or None
        fault = queries.fault_of(str(value))
        if fault is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return fault


class RepairForm(CaseForm):
    """Report a fault: where (picked, or the code scanned there), what, and what it looks like."""

    place = SpotField(  # type: ignore[assignment]  # Django takes declared fields off the class
        label=_("在哪里坏了"),
        required=False,
        help_text=_("输入房间号、名称或拼音首字母，也可以扫门牌或设备上的码。"),
    )
    fault = FaultField(
        label=_("什么坏了"),
        empty_label=_("请选择"),
        error_messages={
            "required": _("请选择什么坏了，不清楚可选“其他问题”。"),
            "invalid_choice": _("没有这类故障，请重新选择。"),
        },
    )
    description = forms.CharField(
        label=_("补充描述"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("位置、程度、方便上门的时间。"),
    )
    photos = FileIdsField(most=9)
    device = DeviceField(label=_("设备编号"), required=False, help_text=_("扫设备上的码会自动填写。"))
    #: The id of the job that mended the same before, found while looking for what the report might join.
    mended: int | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._settle_place(data)
        fault = data.get("fault")
        if fault and not fault.says_enough and not data.get("description") and not data.get("photos"):
            self.add_error("description", _("请写几个字说明情况，或拍张照片。"))
        return data

    def _settle_place(self, data: dict[str, Any]) -> None:
        """A device says where it stands, also when its code was scanned as the place; elsewhere it is a mistake."""
        device, place = data.get("device"), data.get("place")
        code = plain_code(self.data.get("place"))
        if place and not device and code not in (place.code, place.qr, str(place.pk)):
            data["device"] = device = queries.scanned_device(code)
        if device and place is None:
            place = data["place"] = device.place
        if place is None and "place" not in self.errors:
            self.add_error("place", _("请选择在哪里，或扫一扫房间、设备上的码。"))
        if place and device and not _overlap(place, device.place):
            self.add_error("device", _("这台设备不在所选地点，请重新扫码，或留空。"))

    def title(self) -> str:
        place, fault = self.cleaned_data["place"], self.cleaned_data["fault"]
        words = fault.name if fault.says_enough else self.cleaned_data["description"] or fault.name
        line = " ".join(words.split())
        return f"{''.join(str(place).split())} {line[:24]}{'…' if len(line) > 24 else ''}"

    def category(self) -> str:
        return str(self.cleaned_data["fault"].group)


def _overlap(one: Place, other: Place) -> bool:
    return one.path.startswith(other.path) or other.path.startswith(one.path)


class ReachForm(ArriveForm):
    """Arriving; the code of a device tells its place."""

    def clean_code(self) -> str:
        code = plain_code(self.cleaned_data["code"])
        device = queries.device_of(code) if code else None
        return device.place.qr if device else code


@dataclass(frozen=True)
class Material:
    """How much of a stock item a job took."""

    item: StockItem
    quantity: Decimal


class MaterialsWidget(forms.Widget):
    """Rows of a part and how much of it; a browser sends each column by itself, the API sends a list."""

    template_name = "repairs/materials_widget.html"
    shelf: Callable[[], Sequence[StockItem]] = tuple

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if not hasattr(data, "getlist") or name in data:
            return data.get(name)
        columns = data.getlist(f"{name}_item"), data.getlist(f"{name}_quantity")
        return [
            {"item": item, "quantity": quantity} for item, quantity in zip(*columns, strict=False) if item
        ]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["shelf"] = self.shelf()
        context["rows"] = value if isinstance(value, list) and value else [{"item": "", "quantity": ""}]
        return context


class MaterialsField(forms.JSONField):
    """Rows of ``{"item": id or code, "quantity": number}``; the same item twice is added up."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("widget", MaterialsWidget)
        super().__init__(**options)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was sent, to be shown again: rows from a browser are rows already."""
        return data if isinstance(data, list) else super().bound_data(data, initial)

    def prepare_value(self, value: Any) -> Any:
        return value

    def clean(self, value: Any) -> list[Material]:
        rows = super().clean(value) or []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise forms.ValidationError(_("用料应为列表，每项有 item 和 quantity。"))
        if len(rows) > MOST_MATERIALS:
            raise forms.ValidationError(_("一次最多登记 %(most)s 种用料。") % {"most": MOST_MATERIALS})
        wanted: dict[str, Decimal] = {}
        for row in rows:
            if row.get("item"):
                key = str(row["item"])
                wanted[key] = wanted.get(key, Decimal()) + _quantity(row.get("quantity"))
        return _materials(wanted) if wanted else []


def _quantity(value: Any) -> Decimal:
    try:
        quantity = Decimal(str(value))
    except InvalidOperation:
        quantity = Decimal()
    if not quantity.is_finite() or quantity <= 0 or quantity >= 10**9:
        raise forms.ValidationError(_("用料数量应为大于零的数。"))
    if quantity != quantity.quantize(Decimal("0.01")):
        raise forms.ValidationError(_("用料数量最多两位小数。"))
    return quantity


def _materials(wanted: dict[str, Decimal]) -> list[Material]:
    by_id = Q(pk__in=[key for key in wanted if key.isdigit() and len(key) < 19])
    items = StockItem.objects.filter(by_id | Q(code__in=list(wanted)), active=True)
    found: dict[int, Material] = {}
    for key, quantity in wanted.items():
        item = next((each for each in items if key in (str(each.pk), each.code)), None)
        if item is None:
            raise forms.ValidationError(_("库存里没有物料“%(code)s”，请重新选择。") % {"code": key})
        before = found[item.pk].quantity if item.pk in found else Decimal()
        found[item.pk] = Material(item, before + quantity)
    return list(found.values())


class FinishForm(DoneForm):
    """Finishing: what was done, photos, parts used and the time it took."""

    comment = forms.CharField(
        label=_("处理结果"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    photos = FileIdsField(label=_("完工照片"))
    labour_minutes = forms.IntegerField(
        label=_("工时（分钟）"),
        required=False,
        min_value=0,
        max_value=60 * 24 * 30,
        help_text=_("多人同修请合计。"),
    )
    materials = MaterialsField(label=_("用料"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.case:
            self.fields["materials"].widget.shelf = partial(queries.shelf_of, self.case.section)


class ReceiveForm(forms.Form):
    """Parts that came in."""

    quantity = forms.DecimalField(
        label=_("入库数量"), min_value=Decimal("0.01"), max_digits=11, decimal_places=2
    )
    price = forms.DecimalField(
        label=_("单价（元）"), required=False, min_value=0, max_digits=9, decimal_places=2,
        help_text=_("留空则沿用现价。"),
    )  # fmt: skip
    note = forms.CharField(label=_("来源或单号"), required=False, max_length=200)


class CountForm(forms.Form):
    """What a count of the shelf found."""

    counted = forms.DecimalField(label=_("实盘数量"), min_value=0, max_digits=11, decimal_places=2)
    note = forms.CharField(
        label=_("差异原因"), max_length=200, error_messages={"required": _("请写明为什么与账面不同。")}
    )


class StockItemForm(forms.ModelForm):
    """A new kind of part on the shelf."""

    price = forms.DecimalField(label=_("单价（元）"), min_value=0, max_digits=9, decimal_places=2)

    class Meta:
        model = StockItem
        fields = ["keeper", "code", "name", "unit", "minimum"]
        widgets = dict.fromkeys(("code", "name", "unit"), forms.TextInput)

    def __init__(self, *args: Any, keepers: "QuerySet[Organisation]", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["keeper"].queryset = keepers  # type: ignore[attr-defined]  # a ModelChoiceField


class IncidentForm(forms.Form):
    """An outage of an area, told to everybody who would report it."""

    place = SpotField(
        queries.areas(),
        label=_("影响范围"),
        empty_label=_("请选择"),
        widget=forms.Select(attrs={"data-find": ""}),
        error_messages={"required": _("请选择影响的楼、层或房间。")},
    )
    fault = FaultField(
        label=_("故障"), empty_label=_("请选择"), error_messages={"required": _("请选择故障类别。")}
    )
    title = forms.CharField(
        label=_("对外说明"), max_length=60, help_text=_("如：C座停水，抢修中。"),
        error_messages={"required": _("请写一句报修人会看到的话。")},
    )  # fmt: skip
    until = forms.DateTimeField(
        label=_("预计恢复"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": _("请填写预计恢复的时间。"), "invalid": _("请填写日期和时间。")},
    )


class ExtendForm(forms.Form):
    """A later end of an incident."""

    until = IncidentForm.base_fields["until"]
    note = forms.CharField(label=_("说明"), required=False, max_length=200)


class FilterForm(forms.Form):
    """Period, building and trade of the ledger and of insight; sent by GET."""

    since = forms.DateField(label=_("从"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=_("到"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    place = forms.ChoiceField(label=_("楼"), required=False)
    group = forms.ChoiceField(
        label=_("工种"), required=False, choices=[("", _("全部工种")), *FaultGroup.choices]
    )

    def __init__(self, *args: Any, buildings: Sequence[Place], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["place"].choices = [  # type: ignore[attr-defined]  # a ChoiceField, see above
            ("", _("全部楼")),
            *((str(place.pk), place.name) for place in buildings),
        ]
