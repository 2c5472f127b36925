"""Addresses of other systems carry who we are there: ``https://KEY:SECRET@host/rest``, percent-encoded where needed.

The secret goes into signatures and requests, never into a message, a log or the database.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Address:
    """Where another system is and who we are there: ``https://key:secret@host:port/rest?option=value``."""

    base_url: str
    key: str
    secret: str = field(repr=False)
    rest: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


def read_address(url: str) -> Address | None:
    """The parts of an address from the settings; nothing when it is empty or not whole.

    Plain http is taken only to this machine or a private network, for the rest would carry the content in clear.
    """
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    host = parts.hostname or ""
    if not (host and parts.username and parts.password):
        return None
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_near(host)):
        return None
    host = f"[{host}]" if ":" in host else host
    return Address(
        base_url=f"{parts.scheme}://{host}{port}",
        key=unquote(parts.username),
        secret=unquote(parts.password),
        rest=unquote(parts.path).strip("/"),
        options=dict(parse_qsl(parts.query)),
    )


def _is_near(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_private
    except ValueError:
        return False
