"""What doors add to the HTTP API, under ``/api/v1/access/``: for controllers (with their own secret), and for people."""

from houqin.services.access.api import controllers, people
from houqin.services.access.api.shared import router

__all__ = ["controllers", "people", "router"]
