"""What the mailbox adds to the HTTP API, under ``/api/v1/mailbox/``. Writing and answering go by ``/items`` and ``/cases``."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Router, Schema

from houqin.affairs.forms import check
from houqin.exchange.api.frame import json_response, person_of, within_scope
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.foundation.errors import NotPermitted
from houqin.foundation.limits.actions import spend
from houqin.foundation.people import scope
from houqin.services.mailbox import queries
from houqin.services.mailbox.actions.receipts import write_anonymously
from houqin.services.mailbox.forms import AnonymousForm
from houqin.services.mailbox.queries.digest import digest_of
from houqin.services.mailbox.queries.letters import Filters

router = Router()
#: Letters of people without a name that one account may bring in an hour.
_LETTERS = 600


class CategoryOut(Schema):
    code: str
    name: str


class CategoryList(Schema):
    items: list[CategoryOut]
    next: str | None = None


class LineOut(Schema):
    code: str
    name: str
    letters: int
    answered: int
    in_time: int
    stars: float | None


class DigestOut(Schema):
    since: str
    until: str
    letters: int
    answered: int
    in_time: int
    published: int
    stars: float | None
    categories: list[LineOut]
    sections: list[LineOut]


class LetterIn(Schema):
    words: str
    place: str = ""
    may_publish: bool = False
    name: str = ""


class LetterOut(Schema):
    number: str
    receipt: str


@router.get("/categories", response={200: CategoryList, **PROBLEMS}, summary=_n("来信类别"))
def categories(request: HttpRequest) -> dict[str, Any]:
    within_scope(request, "mailbox")
    return {"items": [{"code": code, "name": str(name)} for code, name in queries.category_names().items()]}


@router.post(
    "/letters",
    response={201: LetterOut, **CONFLICTS},
    summary=_n("替不留姓名的人转来一封信，答复凭回执码查看"),
)
def write(request: HttpRequest, letter: LetterIn) -> HttpResponse:
    """Whoever brings it is kept nowhere beside it. ``Idempotency-Key`` refuses the same letter twice, for as long as it is
    kept; the answer with the receipt code is kept nowhere, so it comes once.
    """
    within_scope(request, "mailbox")
    spend(f"mailbox:api:{person_of(request).pk}", limit=_LETTERS, per_seconds=3600)
    form = AnonymousForm(letter.dict())
    check(form)
    place = form.cleaned_data["place"]
    case, receipt = write_anonymously(
        words=form.cleaned_data["words"],
        place=place.code if place else "",
        may_publish=form.cleaned_data["may_publish"],
        name=form.cleaned_data["name"],
        ticket=request.headers.get("Idempotency-Key", "")[:80],
        channel="api",
    )
    return json_response({"number": case.number, "receipt": receipt}, 201)


@router.get("/digest", response={200: DigestOut, **PROBLEMS}, summary=_n("信箱统计（本人范围内）"))
def digest(request: HttpRequest, since: str = "", until: str = "") -> dict[str, Any]:
    within_scope(request, "mailbox")
    person = person_of(request)
    if not scope.holds(person, "mailbox.digest"):
        raise NotPermitted
    filters = Filters.of({"since": since, "until": until})
    found = digest_of(person, filters.since, filters.until)
    return {
        "since": filters.since.isoformat(),
        "until": filters.until.isoformat(),
        "letters": found.total.letters,
        "answered": found.total.answered,
        "in_time": found.total.in_time,
        "published": found.published,
        "stars": found.total.stars,
        "categories": [vars(line) for line in found.categories],
        "sections": [vars(line) for line in found.sections],
    }
