"""The integrity file (廉政档案) of a post of integrity risk."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RecordKind(models.TextChoices):
    """What was done: a declaration signed, a matter reported, a talk held, the post reviewed."""

    DECLARATION = "declaration", _("廉政承诺")
    REPORT = "report", _("报告事项")
    TALK = "talk", _("谈话提醒")
    REVIEW = "review", _("定期审查")


class IntegrityRecord(models.Model):
    """One entry of the file; entries are added, never changed or removed (the database refuses it).

    ``review_on`` is when the post is to be looked at next, as far as this entry says.
    """

    appointment = models.ForeignKey(
        "people.Appointment",
        models.PROTECT,
        related_name="integrity_records",
        verbose_name=_("任职"),
        db_index=False,
    )
    kind = models.TextField(_("类别"), choices=RecordKind)
    on = models.DateField(_("日期"), default=timezone.localdate)
    note = models.TextField(_("说明"), blank=True)
    review_on = models.DateField(_("下次审查"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        "people.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("登记人")
    )
    at = models.DateTimeField(_("登记时间"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("廉政档案")
        verbose_name_plural = pgettext_lazy("plural", "廉政档案")
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["appointment", "-on", "-id"], name="integrity_by_appointment")]
        constraints = [
            models.CheckConstraint(
                condition=Q(review_on__isnull=True) | Q(review_on__gt=F("on")), name="integrity_review_later"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"
