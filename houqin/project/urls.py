"""Addresses of the whole site: the API's and those of all pages."""

from __future__ import annotations

from django.urls import include, path

from houqin.project import pages

handler400 = "houqin.portal.problems.bad_request"
handler403 = "houqin.portal.problems.forbidden"
handler404 = "houqin.portal.problems.not_found"
handler500 = "houqin.portal.problems.server_error"

urlpatterns = [path("api/v1/", include("houqin.exchange.urls")), *pages.urlpatterns]
