from django.urls import path

from houqin.foundation.files import views

app_name = "files"
url_prefix = "files/"
urlpatterns = [
    path("", views.upload, name="upload"),
    path("<uuid:pk>", views.content, name="file"),
    path("<uuid:pk>/thumb", views.thumbnail, name="thumb"),
]
