"""Fixtures of the whole suite. What must happen before the settings are read is in `houqin/testing/plugin.py`."""

from houqin.testing.plugin import django_db_setup

pytest_plugins = ["houqin.testing.fixtures"]

__all__ = ["django_db_setup"]
