"""Addresses of the pages for dispatchers, telephone clerks, heads and administrators; part of the portal's."""

from django.urls import path

from houqin.portal.views import board, bulk, intake

urlpatterns = [
    path("board", board.board, name="board"),
    path("board/list", board.board_list, name="board_list"),
    path("board/move/<int:task>", board.move, name="move"),
    path("intake", intake.intake, name="intake"),
    path("intake/caller", intake.caller, name="intake_caller"),
    path("intake/places", intake.places, name="intake_places"),
    path("bulk", bulk.bulk, name="bulk"),
]
