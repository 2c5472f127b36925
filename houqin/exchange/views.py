"""The API's readable documentation, made from its own OpenAPI description: no script, nothing from elsewhere."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from houqin.exchange.api import api

_METHODS = ("get", "post", "put", "patch", "delete")


@cache
def description() -> dict[str, Any]:
    """The API's OpenAPI description. It is the code's, and takes most of a second to gather: once a process."""
    return api.get_openapi_schema(path_prefix="/api/v1/")


@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    return JsonResponse(description())


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    schema = description()
    calls = [
        {"method": method.upper(), "path": path, **_said(operation), "body": _body(operation)}
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if method in _METHODS
    ]
    return render(request, "exchange/docs.html", {"info": _said(schema["info"]), "calls": calls})


def _said(described: dict[str, Any]) -> dict[str, Any]:
    """A description with its words in the reader's language; they are marked where they are written."""
    words = ("title", "summary", "description")
    return described | {name: gettext(described[name]) for name in words if described.get(name)}


def _body(operation: dict[str, Any]) -> list[dict[str, Any]]:
    content: dict[str, dict[str, Any]] = operation.get("requestBody", {}).get("content", {})
    schema: dict[str, Any] = next((each["schema"] for each in content.values()), {})
    required = schema.get("required", [])
    return [
        {"name": name, "required": name in required, **_said(field)}
        for name, field in schema.get("properties", {}).items()
    ]
