"""Addresses of places; the printed codes stand at the root, because they must stay short."""

from django.urls import path

from houqin.foundation.places.views import keeping, public

app_name = "places"
url_prefix = ""
urlpatterns = [
    path("q/<str:code>", public.scan, name="scan"),
    path("places/pick", public.pick, name="pick"),
    path("places/", keeping.tree, name="tree"),
    path("places/add", keeping.add, name="add_site"),
    path("places/<int:pk>", keeping.place, name="place"),
    path("places/<int:pk>/add", keeping.add, name="add"),
    path("places/<int:pk>/change", keeping.change, name="change"),
    path("places/<int:pk>/move", keeping.move, name="move"),
    path("places/<int:pk>/end", keeping.end, name="end"),
    path("places/<int:pk>/reopen", keeping.reopen, name="reopen"),
    path("places/<int:pk>/codes", keeping.sheets, name="sheets"),
]
