"""The calls of version 1. Services add theirs in ``api.py`` under ``/api/v1/<service>/``."""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from ninja import NinjaAPI, Query, Schema

from houqin import __version__
from houqin.affairs import actions, offers, queries
from houqin.affairs.declare import ITEMS
from houqin.affairs.forms import VERB_FORMS
from houqin.affairs.models import State
from houqin.exchange.api import papers, reveal, shapes, trail, warnings
from houqin.exchange.api.frame import (
    Bearer,
    Bodies,
    Paging,
    body_of,
    install_handlers,
    json_response,
    page,
    person_of,
    read_cursor,
    service_of,
    within_scope,
    write,
    write_cursor,
)
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.exchange.datasets import DATASETS
from houqin.exchange.schema import form_schema
from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.files.actions import store
from houqin.foundation.files.quota import count_upload
from houqin.foundation.places.queries import find_places

APPLICANT_VERBS = {"supplement", "confirm", "reopen", "remind", "withdraw", "rate"}

api = NinjaAPI(
    title=_n("Houqin 数智后勤"),
    version=__version__,
    description=_n(
        "机关后勤服务平台接口。错误一律为 RFC 9457 application/problem+json；写操作支持 Idempotency-Key。"
    ),
    auth=Bearer(),
    docs_url=None,
    parser=Bodies(),
    openapi_url=None,
    urls_namespace="api",
)
install_handlers(api)


class CaseFilter(Paging):
    box: Literal["todo", "mine", "section"] = "mine"
    state: Literal["open", "waiting_applicant", "confirming", "completed", "refused", "withdrawn"] | None = (
        None
    )


class RowFilter(Paging):
    changed_since: datetime | None = None


@api.get("/me", response={200: shapes.Me, **PROBLEMS}, summary=_n("本人、所在组织与任职"))
def me(request: HttpRequest) -> dict[str, Any]:
    return shapes.me(person_of(request))


@api.get("/items", response={200: shapes.ItemPage, **PROBLEMS}, summary=_n("服务目录"))
def items(request: HttpRequest) -> dict[str, Any]:
    found = offers.catalogue(person_of(request).organisation)
    return {"items": [shapes.item(each) for each in found], "next": None}


@api.get(
    "/items/{code}",
    response={200: shapes.ItemDetail, **PROBLEMS},
    summary=_n("一个事项及其表单（JSON Schema）"),
)
def item(request: HttpRequest, code: str) -> dict[str, Any]:
    return shapes.item_detail(_offer(request, code))


@api.post(
    "/items/{code}/cases",
    response={201: shapes.CaseStanding, **CONFLICTS},
    summary=_n("提交办件"),
    description=_n("表单字段见 `GET /items/{code}` 的 `form`；已有同类办件在办时并入该件。"),
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    },
)
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """The fields are those of ``form`` of ``GET /items/{code}``."""
    if code in ITEMS:
        within_scope(request, ITEMS[code].service)
    data, person = body_of(request), person_of(request)

    def work() -> tuple[int, Any]:
        case = actions.submit(person, item=code, data=data, channel="api")
        return 201, shapes.case_standing(queries.standing(person, case))

    return write(request, work)


@api.post(
    "/files",
    response={201: shapes.FileOut, **CONFLICTS, 413: shapes.ProblemOut},
    summary=_n("上传附件"),
    description=_n("返回的 id 由上传人在 24 小时内使用一次。"),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "properties": {"file": {"type": "string", "format": "binary"}},
                        "required": ["file"],
                    }
                }
            },
        }
    },
)
def upload(request: HttpRequest) -> HttpResponse:
    """The answer's id may be used once, within 24 hours, by whoever uploaded."""
    sent = request.FILES.get("file")
    if sent is None:
        raise Problem(
            _("请以 multipart/form-data 的 file 字段上传一个文件。"), errors={"file": [_("必填。")]}
        )
    person = person_of(request)
    count_upload(person.pk)
    file = store(person, sent)
    body = {
        "id": str(file.pk),
        "name": file.name,
        "size_bytes": file.size_bytes,
        "content_type": file.content_type,
    }
    return json_response(body, 201)


@api.get("/cases", response={200: shapes.CasePage, **PROBLEMS}, summary=_n("办件列表：待办、我的、本科室"))
def cases(request: HttpRequest, chosen: Query[CaseFilter]) -> dict[str, Any]:
    person = person_of(request)
    if chosen.box == "todo":
        with_tasks = queries.with_open_tasks(queries.visible_cases(person))
        found = with_tasks.filter(pk__in=queries.todo(person).order_by().values("case_id"))
    else:
        found = (queries.my_cases if chosen.box == "mine" else queries.section_cases)(person)
    if chosen.state:
        found = found.filter(state=State(chosen.state))
    if service := service_of(request):
        found = found.filter(service=service)
    rows, following = page(found, chosen.cursor, chosen.limit)
    return {"items": [shapes.case(each, each.open_tasks) for each in rows], "next": following}


