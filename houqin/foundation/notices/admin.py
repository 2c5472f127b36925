"""Notices in the back office: who was told what, to look at."""

from django.contrib import admin

from houqin.foundation.notices.models import Notice
from houqin.foundation.people.backoffice import ReadOnlyAdmin


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    permission = "trail.view"
    list_display = ["created_at", "person", "title", "kind", "delivered_at", "read_at"]
    list_select_related = ["person"]
    list_filter = ["created_at"]
    search_fields = ["title", "person__name"]
