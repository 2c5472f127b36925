"""The site with the back office mounted, wherever the portal may put it."""

from django.contrib import admin
from django.urls import path

from houqin.project.urls import urlpatterns as of_the_site

urlpatterns = [*of_the_site, path("tested-backoffice/", admin.site.urls)]
