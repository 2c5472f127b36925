"""One's own second factor: set up, used, and its recovery codes."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotPermitted, Problem
from houqin.foundation.people import second_factor, sign_in
from houqin.foundation.people.actions import writing
from houqin.foundation.people.models import Person, SecondFactor
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.address import present_address


def prove(actor: Person, *, code: str) -> str:
    """Take a code of the app (``totp``) or a recovery code (``recovery``). Counted like a password; raises ``Problem``."""
    name = sign_in.normal(actor.username or "")
    attempt = sign_in.count_attempt(name, present_address.get())
    taken = second_factor.take(actor, code)
    if not taken:
        sign_in.failed(name, attempt, "second_factor")
        message = _("动态口令不正确、已过期或已经用过。请等应用显示下一个口令后再输入；也可以输入恢复码。")
        raise Problem(errors={"code": [message]})
    attempt.delete()
    if taken == "recovery":
        trail.record(actor, "people.use_recovery_code", actor)
    return taken


@transaction.atomic
def set_up_factor(actor: Person, *, secret: str, code: str) -> list[str]:
    """Begin with an app that has ``secret``, as ``code`` shows; answers the recovery codes, which are shown this once."""
    writing.locked(Person, actor.pk)
    if second_factor.has(actor):
        raise NotPermitted(_("您已经设置了动态口令。换手机请先停用，或请安全管理员重设。"))
    codes = second_factor.enrol(actor, secret, code)
    if codes is None:
        raise Problem(
            errors={"code": [_("口令与二维码不符。请核对手机时间是否准确，再输入应用当前显示的 6 位数字。")]}
        )
    trail.record(actor, "people.set_up_second_factor", actor)
    return codes


def renew_recovery_codes(actor: Person, *, code: str) -> list[str]:
    """Ten new recovery codes for a code of the app; the old ones are good no longer."""
    prove(actor, code=code)
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().get(person=actor)
        codes = second_factor.renew_recovery_codes(factor)
        trail.record(actor, "people.renew_recovery_codes", actor)
    return codes


def drop_factor(actor: Person, *, code: str) -> None:
    """Do without, or change to another phone, for a code. Whose role asks for one sets up the next at once."""
    prove(actor, code=code)
    with transaction.atomic():
        second_factor.forget(actor)
        trail.record(actor, "people.drop_second_factor", actor)
