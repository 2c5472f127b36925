"""Papers as PDF, by the interface: the same scope and trail as on the pages."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Router

from houqin.exchange.api.frame import person_of, within_scope
from houqin.exchange.api.problems import CONFLICTS
from houqin.exchange.papers import actions
from houqin.exchange.papers.declare import PAPERS

router = Router()
_FILE = {
    "200": {
        "description": "PDF/A",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def _call(kind: str) -> Callable[[HttpRequest, str], HttpResponse]:
    def paper(request: HttpRequest, key: str) -> HttpResponse:
        actor = person_of(request)
        found = actions.find(actor, kind=kind, key=key)
        within_scope(request, str(getattr(found.record, "service", "") or kind.partition(".")[0]))
        taken = actions.take(actor, kind=kind, paper=found)
        answer = HttpResponse(taken.content, content_type="application/pdf")
        answer["Cache-Control"] = "no-store, private"
        return answer

    return paper


for _kind in PAPERS.codes():
    router.get(
        f"/{_kind}/{{key}}.pdf",
        response={code: shape for code, shape in CONFLICTS.items() if code != 400},
        url_name=_kind,
        operation_id=f"paper_{_kind.replace('.', '_')}",
        summary=_n("单据（PDF）"),
        description=_n("每次下载记入操作留痕；号码一律隐去中间几位。"),
        openapi_extra={"responses": _FILE},
    )(_call(_kind))
