"""The address the present request came from, for the trail; nothing outside a request."""

from contextvars import ContextVar

#: Set by :class:`~houqin.foundation.trail.middleware.AddressMiddleware` for the time of a request.
present_address: ContextVar[str | None] = ContextVar("present_address", default=None)
