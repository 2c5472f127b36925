"""The address the present request came from, for the trail; nothing outside a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: Set by :class:`~houqin.foundation.trail.middleware.AddressMiddleware` for the time of a request.
present_address: ContextVar[str | None] = ContextVar("present_address", default=None)


@contextmanager
def unaddressed() -> Iterator[None]:
    """Within the block the trail keeps no address: for what people do without saying who they are."""
    token = present_address.set(None)
    try:
        yield
    finally:
        present_address.reset(token)
