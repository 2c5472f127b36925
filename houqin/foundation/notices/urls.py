"""Addresses of notices."""

from django.urls import path

from houqin.foundation.notices import views

app_name = "notices"
url_prefix = ""

urlpatterns = [
    path("notices", views.listing, name="list"),
    path("notices/badge", views.badge, name="badge"),
    path("notices/read-all", views.read_all, name="read_all"),
    path("notices/<int:pk>", views.open_notice, name="open"),
]
