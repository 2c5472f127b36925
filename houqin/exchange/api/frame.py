"""The frame every call stands in: who calls, what it may do, how a failure is told, how a list is paged."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer

from houqin.exchange import once, tokens
from houqin.exchange.api.wording import in_words
from houqin.exchange.models import Token
from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.people.models import Person

PAGE, MOST = 50, 200


class Paging(Schema):
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = PAGE


class ScopedOut(NotPermitted):
    """The token's scope does not reach this call."""

    code = "token_scope"


class Bearer(HttpBearer):
    """``Authorization: Bearer TOKEN``: the call acts as the token's person."""

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        found = tokens.recognise(token)
        if found is None:
            return None
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise Problem(_("参数不能含空字符。"), code="bad_query")
        if found.scope == "read" and request.method not in ("GET", "HEAD"):
            raise ScopedOut(_("这个令牌只能读取。"))
        request.user = found.person
        return found


def person_of(request: HttpRequest) -> Person:
    token: Token = request.auth  # type: ignore[attr-defined]  # ninja puts what authenticate() returned there
    return token.person


def within_scope(request: HttpRequest, service: str) -> None:
    """Raises ScopedOut when the token is for another service."""
    token: Token = request.auth  # type: ignore[attr-defined]  # as above
    if token.scope not in ("", "read", service):
        raise ScopedOut(_("这个令牌只能用于“%(scope)s”。") % {"scope": token.scope})


def service_of(request: HttpRequest) -> str:
    """The only service whose records the token reads, or empty for all."""
    token: Token = request.auth  # type: ignore[attr-defined]  # as above
    return "" if token.scope == "read" else token.scope


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the call. Raises Problem with how to mend it."""
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise Problem(_("请求正文不是有效的 JSON（UTF-8）。"), code="bad_json") from None
    if not isinstance(body, dict) or _has_nul(body):
        raise Problem(_("请求正文应为 JSON 对象，且不含空字符。"), code="bad_json")
    return body


class Bodies(Parser):
    """Bodies for the calls whose shape is declared: read as :func:`body_of` reads them."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        return body_of(request)


def write(request: HttpRequest, work: Callable[[], tuple[int, Any]]) -> HttpResponse:
    """Run a write once per ``Idempotency-Key`` and answer with its JSON."""
    status, body = once.once(request, request.auth, work)  # type: ignore[attr-defined]  # as above
    return json_response(body, status)


def json_response(body: Any, status: int = 200, content_type: str = "application/json") -> HttpResponse:
    return HttpResponse(
        json.dumps(body, ensure_ascii=False, default=str), status=status, content_type=content_type
    )


def page(
    rows: QuerySet[Any], cursor: str | None, limit: int, *, newest_first: bool = True
) -> tuple[list[Any], str | None]:
    """A page of ``rows`` by id after ``cursor``, and the cursor of the next one or none."""
    after = _read_cursor(cursor)
    if after is not None:
        rows = rows.filter(pk__lt=after) if newest_first else rows.filter(pk__gt=after)
    size = min(limit, MOST)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: size + 1])
    return found[:size], write_cursor(found[size - 1].pk) if len(found) > size else None


def write_cursor(key: int) -> str:
    return write_text_cursor(str(key))


def write_text_cursor(key: str) -> str:
    """A cursor for a list whose key is more than an id."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def read_text_cursor(cursor: str | None) -> str:
    """What :func:`write_text_cursor` was given; what cannot be read is some text that is no key."""
    try:
        return base64.urlsafe_b64decode((cursor or "") + "=" * (-len(cursor or "") % 4)).decode()
    except (ValueError, binascii.Error):
        return "?"


def _read_cursor(cursor: str | None) -> int | None:
    if not cursor:
        return None
    try:
        key = int(read_text_cursor(cursor))
    except ValueError:
        key = -1
    if not 0 <= key < 2**63:
        raise Problem(
            _("cursor 无效，请从第一页重新开始。"), code="bad_cursor", errors={"cursor": [_("无效。")]}
        )
    return key


read_cursor = _read_cursor


def problem_response(problem: Problem) -> HttpResponse:
    """RFC 9457 ``application/problem+json`` with a stable code and errors by field."""
    body: dict[str, Any] = {
        "type": f"urn:houqin:problem:{problem.code}",
        "title": str(problem.message),
        "status": problem.status,
        "code": problem.code,
        "detail": str(problem.message),
        **problem.more,
    }
    if problem.errors:
        body["errors"] = {field: [str(text) for text in texts] for field, texts in problem.errors.items()}
    return json_response(body, problem.status, "application/problem+json")


def install_handlers(api: NinjaAPI) -> None:
    """Every failure leaves as a problem."""

    @api.exception_handler(Problem)
    def on_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
        return problem_response(problem)

    @api.exception_handler(AuthenticationError)
    def on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        problem = Problem(_("请在 Authorization 头中带上有效的令牌（Bearer）。"), code="not_authenticated")
        problem.status = 401
        answer = problem_response(problem)
        answer["WWW-Authenticate"] = "Bearer"
        return answer

    @api.exception_handler(ValidationError)
    def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors: dict[str, list[str]] = {}
        for each in error.errors:
            errors.setdefault(str(each["loc"][-1]), []).append(in_words(each))
        problem = Problem(_("参数有误，请按 errors 更正。"), errors=errors)
        problem.status = 422
        return problem_response(problem)

    @api.exception_handler(HttpError)
    def on_http(request: HttpRequest, error: HttpError) -> HttpResponse:
        if isinstance(error.__cause__, Problem):  # what a body has wrong with it
            return problem_response(error.__cause__)
        problem = Problem(_(error.message), code="bad_request")
        problem.status = error.status_code
        return problem_response(problem)


def not_found(_request: HttpRequest, **_path: str) -> HttpResponse:
    """What answers under the API's prefix where no call is."""
    return problem_response(NotFound(_("没有这个接口，见 /api/v1/docs。")))


def _has_nul(value: Any) -> bool:
    match value:
        case str():
            return "\x00" in value or (not value.isprintable() and _lone_surrogate(value))
        case Mapping():
            return any(_has_nul(key) or _has_nul(each) for key, each in value.items())
        case list():
            return any(_has_nul(each) for each in value)
        case _:
            return False


def _lone_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
