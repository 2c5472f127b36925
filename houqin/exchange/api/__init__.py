"""HTTP API, version 1: the same actions and queries as the pages, for other systems."""

from houqin.exchange.api.root import api

__all__ = ["api"]
