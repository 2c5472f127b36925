"""Whose address a request came from, believing only the proxies that the installation names."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=8)
def _networks(proxies: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(proxy, strict=False) for proxy in proxies)


def is_trusted(address: str, proxies: Iterable[str] | None = None) -> bool:
    """Whether `address` is one of `HOUQIN_TRUSTED_PROXIES` (or of `proxies`)."""
    named = tuple(settings.TRUSTED_PROXIES if proxies is None else proxies)
    if not named:
        return False
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in _networks(named))


def client_address(request: HttpRequest) -> str:
    """The address of the client: the nearest hop that is not a trusted proxy.

    `X-Forwarded-For` is read from the right and only as far as trusted proxies vouch for it; what a client
    writes into it itself is never believed. A hop that is no address ends the walk.
    """
    address = request.META.get("REMOTE_ADDR", "") or "0.0.0.0"  # noqa: S104 - stands for "unknown"
    if not is_trusted(address):
        return address
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        try:
            ipaddress.ip_address(hop.strip())
        except ValueError:
            break
        address = hop.strip()
        if not is_trusted(address):
            break
    return address
