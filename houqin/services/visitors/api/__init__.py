"""What visitors add to the HTTP API, under ``/api/v1/visitors/``: for hosts, for the gate, for keepers."""

from houqin.services.visitors.api import gate, hosting, keeping
from houqin.services.visitors.api.shared import router

__all__ = ["gate", "hosting", "keeping", "router"]
