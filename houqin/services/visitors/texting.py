"""Text messages to people who have no account: the pass, a change, the code that proves a phone."""

from __future__ import annotations

import json
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from houqin.foundation.channels.base import CHANNELS, Message, Result
from houqin.foundation.channels.clients.sms import LENGTH
from houqin.foundation.people.installation import is_demo
from houqin.foundation.sealed.envelope import seal, unseal
from houqin.services.visitors.models import Visit, VisitState

#: For what the number is sealed on its way to the job.
_CODE = "visitors.code"


class Unsent(Exception):
    """The gateway did not take the message now; the job tries again."""


def can_text() -> bool:
    """Whether text messages are set up."""
    return CHANNELS["sms"].configured()


def shows_code() -> bool:
    """Whether the code is shown on the page instead of being sent: in the demo, which has no phones."""
    return is_demo()


def send_code(phone: str, code: str) -> None:
    """Send a code by a job; the number is encrypted until then."""
    app.configure_task("visitors.text_code").defer(told=seal(json.dumps([phone, code]), _CODE).hex())


def text_code(told: str) -> None:
    """What the job does. Raises Unsent."""
    phone, code = json.loads(unseal(bytes.fromhex(told), _CODE))
    _send(phone, _("来访预约验证码 %(code)s，10 分钟内有效。") % {"code": code}, f"code:{told[:40]}")


def text_visit(visit: int, what: str) -> bool:
    """Tell a visitor by phone of the pass, a new time, or that it is off; whether it was sent. Raises Unsent."""
    found = Visit.objects.select_related("place").filter(pk=visit).first()
    if found is None or not found.phone or found.held:
        return False
    start = timezone.localtime(found.from_at)
    named = {"when": f"{start:%m-%d %H:%M}", "place": found.place}
    url = f"{settings.BASE_URL}/visitors/p/{found.key}"
    if what == "cancelled":
        words = _("您 %(when)s 到%(place)s的来访已取消。") % named
    elif found.state != VisitState.EXPECTED:
        return False
    else:
        long = _("来访改到 %(when)s，通行码") if what == "moved" else _("%(when)s 来访通行码")
        words = _with_link(long % named, url)
    _send(found.phone.clear, words, f"visit:{visit}:{what}:{found.from_at.isoformat()}")
    return True


def _with_link(words: str, url: str) -> str:
    """The words and the link in one message; fewer words rather than half a link."""
    whole = f"{words} {url}"
    return whole if len(whole) <= LENGTH else f"{_('通行码')} {url}"


def _send(phone: str, words: str, key: str) -> None:
    message = Message(
        key=uuid5(NAMESPACE_URL, f"houqin:{key}"),
        to=phone,
        title=words,
        body="",
        url="",
        when=f"{timezone.localtime():%m-%d %H:%M}",
    )
    if CHANNELS["sms"].send(message).result in (Result.LATER, Result.BLOCKED):
        raise Unsent
