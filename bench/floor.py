"""The two floors every benchmark is compared with. FROZEN: change nothing here, or old figures lose their meaning.

They run on the same server, middleware, session and token as everything else and do nothing besides: what a page
or a call costs above its floor is ours to answer for.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from bench.models import Row
from houqin.exchange.api.frame import Bearer, install_handlers
from houqin.foundation.people.models import Organisation


@login_required
def read(request: HttpRequest) -> HttpResponse:
    """The reading floor: a signed-in page with one query."""
    found = Organisation.objects.values_list("name", flat=True).get(pk=request.user.organisation_id)
    return HttpResponse(found)


api = NinjaAPI(title="Floor", auth=Bearer(), docs_url=None, openapi_url=None, urls_namespace="floor")
install_handlers(api)


@api.post("/rows")
def write(request: HttpRequest) -> dict[str, int]:
    """The writing floor: a signed-in call with one INSERT."""
    return {"id": Row.objects.create(words="一行").pk}
