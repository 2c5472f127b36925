"""What a scanned code offers: to rate the place on the spot."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext as _

from houqin.foundation.places.codes import SCANS, ScanOffer
from houqin.foundation.places.models import Place


def scan(code: str, request: HttpRequest) -> Iterator[ScanOffer]:
    """For every place in use."""
    if Place.objects.filter(qr=code, ended_on__isnull=True).exists():
        yield ScanOffer(
            _("评价此处"), f"/mailbox/spot/{code}", hint=_("点星、选标签，三步评完，不用登录"), position=40
        )


SCANS.add("mailbox", scan)
