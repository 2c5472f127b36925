"""The keepers' calls about levels of office."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Field, Schema

from houqin.exchange.api.frame import body_of, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.services.visitors import actions, queries
from houqin.services.visitors.api.shared import Name, key_of, router
from houqin.services.visitors.models import Level


class LevelIn(Schema):
    name: Name
    position: Annotated[int, Field(ge=1, le=9999)]
    words: Annotated[list[Name], Field(max_length=200)]


class LevelOut(LevelIn):
    id: int


class LevelList(Schema):
    items: list[LevelOut]
    next: str | None = None


@router.get("/levels", response={200: LevelList, **PROBLEMS}, summary=_n("职级"))
def host_levels(request: HttpRequest) -> dict[str, Any]:
    """The highest first; whoever has a post with one of its words has it."""
    within_scope(request, "visitors")
    return {"items": [_level(each) for each in queries.levels(person_of(request))]}


@router.post("/levels", response={201: LevelOut, **CONFLICTS}, summary=_n("新增职级"))
def make_level(request: HttpRequest, given: LevelIn) -> HttpResponse:
    within_scope(request, "visitors")
    body_of(request)
    return write(request, lambda: (201, _level(actions.make_level(person_of(request), **given.dict()))))


@router.post("/levels/{pk}", response={200: LevelOut, **CONFLICTS}, summary=_n("修改职级"))
def set_level(request: HttpRequest, pk: int, given: LevelIn) -> HttpResponse:
    within_scope(request, "visitors")
    body_of(request)
    actor = person_of(request)
    return write(request, lambda: (200, _level(actions.set_level(actor, level=key_of(pk), **given.dict()))))


def _level(each: Level) -> dict[str, Any]:
    return {"id": each.pk, "name": each.name, "position": each.position, "words": each.words}
