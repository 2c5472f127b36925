"""The look of the back office: its first page and the box at the top lead everywhere, so there is no side bar."""

from django.contrib import admin

admin.site.enable_nav_sidebar = False
admin.site.empty_value_display = "—"
