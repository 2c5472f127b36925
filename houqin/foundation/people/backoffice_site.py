"""The back office as a site: our names, and one door, one way out and one way to a new password for everybody."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.models import Person
from houqin.foundation.people.views import door

#: Apps of django-allauth, of which only code is used: they have no tables here.
TABLELESS = {"account", "socialaccount"}


class BackOfficeSite(AdminSite):
    site_header = _("数智后勤 管理后台")
    site_title = _("管理后台")
    index_title = _("管理后台")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models = model_or_iterable if isinstance(model_or_iterable, (list, tuple)) else [model_or_iterable]
        if not any(each._meta.app_label in TABLELESS for each in models):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Person) and request.user.is_active and request.user.is_staff

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The one door of the whole platform; whoever is in but may not enter is told so."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        back = {"next": request.GET.get("next", request.get_full_path())}
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode(back)}")

    def logout(  # type: ignore[override]  # Django promises a template; a redirect is an answer too
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return door.leave(request)

    def password_change(  # type: ignore[override]  # as above
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("people:password")
