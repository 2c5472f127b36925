"""The demo compound answers to its own machine only: everybody knows its passwords."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from houqin.foundation.address import client_address
from houqin.foundation.people.installation import is_closed_demo

#: They answer whoever watches, also while the database is away.
PROBES = {"/healthz", "/readyz"}


class DemoGuardMiddleware:
    """Refuse whoever asks a demo from another machine. Asks the database only for such a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in PROBES or _this_machine(client_address(request)):
            return self.get_response(request)
        if is_closed_demo():
            return HttpResponse(
                _("演示环境只对本机开放。"), status=403, content_type="text/plain; charset=utf-8"
            )
        return self.get_response(request)


def _this_machine(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_loopback
