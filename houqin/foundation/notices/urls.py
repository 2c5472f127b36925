"""Addresses of notices."""

from django.urls import path

from houqin.foundation.notices import views

app_name = "notices"
url_prefix = "notices"

urlpatterns = [
    path("", views.listing, name="list"),
    path("/badge", views.badge, name="badge"),
    path("/read-all", views.read_all, name="read_all"),
    path("/<int:pk>", views.open_notice, name="open"),
]
