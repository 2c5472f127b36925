from django.urls import path

from houqin.foundation.calendar import views

app_name = "calendar"
urlpatterns = [
    path("", views.this_year, name="this_year"),
    path("hours", views.hours, name="hours"),
    path("hours/<int:year>-<int:month>-<int:day>/remove", views.remove_hours, name="remove_hours"),
    path("<int:year>", views.year, name="year"),
    path("<int:year>/notice", views.notice, name="notice"),
    path("<int:year>-<int:month>-<int:day>", views.day, name="day"),
]
