"""Who may park where: plate permits, quotas, rotations, reservations, partners."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.affairs.models import Case
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.standards import mask_plate
from houqin.services.parking.models.lots import Lot


class Quota(models.Model):
    """How many permits of a lot may be open at a time: of one unit, or with ``unit`` empty of all together."""

    lot = models.ForeignKey(
        Lot, models.PROTECT, related_name="quotas", verbose_name=_("停车场"), db_index=False
    )
    unit = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位"),
        help_text=_("留空为全部单位合计"),
    )  # fmt: skip
    most = models.PositiveIntegerField(_("通行证上限"))

    class Meta:
        verbose_name = _("通行证配额")
        verbose_name_plural = pgettext_lazy("plural", "通行证配额")
        ordering = ["lot_id", "unit_id"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "unit"], name="parking_quota_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.unit or ''} {self.most}"


class PermitState(models.TextChoices):
    """Where a permit stands. The first three keep the plate from having another one."""

    PENDING = "pending", _("待审批")
    WAITING = "waiting", _("排队中")
    OPEN = "open", _("有效")
    ENDED = "ended", _("已结束")
    REFUSED = "refused", _("未通过")


#: States in which a plate can have no other permit.
HOLDING = (PermitState.PENDING, PermitState.WAITING, PermitState.OPEN)


class PlatePermit(models.Model):
    """A plate that may park in a lot, of a person, for some days (both included).

    An open one counts against the quotas; the database refuses one too many (``permit_quota``). ``accessible``: whoever drives it
    needs an accessible bay. ``signed_at``: shown to partner compounds, which must hear when it ends before its day. The plate of one
    that is over is erased in time.
    """

    plate = models.TextField(_("车牌号"))
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="plate_permits", verbose_name=_("人员"), db_index=False
    )
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("单位"))
    lot = models.ForeignKey(
        Lot, models.PROTECT, related_name="permits", verbose_name=_("停车场"), db_index=False
    )
    from_on = models.DateField(_("起始日期"))
    until_on = models.DateField(_("截止日期"))
    state = models.TextField(_("状态"), choices=PermitState, default=PermitState.PENDING)
    case = models.OneToOneField(
        Case, models.PROTECT, null=True, blank=True, related_name="plate_permit", verbose_name=_("办件")
    )
    rotation = models.ForeignKey(
        "parking.Rotation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="permits",
        verbose_name=_("轮换"),
    )
    accessible = models.BooleanField(_("需要无障碍车位"), default=False, db_default=False)
    signed_at = models.DateTimeField(_("出示给伙伴院区的时间"), null=True, blank=True)
    asked_at = models.DateTimeField(_("申请时间"), default=timezone.now)
    waits_since = models.DateTimeField(_("排队时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_why = models.TextField(_("结束原因"), blank=True)

    class Meta:
        verbose_name = _("车辆通行证")
        verbose_name_plural = pgettext_lazy("plural", "车辆通行证")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["lot", "state", "waits_since"], name="permit_by_lot"),
            models.Index(fields=["person", "-id"], name="permit_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["plate"],
                condition=Q(state__in=["pending", "waiting", "open"]),
                name="permit_one_a_plate",
            ),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="permit_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(plate="") | Q(state__in=["ended", "refused"]), name="permit_has_plate"
            ),
        ]

    def __str__(self) -> str:
        return mask_plate(self.plate)

    @property
    def masked(self) -> str:
        """The plate as strangers may see it."""
        return mask_plate(self.plate)

    def holds_on(self, day: date) -> bool:
        """Whether the plate may park on that day."""
        return self.state == PermitState.OPEN and self.from_on <= day <= self.until_on


class RotationState(models.TextChoices):
    """Where a rotation stands."""

    OPEN = "open", _("报名中")
    DRAWN = "drawn", _("已公布")
    CANCELLED = "cancelled", _("已取消")


class Rotation(models.Model):
    """Places of a lot that are given for a period by a draw which anybody can recompute (:mod:`..drawing`).

    ``promise`` is published at the start: the SHA-256 of the secret. With the draw the secret is published too, beside a
    public number (``beacon``) that nobody could know when the rotation was opened.
    """

    name = models.TextField(_("名称"))
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="rotations", verbose_name=_("停车场"))
    places = models.PositiveIntegerField(_("车位数"))
    from_on = models.DateField(_("起始日期"))
    until_on = models.DateField(_("截止日期"))
    enter_until = models.DateTimeField(_("报名截止"))
    state = models.TextField(_("状态"), choices=RotationState, default=RotationState.OPEN)
    promise = models.TextField(_("种子承诺"), editable=False)
    secret = models.TextField(_("种子"), editable=False)
    beacon = models.TextField(_("公开数"), blank=True)
    entries_digest = models.TextField(_("名单摘要"), blank=True, editable=False)
    drawn_at = models.DateTimeField(_("抽签时间"), null=True, blank=True)
    drawn_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("抽签人")
    )

    class Meta:
        verbose_name = _("车位轮换")
        verbose_name_plural = pgettext_lazy("plural", "车位轮换")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(places__gt=0), name="rotation_has_places"),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="rotation_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(state="drawn") | (Q(drawn_at__isnull=False) & ~Q(beacon="")),
                name="rotation_drawn_with_a_beacon",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EntryState(models.TextChoices):
    """What became of an entry."""

    ENTERED = "entered", _("已报名")
    WON = "won", _("已获车位")
    WAITING = "waiting", _("候补")
    WITHDRAWN = "withdrawn", _("已退出")


class RotationEntry(models.Model):
    """Somebody's wish in a rotation: one a person, with one plate. ``lost_before`` are draws in a row without a place."""

    rotation = models.ForeignKey(
        Rotation, models.PROTECT, related_name="entries", verbose_name=_("轮换"), db_index=False
    )
    number = models.PositiveIntegerField(_("报名号"))
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="rotation_entries", verbose_name=_("人员")
    )
    plate = models.TextField(_("车牌号"))
    lost_before = models.PositiveIntegerField(_("连续未中次数"), default=0)
    held_last = models.BooleanField(_("上一期有车位"), default=False)
    state = models.TextField(_("结果"), choices=EntryState, default=EntryState.ENTERED)
    rank = models.PositiveIntegerField(_("名次"), null=True, blank=True)
    entered_at = models.DateTimeField(_("报名时间"), default=timezone.now)

    class Meta:
        verbose_name = _("轮换报名")
        verbose_name_plural = pgettext_lazy("plural", "轮换报名")
        ordering = ["rank", "number"]
        constraints = [
            models.UniqueConstraint(fields=["rotation", "number"], name="entry_number_once"),
            models.UniqueConstraint(
                fields=["rotation", "person"], condition=~Q(state="withdrawn"), name="entry_one_a_person"
            ),
            models.UniqueConstraint(
                fields=["rotation", "plate"],
                condition=~Q(state="withdrawn") & ~Q(plate=""),
                name="entry_one_a_plate",
            ),
            models.UniqueConstraint(fields=["rotation", "rank"], name="entry_rank_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {mask_plate(self.plate)}"

    @property
    def masked(self) -> str:
        """The plate as strangers may see it."""
        return mask_plate(self.plate)


class Reservation(models.Model):
    """Spaces of a lot promised for a period, to a plate or to whoever comes for ``source``.

    The database refuses what would promise more than ``Lot.reservable`` for any moment (``lot_reserved_out``).
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="reservations", verbose_name=_("停车场"))
    plate = models.TextField(_("车牌号"), blank=True)
    spaces = models.PositiveIntegerField(_("车位数"), default=1)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    source = models.TextField(_("来源"))
    note = models.TextField(_("用途"), blank=True, default="", db_default="")
    released_at = models.DateTimeField(_("释放时间"), null=True, blank=True)
    made_at = models.DateTimeField(_("预留时间"), default=timezone.now)

    class Meta:
        verbose_name = _("车位预留")
        verbose_name_plural = pgettext_lazy("plural", "车位预留")
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(
                fields=["lot", "ends_at"], condition=Q(released_at__isnull=True), name="reserved_by_lot"
            ),
            models.Index(fields=["source"], name="reserved_by_source"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="reserved_ends_after_start"),
            models.CheckConstraint(condition=Q(spaces__gt=0), name="reserved_something"),
            models.CheckConstraint(condition=Q(plate="") | Q(spaces=1), name="reserved_one_space_a_plate"),
            models.UniqueConstraint(
                fields=["source", "plate"],
                condition=Q(released_at__isnull=True),
                name="reserved_once_a_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.source}"


class Partner(models.Model):
    """Another compound whose permits are good here, while it is on the list. ``public_key``: Ed25519, base64."""

    code = models.TextField(_("编码"), unique=True)
    name = models.TextField(_("名称"))
    public_key = models.TextField(_("公钥（Ed25519，base64）"))
    since = models.DateTimeField(_("加入时间"), default=timezone.now)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("伙伴院区")
        verbose_name_plural = pgettext_lazy("plural", "伙伴院区")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(code="") & ~Q(public_key=""), name="partner_has_code_and_key")
        ]

    def __str__(self) -> str:
        return self.name


class PartnerPermit(models.Model):
    """A permit that a partner signed, as it was shown to us. ``serial`` is the partner's own number."""

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="permits", verbose_name=_("伙伴院区"), db_index=False
    )
    serial = models.TextField(_("编号"))
    plate = models.TextField(_("车牌号"), blank=True)
    from_on = models.DateField(_("起始日期"), null=True, blank=True)
    until_on = models.DateField(_("截止日期"), null=True, blank=True)
    taken_at = models.DateTimeField(_("收到时间"), default=timezone.now)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("伙伴院区通行证")
        verbose_name_plural = pgettext_lazy("plural", "伙伴院区通行证")
        ordering = ["-id"]
        indexes = [models.Index(fields=["plate"], name="partner_permit_by_plate")]
        constraints = [
            models.UniqueConstraint(fields=["partner", "serial"], name="partner_permit_once"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=False)
                | (~Q(plate="") & Q(from_on__isnull=False) & Q(until_on__gte=F("from_on"))),
                name="partner_permit_whole_or_revoked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id}/{self.serial}"
