"""Somebody without an account proves that a phone is theirs: a code is sent to it, and who knows the code is known for two hours.

Nothing of it is stored. What the browser or the calling program keeps in between is encrypted by the platform and tells nobody anything.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.limits.actions import spend
from houqin.foundation.sealed.envelope import keyed, seal, unseal
from houqin.services.visitors import codes, texting

#: How long a phone counts as proved.
PROVED = timedelta(hours=2)
#: Codes for one phone, from one address; tries at one code; requests of one phone.
_PER_PHONE, _PER_ADDRESS, _TRIES, _REQUESTS = 3, 20, 5, 6
_TEN_MINUTES, _HOUR = 600, 3600
#: For what the two are sealed, so that neither passes for the other.
_ASKED, _KNOWN = "visitors_asks", "visitors_known"


@dataclass(frozen=True)
class Asked:
    """A code that was sent: ``nonce`` makes it good for whoever asked alone."""

    phone: str
    nonce: str

    @property
    def shown(self) -> str:
        """The code itself, where there are no phones: in the demo."""
        return codes.code_of(self.phone, self.nonce) if texting.shows_code() else ""

    @property
    def challenge(self) -> str:
        """What is given back with the code."""
        return _sealed([self.phone, self.nonce], _ASKED)


def send_code(phone: str, *, address: str) -> Asked:
    """Send a code to a phone. Raises TooMany, and Problem where nothing can be sent."""
    spend(f"visitors:code:{address}", limit=_PER_ADDRESS, per_seconds=_HOUR)
    spend(f"visitors:code:{keyed(phone, 'visitors.code')}", limit=_PER_PHONE, per_seconds=_TEN_MINUTES)
    if not (texting.can_text() or texting.shows_code()):
        raise Problem(_("本院区没有开通短信验证，请联系接待人，由其邀请您。"))
    made = Asked(phone, secrets.token_urlsafe(12))
    if texting.can_text():
        texting.send_code(phone, codes.code_of(phone, made.nonce))
    return made


def asked(challenge: str) -> Asked | None:
    """What a challenge stands for; none for one that is not ours."""
    told = _opened(challenge, _ASKED)
    return Asked(str(told[0]), str(told[1])) if told else None


def prove(challenge: str, code: str) -> tuple[str, datetime]:
    """By the right code the phone is theirs: the proof, and until when it is good. Raises TooMany, Problem."""
    found = asked(challenge)
    if found is None:
        raise Problem(_("验证码已失效，请重新获取。"))
    spend(f"visitors:try:{found.nonce}", limit=_TRIES, per_seconds=_TEN_MINUTES)
    if not codes.is_good(found.phone, found.nonce, code):
        raise Problem(errors={"code": [_("验证码不对或已过期，请核对后再填。")]})
    until = timezone.now() + PROVED
    return _sealed([found.phone, int(until.timestamp())], _KNOWN), until


def phone_of(proof: str) -> str:
    """The phone that was proved; empty for none, or too long ago."""
    told = _opened(proof, _KNOWN)
    if not told or datetime.fromtimestamp(int(told[1]), UTC) < timezone.now():
        return ""
    return str(told[0])


def count_request(phone: str, *, address: str) -> None:
    """One more request of this phone. Raises TooMany."""
    spend(f"visitors:request:{address}", limit=_PER_ADDRESS, per_seconds=_HOUR)
    spend(f"visitors:request:{keyed(phone, 'visitors.request')}", limit=_REQUESTS, per_seconds=_HOUR)


def _sealed(told: list[str | int], purpose: str) -> str:
    return seal(json.dumps(told), purpose).hex()


def _opened(text: str, purpose: str) -> list[str | int]:
    try:
        told: list[str | int] = json.loads(unseal(bytes.fromhex(text), purpose))
    except (Problem, ValueError):  # not ours, or its key is gone: the phone is proved anew
        return []
    return told
