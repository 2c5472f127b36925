"""Addresses of meetings, under /meetings/."""

from django.urls import path

from houqin.services.meetings.views import booking, grid, meetings, rooms

app_name = "meetings"

urlpatterns = [
    path("", grid.day, name="grid"),
    path("new", booking.new, name="new"),
    path("wait", booking.wait, name="wait"),
    path("waits/<int:pk>/stop", booking.stop_waiting, name="stop_waiting"),
    path("mine", meetings.mine, name="mine"),
    path("find", rooms.find, name="find"),
    path("rooms/<int:pk>", rooms.room, name="room"),
    path("<int:pk>", meetings.meeting, name="meeting"),
    path("<int:pk>/move", meetings.move, name="move"),
    path("<int:pk>/cancel", meetings.cancel, name="cancel"),
    path("<int:pk>/end", meetings.end, name="end"),
]