@api.get("/cases/{number}", response={200: shapes.CaseDetail, **PROBLEMS}, summary=_n("一个办件"))
def case(request: HttpRequest, number: str) -> dict[str, Any]:
    view = queries.case_view(person_of(request), number)
    within_scope(request, view.case.service)
    return shapes.case_detail(view)


def _verb_call(verb: str) -> Callable[[HttpRequest, str], HttpResponse]:
    def call(request: HttpRequest, number: str) -> HttpResponse:
        data, person = body_of(request), person_of(request)
        task, version = _whole_number(data, "task"), _whole_number(data, "version")
        if verb in APPLICANT_VERBS and version is None:
            raise Problem(_("请指明所见的办件版本（version）。"), errors={"version": [_("必填。")]})

        def work() -> tuple[int, Any]:
            done = actions.perform(
                person,
                verb,
                case=number,
                task=task,
                version=version,
                data=data,
                permit=lambda found: within_scope(request, found.service),
            )
            return 200, shapes.case_standing(queries.standing(person, done))

        return write(request, work)

    call.__name__ = verb
    return call


def _verb_schema(verb: str) -> dict[str, Any]:
    schema = form_schema(VERB_FORMS[verb])
    key = "version" if verb in APPLICANT_VERBS else "task"
    schema["properties"][key] = {"type": "integer", "minimum": 1}
    schema["required"] = [*schema.get("required", []), key]
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


for _verb in VERB_FORMS:
    api.post(
        f"/cases/{{number}}/{_verb}",
        response={200: shapes.CaseStanding, **CONFLICTS},
        summary=_n("办件操作"),
        openapi_extra=_verb_schema(_verb),
    )(_verb_call(_verb))


@api.get(
    "/places", response={200: shapes.PlacePage, **PROBLEMS}, summary=_n("按名称、编码、拼音、首字母查场所")
)
def places(request: HttpRequest, q: str = "") -> dict[str, Any]:
    return {"items": [shapes.place(each) for each in find_places(q)], "next": None}


class DataSetOut(Schema):
    name: str
    title: str
    row_schema: dict[str, Any]


class DataSetPage(Schema):
    items: list[DataSetOut]
    next: str | None


class RowPage(Schema):
    items: list[dict[str, Any]]
    next: str | None


@api.get("/datasets", response={200: DataSetPage, **PROBLEMS}, summary=_n("数据资源目录"))
def datasets(request: HttpRequest) -> dict[str, Any]:
    found = [
        {"name": each.name, "title": str(each.title), "row_schema": dict(each.schema)}
        for each in DATASETS
        if service_of(request) in ("", each.service)
    ]
    return {"items": found, "next": None}


@api.get("/datasets/{name}", response={200: RowPage, **PROBLEMS}, summary=_n("数据行：按游标、按变更时间"))
def dataset(request: HttpRequest, name: str, chosen: Query[RowFilter]) -> dict[str, Any]:
    found = DATASETS.get(name)
    if found is None:
        raise NotFound(_("没有这个数据集，见 /api/v1/datasets。"))
    within_scope(request, found.service)
    rows = found.page(
        person_of(request),
        after=read_cursor(chosen.cursor) or 0,
        since=chosen.changed_since,
        size=chosen.limit + 1,
    )
    following = write_cursor(rows[chosen.limit - 1].pk) if len(rows) > chosen.limit else None
    return {"items": [found.row(each) for each in rows[: chosen.limit]], "next": following}


def _offer(request: HttpRequest, code: str) -> offers.Offered:
    declared = ITEMS.get(code)
    offer = offers.offered(declared, person_of(request).organisation) if declared else None
    if offer is None or not offer.enabled:
        raise NotFound(_("没有这个服务事项，请从服务目录中选择。"))
    return offer


def _whole_number(data: dict[str, Any], name: str) -> int | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise Problem(_("%(name)s 应为正整数。") % {"name": name}, errors={name: [_("应为正整数。")]})
    return value


def add_services() -> None:
    """Put each service's ``router`` under its name."""
    for config in apps.get_app_configs():
        module = f"{config.name}.api"
        if config.name.startswith("houqin.services.") and find_spec(module):
            api.add_router(f"/{config.label}", import_module(module).router, tags=[config.label])


api.add_router("/reveal", reveal.router, tags=["reveal"])
api.add_router("/papers", papers.router, tags=["papers"])
api.add_router("/warnings", warnings.router, tags=["warnings"])
api.add_router("/trail", trail.router, tags=["trail"])
add_services()
