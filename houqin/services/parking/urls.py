"""Addresses of parking, under /parking/."""

from django.urls import path

from houqin.services.parking.views import keeping, lot_setup, lots, managing, own, reserving, rotations

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
    path("keep/stays", keeping.stays, name="stays"),
    path("keep/permits", keeping.permits, name="permits"),
    path("keep/passages", keeping.passages, name="passages"),
    path("keep/passages/<int:pk>/correct", keeping.correct, name="correct"),
    path("keep/stays/<int:pk>/dismiss", keeping.dismiss, name="dismiss"),
    path("keep/reservations", reserving.reservations, name="reservations"),
    path("keep/reservations/new", reserving.new_reservation, name="new_reservation"),
    path("keep/reservations/<int:pk>/release", reserving.release, name="release"),
    path("rotations", rotations.rotations, name="rotations"),
    path("rotations/new", rotations.new, name="new_rotation"),
    path("rotations/<int:pk>", rotations.rotation, name="rotation"),
    path("rotations/<int:pk>/leave", rotations.leave, name="leave"),
    path("rotations/<int:pk>/draw", rotations.draw, name="draw"),
    path("rotations/<int:pk>/hand-on", rotations.hand_on, name="hand_on"),
    path("rotations/<int:pk>/tickets.csv", rotations.tickets, name="tickets"),
    path("setup", managing.setup, name="setup"),
    path("setup/lots/new", lot_setup.new_lot, name="new_lot"),
    path("setup/lots/<int:pk>", lot_setup.lot, name="setup_lot"),
    path("setup/lots/<int:pk>/edit", lot_setup.edit_lot, name="edit_lot"),
    path("setup/lots/<int:pk>/spaces/new", lot_setup.new_spaces, name="new_spaces"),
    path("setup/lots/<int:pk>/cameras/new", lot_setup.new_camera, name="new_camera"),
    path("setup/lots/<int:pk>/quota", lot_setup.quota, name="quota"),
    path("setup/spaces/<int:pk>", lot_setup.space, name="set_space"),
    path("setup/cameras/<int:pk>", lot_setup.camera, name="set_camera"),
    path("setup/quotas/<int:pk>/end", lot_setup.end_quota, name="end_quota"),
    path("setup/displays/<int:pk>/end", managing.end_display, name="end_display"),
    path("setup/partners", managing.partners, name="partners"),
    path("setup/partners/new", managing.new_partner, name="new_partner"),
    path("setup/partners/<int:pk>/revoke", managing.revoke_partner, name="revoke_partner"),
    path("setup/partner-permits/<int:pk>/revoke", managing.revoke_permit, name="revoke_partner_permit"),
]
