"""Apps of django-allauth of which only code is used: without tables, pages and middleware."""

from django.apps import AppConfig


class AccountConfig(AppConfig):
    """allauth's accounts, which its other parts import. Its own configuration would ask for its middleware."""

    name = "allauth.account"
    default_auto_field = "django.db.models.BigAutoField"
