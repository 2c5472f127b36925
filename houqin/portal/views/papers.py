"""Papers as PDF: one view for all of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from houqin.exchange.papers import actions
from houqin.exchange.papers.declare import PAPERS, For
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Outsider
from houqin.portal.door import to_the_door, viewer_of


@require_safe
def paper(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The paper ``kind`` about ``key``, for who may see the page it belongs to."""
    viewer = viewer_of(request, key)
    open_to = PAPERS[kind].open_to
    if open_to is For.ANYBODY and viewer is None:
        viewer = Outsider("")
    if viewer is None or (open_to is For.PERSONS and not isinstance(viewer, Person)):
        return to_the_door(request)
    found = actions.find(viewer, kind=kind, key=key)
    return sent(actions.take(viewer, kind=kind, paper=found))


def sent(taken: actions.Taken) -> HttpResponse:
    """A paper to keep: no cache in between does."""
    answer = HttpResponse(taken.content, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(True, taken.name) or ""
    answer["Cache-Control"] = "no-store, private"
    return answer


def addresses() -> list[URLPattern]:
    """Each kind has its own address, ``/papers/KIND/KEY.pdf``, and is called by its code (``portal:repairs.order``)."""
    return [path(f"papers/{kind}/<str:key>.pdf", paper, {"kind": kind}, name=kind) for kind in PAPERS.codes()]
