"""Addresses of channels: one's own settings beside the profile, the administrators' pages under /channels."""

from django.urls import path

from houqin.foundation.channels import views

app_name = "channels"
url_prefix = ""

urlpatterns = [
    path("profile/notices", views.mine, name="mine"),
    path("profile/notices/reset", views.reset, name="reset"),
    path("channels", views.overview, name="overview"),
    path("channels/log", views.log, name="log"),
    path("channels/defaults", views.defaults, name="defaults"),
    path("channels/addresses", views.addresses, name="addresses"),
    path("channels/resend", views.resend, name="resend"),
    path("channels/<slug:code>/test", views.test, name="test"),
    path("channels/<slug:code>/verify", views.verify, name="verify"),
]
