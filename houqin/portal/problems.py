"""From a Problem that an action raised to what the reader sees: the right status, on a page or in a fragment.

The middleware answers for whatever a view lets through; views that show a form catch Problem themselves and use
:func:`put_into` to set its words beside the fields.
"""

from __future__ import annotations

from collections.abc import Callable

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, Problem, Text

#: Where a fragment's problem is shown, whatever the fragment was meant for.
DIALOG = "#dialog-body"
_PAGES = {400: "errors/400.html", 403: "errors/403.html", 404: "errors/404.html", 429: "errors/429.html"}


class ProblemMiddleware:
    """Turns a Problem that reaches the edge into its page or fragment. The API has its own answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if not isinstance(problem, Problem) or request.path.startswith("/api/"):
            return None
        return respond(request, problem.status, problem.message, problem=problem)


def respond(
    request: HttpRequest, status: int, message: Text = "", *, problem: Problem | None = None
) -> HttpResponse:
    """The page of ``status`` with ``message``, or for htmx a fragment that opens in the dialog."""
    context = {"message": message, "problem": problem, "status": status, "again": request.get_full_path()}
    if getattr(request, "htmx", False):
        return fragment(render(request, "portal/problem.html#told", context, status=status))
    page = _PAGES.get(status) or ("portal/problem.html" if status != 500 else "errors/500.html")
    return vary(render(request, page, context, status=status))


def fragment(response: HttpResponse) -> HttpResponse:
    """Say that ``response`` belongs into the dialog, wherever the request came from."""
    response["HX-Retarget"] = DIALOG
    response["HX-Reswap"] = "innerHTML"
    return vary(response)


def vary(response: HttpResponse) -> HttpResponse:
    """Note that the answer depends on whether htmx asked."""
    patch_vary_headers(response, ["HX-Request"])
    return response


def put_into(form: BaseForm, problem: Problem) -> None:
    """Set the problem's words beside the fields of a bound ``form``; what has no field goes to the top."""
    form.full_clean()
    known = False
    for name, texts in problem.errors.items():
        field = name if name in form.fields else None
        for text in texts:
            if str(text) not in {str(each) for each in form.errors.get(field or "__all__", [])}:
                form.add_error(field, str(text))
        known = True
    if not known and not form.errors:
        form.add_error(None, str(problem.message))


def status_of(problem: Problem) -> int:
    """422 where the input must be mended, the problem's own status otherwise."""
    return 422 if problem.status == 400 else problem.status


def is_about_input(problem: Problem) -> bool:
    """Whether the form should be shown again with the problem beside it."""
    return problem.status in (400, 429) or (isinstance(problem, Conflict) and problem.code != "moved_on")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return respond(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return respond(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return respond(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Shows no detail and asks the database nothing."""
    if request.headers.get("HX-Request"):
        return HttpResponse(_("系统出了问题，请稍后再试。"), status=500)
    return render(request, "errors/500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or another window signed out."""
    if request.headers.get("HX-Request"):
        return fragment(
            render(
                request,
                "portal/problem.html#told",
                {"message": _("页面已过期，没有提交。请刷新后再试，填写的内容会自动恢复。"), "status": 403},
                status=403,
            )
        )
    return render(request, "errors/csrf.html", {"reason": reason}, status=403)
