"""Django's admin with our site in it; named in `INSTALLED_APPS` instead of `django.contrib.admin`."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    default_site = "houqin.foundation.people.backoffice_site.BackOfficeSite"
