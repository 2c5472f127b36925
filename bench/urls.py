"""The site as it is, and the floors beside it."""

from __future__ import annotations

from django.urls import path

from bench import floor, rooms_floor
from houqin.project.urls import handler400, handler403, handler404, handler500
from houqin.project.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("floor/read", floor.read),
    path("floor/rooms/grid", rooms_floor.grid),
    path("floor/rooms/", rooms_floor.api.urls),
    path("floor/", floor.api.urls),
    *site,
]
