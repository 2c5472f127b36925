from django.urls import path, re_path

from houqin.exchange import views
from houqin.exchange.api import api
from houqin.exchange.api.frame import not_found

url_prefix = "api/v1/"
urlpatterns = [
    path("openapi.json", views.openapi, name="api-openapi"),
    path("docs", views.docs, name="api-docs"),
    path("", api.urls),
    re_path(r"^.*$", not_found),
]
