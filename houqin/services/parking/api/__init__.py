"""What parking adds to the HTTP API, under ``/api/v1/parking/``."""

from houqin.services.parking.api import devices, people
from houqin.services.parking.api.shared import router

__all__ = ["devices", "people", "router"]
