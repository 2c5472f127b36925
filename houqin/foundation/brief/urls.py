"""The address of the brief."""

from django.urls import path

from houqin.foundation.brief import views

app_name = "brief"
url_prefix = ""

urlpatterns = [path("brief", views.today, name="today")]
