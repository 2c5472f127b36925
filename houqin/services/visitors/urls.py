"""Addresses of visitors, under /visitors/."""

from django.urls import path

from houqin.services.visitors.views import gate, hosting, keeping, public, registering, watching

app_name = "visitors"

urlpatterns = [
    path("", hosting.mine, name="mine"),
    path("invite", hosting.invite, name="invite"),
    path("group", hosting.group, name="group"),
    path("<int:pk>", hosting.visit, name="visit"),
    path("<int:pk>/move", hosting.move, name="move"),
    path("<int:pk>/cancel", hosting.cancel, name="cancel"),
    path("request", public.request, name="request"),
    path("request/new", public.request_new, name="request_new"),
    path("requested", public.requested, name="requested"),
    path("p/<str:key>", public.pass_page, name="pass"),
    path("gate", gate.gate, name="gate"),
    path("gate/scan", gate.scan, name="scan"),
    path("gate/choose", gate.choose, name="choose"),
    path("walk-in", registering.walk_in, name="walk_in"),
    path("walk-in/hosts", registering.hosts, name="hosts"),
    path("<int:pk>/give-up", registering.give_up, name="give_up"),
    path("<int:pk>/enter", gate.enter, name="enter"),
    path("<int:pk>/leave", gate.leave, name="leave"),
    path("workers/<int:pk>/enter", gate.enter_worker, name="enter_worker"),
    path("muster", watching.muster, name="muster"),
    path("trace", watching.trace, name="trace"),
    path("insight", watching.insight, name="insight"),
    path("denials", keeping.denials, name="denials"),
    path("denials/<int:pk>/lift", keeping.lift, name="lift"),
    path("<int:pk>/clear", keeping.clear, name="clear"),
    path("contractors", keeping.contractors, name="contractors"),
    path("contractors/new", keeping.new_contractor, name="new_contractor"),
    path("contractors/<int:pk>", keeping.contractor, name="contractor"),
    path("contractors/<int:pk>/change", keeping.set_contractor, name="set_contractor"),
    path("workers/<int:pk>", keeping.worker, name="worker"),
    path("rules", keeping.rules, name="rules"),
    path("rules/new", keeping.new_rule, name="new_rule"),
    path("rules/<int:pk>", keeping.rule, name="rule"),
    path("levels/new", keeping.new_level, name="new_level"),
    path("levels/<int:pk>", keeping.level, name="level"),
]
