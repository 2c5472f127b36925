"""Addresses of meetings, under /meetings/."""

from django.urls import path

from houqin.services.meetings.views import attending, booking, events, feeds, grid, keeping, meetings, rooms

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
    path("<int:pk>/participants", attending.participants, name="participants"),
    path("<int:pk>/participants/<int:participant>/remove", attending.uninvite, name="uninvite"),
    path("<int:pk>/screen", attending.screen, name="screen"),
    path("<int:pk>/sign", attending.sign, name="sign"),
    path("<int:pk>/attendance", attending.attendance, name="attendance"),
    path("<int:pk>/attendance.csv", attending.export, name="export"),
    path("<int:pk>/plates", attending.plates, name="plates"),
    path("<int:pk>/needs", attending.needs, name="needs"),
    path("<int:pk>/place", attending.my_place, name="my_place"),
    path("<int:pk>/feedback", attending.feedback, name="feedback"),
    path("p/<str:token>", attending.own, name="own"),
    path("p/<str:token>/feedback", attending.own_feedback, name="own_feedback"),
    path("rooms", keeping.rooms, name="rooms"),
    path("rooms/<int:pk>/settings", keeping.room, name="keep_room"),
    path("rooms/<int:pk>/block", keeping.block, name="block"),
    path("rooms/<int:pk>/join", keeping.join, name="join"),
    path("rooms/<int:pk>/panel", keeping.make_panel, name="make_panel"),
    path("blockings/<int:pk>/lift", keeping.unblock, name="unblock"),
    path("panel/<str:token>", keeping.panel, name="panel"),
    path("events", events.events, name="events"),
    path("events/<int:pk>", events.event, name="event"),
    path("events/<int:pk>/sheet", events.sheet, name="event_sheet"),
    path("events/<int:pk>/move", events.move, name="event_move"),
    path("events/<int:pk>/off", events.call_off, name="event_off"),
    path("events/<int:pk>/checks/<int:check>", events.tick, name="tick"),
    path("events/<int:pk>/add/<str:part>", events.add, name="event_add"),
    path("feeds", feeds.feeds, name="feeds"),
    path("feeds/<int:pk>/end", feeds.end_feed, name="end_feed"),
    path("feeds/take", feeds.take_invitation, name="take_invitation"),
    path("feed/<str:token>.ics", feeds.feed, name="feed"),
    path("<int:pk>/meeting.ics", feeds.one, name="ics"),
]
