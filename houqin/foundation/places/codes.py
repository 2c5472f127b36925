"""QR codes: a plain address under the installation's own, so that any scanner opens the right thing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import segno
from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe

from houqin.foundation.registry import Registry


@dataclass(frozen=True)
class ScanOffer:
    """One thing that whoever scanned a code can do now: a button, what it leads to, and a hint below it.

    ``about`` names what the code hangs on, for codes that are not places'. The page is left out, and the address
    opened straight, when there is one offer alone that is not ``aside``.
    """

    title: str | Promise
    url: str
    hint: str | Promise = ""
    about: str = ""
    position: int = 100
    aside: bool = False


#: A service answers what it offers for a code to whoever asks; nothing for codes it does not know.
Scan = Callable[[str, HttpRequest], Iterable[ScanOffer]]

#: Announced in each service's ``scans.py``: ``SCANS.add("repairs", scan)``.
SCANS: Registry[Scan] = Registry("scan")


def offers_for(code: str, request: HttpRequest) -> list[ScanOffer]:
    """What all services together offer for ``code``, the most important first."""
    offers = [offer for scan in SCANS for offer in scan(code, request)]
    return sorted(offers, key=lambda offer: offer.position)


def address_of(code: str) -> str:
    """The address that the printed code holds."""
    return f"{settings.BASE_URL.rstrip('/')}/q/{code}"


def svg(code: str) -> SafeString:
    """The code of :func:`address_of` as a drawing for a page."""
    return drawing(address_of(code))


def drawing(address: str) -> SafeString:
    """Any address of ours as a QR code for a page: no inline style, scales to its box.

    Error correction M: a label may be scratched by 15 %.
    """
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=False,
        nl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
        border=2,
        dark="#000",
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 - drawn by segno from our own address
