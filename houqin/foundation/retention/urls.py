from django.urls import path

from houqin.foundation.retention import views

app_name = "retention"
urlpatterns = [
    path("", views.kinds, name="kinds"),
    path("<str:kind>", views.kind, name="kind"),
]
