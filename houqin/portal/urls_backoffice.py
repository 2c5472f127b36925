"""Addresses under /backoffice/: our pages around Django's admin, then the admin itself."""

from django.contrib import admin
from django.urls import path

from houqin.portal.views import backoffice

urlpatterns = [
    path("search", backoffice.search, name="backoffice_search"),
    path("system", backoffice.system, name="backoffice_system"),
    path("jobs", backoffice.jobs, name="backoffice_jobs"),
    path("", admin.site.urls),
]
