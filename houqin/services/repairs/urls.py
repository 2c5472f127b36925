"""Addresses of repairs, under /repairs/."""

from django.urls import path

from houqin.services.repairs.views import incidents, orders, spots, stock

app_name = "repairs"

urlpatterns = [
    path("", orders.ledger, name="orders"),
    path("insights", orders.insights, name="insights"),
    path("incidents", incidents.incidents, name="incidents"),
    path("incidents/<int:pk>/extend", incidents.extend, name="extend_incident"),
    path("incidents/<int:pk>/close", incidents.close, name="close_incident"),
    path("stock", stock.stock, name="stock"),
    path("stock/new", stock.new, name="new_stock_item"),
    path("stock/<int:pk>", stock.item, name="stock_item"),
    path("stock/<int:pk>/receive", stock.receive, name="receive_stock"),
    path("stock/<int:pk>/count", stock.count, name="count_stock"),
    path("devices", spots.devices, name="devices"),
    path("devices/codes", spots.codes, name="device_codes"),
    path("faults", spots.faults, name="faults"),
    path("known", spots.known, name="known"),
    path("known/<str:number>", spots.follow, name="follow"),
    path("arrive/<int:task>", spots.arrive, name="arrive"),
]
