"""How often something was done in a window of time, counted in PostgreSQL for all web processes."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Counter(models.Model):
    """One key in one fixed window; ``window`` is the moment the window opened."""

    pk = models.CompositePrimaryKey("key", "window")
    key = models.TextField(_("对象"))
    window = models.DateTimeField(_("时间窗"))
    ends_at = models.DateTimeField(_("截止"), db_index=True)
    count = models.PositiveIntegerField(_("次数"), default=0)

    class Meta:
        verbose_name = _("频次")
        verbose_name_plural = pgettext_lazy("plural", "频次")

    def __str__(self) -> str:
        return f"{self.key} {self.window:%Y-%m-%d %H:%M} {self.count}"
