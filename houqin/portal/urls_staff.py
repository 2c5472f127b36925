"""Addresses of the pages for dispatchers, telephone clerks, heads and administrators; part of the portal's."""

from django.urls import path, reverse_lazy
from django.views.generic import RedirectView

from houqin.portal.views import board, bulk, delegations, intake, quality, settings, trail, warnings

urlpatterns = [
    path("backoffice", RedirectView.as_view(url=reverse_lazy("admin:index")), name="backoffice"),
    path("board", board.board, name="board"),
    path("board/list", board.board_list, name="board_list"),
    path("board/move/<int:task>", board.move, name="move"),
    path("intake", intake.intake, name="intake"),
    path("intake/caller", intake.caller, name="intake_caller"),
    path("intake/places", intake.places, name="intake_places"),
    path("bulk", bulk.bulk, name="bulk"),
    path("delegations", delegations.delegations, name="delegations"),
    path("delegations/<int:pk>/end", delegations.end_delegation, name="end_delegation"),
    path("settings/items", settings.items, name="settings_items"),
    path("settings/items/<str:code>", settings.item, name="settings_item"),
    path("settings/routes", settings.routes, name="settings_routes"),
    path("settings/routes/<int:pk>/unset", settings.unset_route, name="unset_route"),
    path("quality", quality.quality, name="quality"),
    path("settings/warnings", warnings.rules, name="settings_warnings"),
    path("settings/warnings/<str:code>", warnings.rule, name="settings_warning"),
    path("warnings", warnings.board, name="warnings"),
    path("warnings/<int:pk>", warnings.warning, name="warning"),
    path("warnings/<int:pk>/acknowledge", warnings.acknowledge, name="acknowledge_warning"),
    path("warnings/<int:pk>/case", warnings.open_case, name="warning_case"),
    path("trail", trail.search, name="trail"),
    path("trail/export", trail.export, name="trail_export"),
    path("trail/checkpoint", trail.checkpoint, name="trail_checkpoint"),
    path("trail/check", trail.check, name="trail_check"),
    path("trail/<int:pk>", trail.entry, name="trail_entry"),
    path("trail/<int:pk>/proof", trail.proof, name="trail_proof"),
    path("quality/<str:number>", quality.quality_case, name="quality_case"),
]
