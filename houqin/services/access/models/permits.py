"""Who may enter what, when."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.affairs.models import Case
from houqin.foundation.people.models import Person


class PermitState(models.TextChoices):
    """Where a permit is. Nobody enters by one that is not active."""

    ASKED = "asked", _("审批中")
    ACTIVE = "active", _("有效")
    REFUSED = "refused", _("未批准")
    ENDED = "ended", _("已收回")


class Permit(models.Model):
    """Somebody may enter areas in a period, within weekly hours.

    ``holder`` is ``person:12``, ``visitor:55`` or ``organisation:7`` (all who work there or below). ``source`` is the
    record it was made for (``meetings.meeting:123``); all of a source moves and ends together. ``hours`` as in
    :mod:`houqin.services.access.hours`, none: always. ``version`` grows with every change (second migration), so that controllers
    fetch only what is new. A permit is never deleted.
    """

    holder = models.TextField(_("持有人"))
    name = models.TextField(_("姓名"))
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="permits", verbose_name=_("人员")
    )
    areas = ArrayField(models.BigIntegerField(), verbose_name=_("区域"))
    hours = models.JSONField(_("通行时段"), null=True, blank=True)
    from_at = models.DateTimeField(_("生效时间"))
    until_at = models.DateTimeField(_("到期时间"), null=True, blank=True, help_text=_("留空为长期"))
    source = models.TextField(_("来源"))
    reason = models.TextField(_("事由"), blank=True)
    state = models.TextField(_("状态"), choices=PermitState, default=PermitState.ACTIVE)
    case = models.OneToOneField(
        Case, models.PROTECT, null=True, blank=True, related_name="permit", verbose_name=_("办件")
    )
    version = models.BigIntegerField(default=0, editable=False, db_index=True)
    created_at = models.DateTimeField(_("登记时间"), default=timezone.now)
    ended_at = models.DateTimeField(_("收回时间"), null=True, blank=True)
    ended_reason = models.TextField(_("收回原因"), blank=True)
    reviewed_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("复核人")
    )

    class Meta:
        verbose_name = _("通行权限")
        verbose_name_plural = pgettext_lazy("plural", "通行权限")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["holder"], name="permit_by_holder", condition=Q(state="active")),
            models.Index(fields=["until_at"], name="permit_by_end", condition=Q(state="active")),
            models.Index(fields=["source"], name="permit_by_source"),
            GinIndex(fields=["areas"], name="permit_by_area", condition=Q(state="active")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gt=F("from_at")),
                name="door_permit_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(areas__len__gt=0), name="permit_has_area"),
            models.CheckConstraint(
                condition=Q(holder__regex=r"^(person|visitor|organisation):[0-9]{1,18}$"),
                name="permit_holder_form",
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(source=""), name="permit_says_whose"),
            models.CheckConstraint(condition=Q(state__in=PermitState.values), name="permit_state_known"),
            models.CheckConstraint(
                condition=(Q(state="ended") & Q(ended_at__isnull=False))
                | (~Q(state="ended") & Q(ended_at__isnull=True)),
                name="permit_ended_has_time",
            ),
            models.UniqueConstraint(
                fields=["source", "holder"],
                condition=Q(state__in=["asked", "active"]),
                name="permit_once_a_source",
            ),
        ]

    def __str__(self) -> str:
        return self.name if self.person_id else self.holder
