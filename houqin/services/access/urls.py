"""Addresses of doors, under /access/."""

from django.urls import path

from houqin.services.access.views import board, keeping, manage, mine

app_name = "access"

urlpatterns = [
    path("", mine.mine, name="mine"),
    path("permits", keeping.permits, name="permits"),
    path("permits/new", keeping.issue, name="issue"),
    path("areas/<int:pk>", keeping.area, name="area"),
    path("people/<int:pk>", keeping.person, name="person"),
    path("board", board.board, name="board"),
    path("inside", board.inside, name="inside"),
    path("manage", manage.manage, name="manage"),
    path("manage/areas/new", manage.new_area, name="new_area"),
    path("manage/areas/<int:pk>", manage.area, name="set_area"),
    path("manage/doors/new", manage.new_door, name="new_door"),
    path("manage/doors/<int:pk>", manage.door, name="set_door"),
    path("manage/controllers/new", manage.new_controller, name="new_controller"),
    path("manage/controllers/<int:pk>", manage.controller, name="set_controller"),
    path("manage/controllers/<int:pk>/secret", manage.secret, name="secret"),
]
