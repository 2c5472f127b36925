"""Codes of an authenticator app: TOTP by RFC 6238 (HMAC-SHA-1, six digits, thirty seconds), and recovery codes.

A code is taken from the present step, the one before and the one after, and a step once: whoever looks over a shoulder
has nothing. Attempts are counted at the door, with the password's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
import time
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import quote, urlencode

import segno
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe

from houqin.foundation.people.models import Appointment, Person, RecoveryCode, SecondFactor

STEP_S, DIGITS, SECRET_BYTES = 30, 6, 20
DRIFT = 1
RECOVERY_CODES = 10
#: Without letters and digits that are read for each other.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def is_required(person: Person) -> bool:
    """Whether some present appointment asks for it."""
    return Appointment.objects.current().filter(person=person, role__second_factor=True).exists()


def has(person: Person) -> bool:
    """Whether the person has one."""
    return SecondFactor.objects.filter(person=person).exists()


def new_secret() -> str:
    """A secret as apps take it, in base 32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def code_at(secret: str, step: int) -> str:
    """The code of a time step (RFC 4226, 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, code: str, *, after: int = 0) -> int | None:
    """The step whose code that is, near the present one and later than ``after``; None when there is none."""
    typed = "".join(code.split())
    now = int(time.time()) // STEP_S
    fitting = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if step > after and hmac.compare_digest(code_at(secret, step).encode(), typed.encode())
    ]
    return fitting[0] if fitting else None


def enrol(person: Person, secret: str, code: str) -> list[str] | None:
    """Keep ``secret`` once ``code`` shows that the app has it; answers the recovery codes, or None for a wrong code."""
    step = step_of(secret, code)
    if step is None:
        return None
    with transaction.atomic():
        SecondFactor.objects.filter(person=person).delete()
        factor = SecondFactor.objects.create(person=person, secret=secret, last_step=step)
        return renew_recovery_codes(factor)


def renew_recovery_codes(factor: SecondFactor) -> list[str]:
    """Ten new codes in place of those there were; they are shown now and never again."""
    codes = list(_codes())
    factor.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=_digest(code)) for code in codes)
    return codes


def take(person: Person, code: str) -> str:
    """Try a code of the app or a recovery code: ``totp``, ``recovery`` or empty. What was taken is not taken again."""
    factor = SecondFactor.objects.filter(person=person).first()
    if factor is None:
        return ""
    step = step_of(factor.secret.clear, code, after=factor.last_step)
    if step is not None:
        taken = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step)
        return "totp" if taken else ""
    unused = RecoveryCode.objects.filter(factor=factor, digest=_digest(code), used_at__isnull=True)
    return "recovery" if unused.update(used_at=timezone.now()) else ""


def forget(person: Person) -> bool:
    """Take somebody's second factor away; whether there was one."""
    return bool(SecondFactor.objects.filter(person=person).delete()[0])


def address_for_app(secret: str, account: str, issuer: str) -> str:
    """What the QR code says (the de-facto ``otpauth`` format of authenticator apps)."""
    label = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"


def drawn(text: str) -> SafeString:
    """``text`` as a QR code for a page: no inline style, scales to its box."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, nl=False, svgclass=None, lineclass=None, omitsize=True, border=2,
        dark="#000", light="#fff",
    )  # fmt: skip
    return mark_safe(out.getvalue().decode())  # noqa: S308 - drawn by segno from our own text


def _codes() -> Iterator[str]:
    for _number in range(RECOVERY_CODES):
        letters = "".join(secrets.choice(_LETTERS) for _each in range(10))
        yield f"{letters[:5]}-{letters[5:]}"


def _digest(code: str) -> str:
    plain = "".join(each for each in code.lower() if each.isalnum())
    return salted_hmac("houqin.recovery", plain, algorithm="sha256").hexdigest()
