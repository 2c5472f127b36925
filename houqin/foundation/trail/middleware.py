"""Tells the trail where a request comes from."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from houqin.foundation.address import client_address
from houqin.foundation.trail.address import present_address


class AddressMiddleware:
    """Keep the client's address for whatever is recorded while this request lasts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = present_address.set(_valid(client_address(request)))
        try:
            return self.get_response(request)
        finally:
            present_address.reset(token)


def _valid(address: str) -> str | None:
    """The address, or nothing where the server could not tell it (a Unix socket)."""
    return None if address in {"", "0.0.0.0"} else address  # noqa: S104 - stands for "unknown"
