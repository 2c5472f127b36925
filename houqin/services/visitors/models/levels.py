"""Ranks of office (职级), as far as the right to receive goes by them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Level(models.Model):
    """A rank of office: who has it is told by the words of their post (``Person.post``). The lower ``position``, the higher.

    《公务员职务与职级并行规定》: leading posts and ranks lie side by side; which of them a compound takes for one level is its own to say.
    """

    name = models.TextField(_("名称"), unique=True)
    position = models.PositiveSmallIntegerField(
        _("次序"), unique=True, error_messages={"unique": _("这个次序已被使用，请换一个数。")}
    )
    words = ArrayField(models.TextField(), verbose_name=_("职务、职级"), default=list, blank=True)

    class Meta:
        verbose_name = _("职级")
        verbose_name_plural = pgettext_lazy("plural", "职级")
        ordering = ["position"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="level_has_name")]

    def __str__(self) -> str:
        return self.name
