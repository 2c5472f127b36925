from django.apps import AppConfig


class BenchConfig(AppConfig):
    """The floors and their one table; installed by `bench.settings` alone."""

    name = "bench"
    label = "bench"
    default_auto_field = "django.db.models.BigAutoField"
