"""Addresses of parking, under /parking/."""

from django.urls import path

from houqin.services.parking.views import keeping, lots, managing, own, rotations

app_name = "parking"

urlpatterns = [
    path("", lots.board, name="board"),
    path("lots/<str:code>", lots.lot, name="lot"),
    path("guide", lots.guide, name="guide"),
    path("gate/<str:token>", lots.gate, name="gate"),
    path("mine", own.mine, name="mine"),
    path("permits/<int:pk>/end", own.end, name="end"),
    path("permits/<int:pk>/sign", own.sign, name="sign"),
    path("keep", keeping.desk, name="desk"),
    path("keep/permits", keeping.permits, name="permits"),
    path("keep/passages", keeping.passages, name="passages"),
    path("keep/passages/<int:pk>/correct", keeping.correct, name="correct"),
    path("keep/stays/<int:pk>/dismiss", keeping.dismiss, name="dismiss"),
    path("rotations", rotations.rotations, name="rotations"),
    path("rotations/new", rotations.new, name="new_rotation"),
    path("rotations/<int:pk>", rotations.rotation, name="rotation"),
    path("rotations/<int:pk>/leave", rotations.leave, name="leave"),
    path("rotations/<int:pk>/draw", rotations.draw, name="draw"),
    path("rotations/<int:pk>/hand-on", rotations.hand_on, name="hand_on"),
    path("rotations/<int:pk>/tickets.csv", rotations.tickets, name="tickets"),
    path("setup", managing.setup, name="setup"),
    path("setup/partners/<int:pk>/revoke", managing.revoke_partner, name="revoke_partner"),
    path("setup/displays/<int:pk>/end", managing.end_display, name="end_display"),
]
