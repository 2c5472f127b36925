"""What the mailbox adds to the HTTP API, under ``/api/v1/mailbox/``. Writing and answering go by ``/items`` and ``/cases``."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _n
from ninja import Router, Schema

from houqin.exchange.api.frame import person_of, within_scope
from houqin.exchange.api.problems import PROBLEMS
from houqin.foundation.errors import NotPermitted
from houqin.foundation.people import scope
from houqin.services.mailbox import queries
from houqin.services.mailbox.queries.digest import digest_of
from houqin.services.mailbox.queries.letters import Filters

router = Router()


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


@router.get("/categories", response={200: CategoryList, **PROBLEMS}, summary=_n("来信类别"))
def categories(request: HttpRequest) -> dict[str, Any]:
    within_scope(request, "mailbox")
    return {"items": [{"code": code, "name": str(name)} for code, name in queries.category_names().items()]}


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
