"""What a scanned code offers: to the worker whose job it is, "I have arrived"; to everybody, reporting a fault."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from houqin.foundation.people.models import Person
from houqin.foundation.places.codes import SCANS, ScanOffer
from houqin.foundation.places.models import Place
from houqin.services.repairs import queries
from houqin.services.repairs.actions.orders import ITEM

#: Known faults that are offered to follow before a new report.
MOST_KNOWN = 3


def scan(code: str, request: HttpRequest) -> Iterator[ScanOffer]:
    """Offers for the code of a place, or of a device of ours."""
    device = queries.scanned_device(code)
    place = device.place if device else Place.objects.filter(qr=code).first()
    if place is None:
        return
    about = f"{device.name} · {place}" if device else ""
    yield from _arrive(request, place, about)
    for known in queries.known_faults(place)[:MOST_KNOWN]:
        yield ScanOffer(
            _("此处已有人报修：%(title)s，点此一起关注") % {"title": known.title},
            f"/repairs/known/{known.case_number}" if request.user.is_authenticated else known.report_url,
            about=about,
            position=20,
        )
    preset = {"place": place.code} | ({"device": device.code} if device else {})
    address = f"/services/{ITEM}?{urlencode(preset)}"
    yield ScanOffer(_("报修"), address, hint=_("地点已填好，选故障、拍照即可"), about=about, position=30)


def _arrive(request: HttpRequest, place: Place, about: str) -> Iterator[ScanOffer]:
    if not isinstance(request.user, Person):
        return
    task = queries.open_task_at(request.user, place)
    if task:
        address = f"/repairs/arrive/{task.pk}?{urlencode({'code': place.qr})}"
        yield ScanOffer(_("我已到场"), address, hint=task.case.title, about=about, position=10)


SCANS.add("repairs", scan)
