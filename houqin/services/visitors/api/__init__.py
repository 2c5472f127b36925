"""What visitors add to the HTTP API, under ``/api/v1/visitors/``: for hosts, for the gate, for keepers, and for visitors themselves."""

from houqin.services.visitors.api import gate, hosting, keeping, levels, public
from houqin.services.visitors.api.shared import router

__all__ = ["gate", "hosting", "keeping", "levels", "public", "router"]
