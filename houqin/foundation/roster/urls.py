"""Addresses of importing rosters, under /roster/."""

from django.urls import path

from houqin.foundation.roster import views

app_name = "roster"

urlpatterns = [
    path("", views.start, name="start"),
    path("<int:pk>", views.draft, name="draft"),
    path("<int:pk>/row", views.row, name="row"),
    path("<int:pk>/unit", views.unit, name="unit"),
    path("<int:pk>/columns", views.columns, name="columns"),
    path("<int:pk>/unlisted", views.unlisted, name="unlisted"),
    path("<int:pk>/apply", views.apply, name="apply"),
    path("<int:pk>/drop", views.drop, name="drop"),
    path("<int:pk>/refused.xlsx", views.refused, name="refused"),
]
