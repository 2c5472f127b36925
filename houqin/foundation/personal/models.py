"""Which keys were used here, and which values are here that may be here once."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class KeyUse(models.TextChoices):
    """What a key is for."""

    DATA = "data", _("加密")
    LOOKUP = "lookup", _("检索")


class KnownKey(models.Model):
    """A key that values here were written with, and a check by which another key of the same id is recognised.

    The check is a keyed hash of a constant: it tells nothing of the key.
    """

    use = models.TextField(_("用途"), choices=KeyUse)
    key = models.TextField(_("密钥编号"))
    check_value = models.TextField(_("校验值"))
    first_used_at = models.DateTimeField(_("启用时间"), default=timezone.now)

    class Meta:
        verbose_name = _("密钥")
        verbose_name_plural = pgettext_lazy("plural", "密钥")
        ordering = ["use", "first_used_at"]
        constraints = [models.UniqueConstraint(fields=["use", "key"], name="known_key_once")]

    def __str__(self) -> str:
        return f"{self.use} {self.key}"


class Once(models.Model):
    """The keyed hash of a value that its column holds once. Triggers of the column keep it (:mod:`.once`); nothing else writes here.

    While lookup keys are changed, a value has one under each: a number under the old key and the same under the new one share a hash.
    """

    hash = models.BinaryField(_("检索值"), primary_key=True)

    class Meta:
        verbose_name = _("唯一号码")
        verbose_name_plural = pgettext_lazy("plural", "唯一号码")

    def __str__(self) -> str:
        return bytes(self.hash).hex()
