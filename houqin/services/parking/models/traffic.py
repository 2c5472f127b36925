"""What drove in and out: events of cameras, and the stays they make."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.standards import mask_plate
from houqin.services.parking.models.lots import Camera, Lot
from houqin.services.parking.models.permits import PlatePermit, Reservation


class Direction(models.TextChoices):
    """Which way a vehicle went."""

    IN = "in", _("进场")
    OUT = "out", _("离场")


class Standing(models.TextChoices):
    """By what right a vehicle is here."""

    PERMIT = "permit", _("通行证")
    ELSEWHERE = "elsewhere", _("通行证（其他停车场）")
    RESERVATION = "reservation", _("预留")
    PARTNER = "partner", _("伙伴院区通行证")
    STRANGER = "stranger", _("陌生车辆")


class Corrected(models.TextChoices):
    """Why a plate is not as the camera read it."""

    NO = "", _("未更正")
    PERMIT = "permit", _("与通行证只差一个字符")
    RESERVATION = "reservation", _("与预留车牌只差一个字符")
    STAY = "stay", _("与场内车辆只差一个字符")
    PERSON = "person", _("人工更正")


class Stay(models.Model):
    """A vehicle in a lot, from its way in to its way out. A plate is in one lot at a time.

    ``missed`` says that it was never seen leaving: it came in again, or a keeper sent it off the list.
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="stays", verbose_name=_("停车场"))
    plate = models.TextField(_("车牌号"))
    standing = models.TextField(_("身份"), choices=Standing)
    permit = models.ForeignKey(
        PlatePermit, models.PROTECT, null=True, blank=True, related_name="stays", verbose_name=_("通行证")
    )
    reservation = models.ForeignKey(
        Reservation, models.PROTECT, null=True, blank=True, related_name="stays", verbose_name=_("预留")
    )
    in_at = models.DateTimeField(_("进场时间"))
    out_at = models.DateTimeField(_("离场时间"), null=True, blank=True)
    missed = models.BooleanField(_("未识别到离场"), default=False)

    class Meta:
        verbose_name = _("停放记录")
        verbose_name_plural = pgettext_lazy("plural", "停放记录")
        ordering = ["-in_at", "-id"]
        indexes = [
            models.Index(fields=["lot", "in_at"], condition=Q(out_at__isnull=True), name="stay_open_by_lot"),
            models.Index(fields=["plate", "-in_at"], name="stay_by_plate"),
            models.Index(
                fields=["reservation"], condition=Q(out_at__isnull=True), name="stay_by_reservation"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["plate"], condition=Q(out_at__isnull=True), name="stay_one_a_plate"
            ),
            models.CheckConstraint(
                condition=Q(out_at__isnull=True) | Q(out_at__gte=F("in_at")), name="stay_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return mask_plate(self.plate)

    @property
    def masked(self) -> str:
        """The plate as strangers may see it."""
        return mask_plate(self.plate)


class Passage(models.Model):
    """An event of a camera. Once written it is counted, and cannot be taken back: only the plate may be put right.

    ``read`` is what the camera read, ``plate`` what was made of it (empty where nothing could be read).
    """

    camera = models.ForeignKey(
        Camera, models.PROTECT, related_name="passages", verbose_name=_("相机"), db_index=False
    )
    sequence = models.BigIntegerField(_("序号"))
    lot = models.ForeignKey(
        Lot, models.PROTECT, related_name="passages", verbose_name=_("停车场"), db_index=False
    )
    direction = models.TextField(_("方向"), choices=Direction)
    at = models.DateTimeField(_("时间"))
    read = models.TextField(_("识别结果"), blank=True)
    plate = models.TextField(_("车牌号"), blank=True)
    confidence = models.FloatField(_("置信度"), null=True, blank=True)
    corrected = models.TextField(_("更正原因"), choices=Corrected, blank=True, default=Corrected.NO)
    corrected_note = models.TextField(_("更正说明"), blank=True)
    standing = models.TextField(_("身份"), choices=Standing, default=Standing.STRANGER)
    picture = models.UUIDField(_("照片"), null=True, blank=True)
    stay = models.ForeignKey(
        Stay, models.PROTECT, null=True, blank=True, related_name="passages", verbose_name=_("停放记录")
    )
    taken_at = models.DateTimeField(_("收到时间"), default=timezone.now)

    class Meta:
        verbose_name = _("车辆通行")
        verbose_name_plural = pgettext_lazy("plural", "车辆通行")
        ordering = ["-id"]
        indexes = [models.Index(fields=["lot", "at"], name="passage_by_lot")]
        constraints = [
            models.UniqueConstraint(fields=["camera", "sequence"], name="passage_once"),
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__range=(0, 1)),
                name="passage_confidence_share",
            ),
            models.CheckConstraint(
                condition=Q(corrected="") | ~Q(plate=F("read")), name="passage_corrected_differs"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id}/{self.sequence}"

    @property
    def masked(self) -> str:
        """The plate as strangers may see it."""
        return mask_plate(self.plate)
