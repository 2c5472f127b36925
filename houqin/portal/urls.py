"""Addresses of the portal; they stand at the root of the site."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from houqin.portal import urls_staff
from houqin.portal.views import (
    cases,
    catalogue,
    home,
    mine,
    papers,
    public,
    reveal,
    search,
    shell,
    submission,
    tokens,
)


class CaseNumber(StringConverter):
    """The ten digits of a case number."""

    regex = "[0-9]{10}"


register_converter(CaseNumber, "case_number")
app_name = "portal"
url_prefix = ""

urlpatterns = [
    path("", home.home, name="home"),
    path("services", catalogue.services, name="services"),
    path("services/<str:code>", submission.item, name="item"),
    path("services/<str:code>/star", catalogue.star, name="star"),
    path("services/<str:code>/done/<case_number:number>", submission.done, name="done"),
    path("todo", mine.todo, name="todo"),
    path("mine", mine.mine, name="mine"),
    path("report", public.report, name="report"),
    path("track", public.track, name="track"),
    path("search", search.search, name="search"),
    path("reveal/<str:what>/<str:key>", reveal.reveal, name="reveal"),
    path("large-type", shell.large_type, name="large_type"),
    path("profile/tokens", tokens.mine, name="tokens"),
    path("profile/tokens/<int:pk>/end", tokens.end, name="end_token"),
    path("cases/<case_number:number>", cases.case, name="case"),
    path("cases/<case_number:number>/live", cases.live, name="case_live"),
    *papers.addresses(),
    *urls_staff.urlpatterns,
    path("cases/<case_number:number>/<str:verb>", cases.verb, name="verb"),
]
