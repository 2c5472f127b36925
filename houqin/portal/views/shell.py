"""Switches of the frame that also work without signing in."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from houqin.foundation.people import actions
from houqin.foundation.people.models import Person
from houqin.portal.door import next_address
from houqin.portal.shell import LARGE_TYPE_COOKIE

_YEAR_SECONDS = 365 * 24 * 3600


@require_POST
def large_type(request: HttpRequest) -> HttpResponse:
    """Switch large type on or off: kept with the person, or in this browser of somebody who has not signed in."""
    response = HttpResponseRedirect(next_address(request, "/"))
    if isinstance(request.user, Person):
        actions.set_preferences(request.user, large_type=not request.user.large_type)
    elif request.COOKIES.get(LARGE_TYPE_COOKIE) == "large":
        response.delete_cookie(LARGE_TYPE_COOKIE, samesite="Lax")
    else:
        response.set_cookie(LARGE_TYPE_COOKIE, "large", max_age=_YEAR_SECONDS, samesite="Lax", httponly=True)
    return response
