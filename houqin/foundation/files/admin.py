"""Files in the back office: what was uploaded by whom and where it belongs, to look at; never the content."""

from django.contrib import admin

from houqin.foundation.files.models import File
from houqin.foundation.people.backoffice import ReadOnlyAdmin


@admin.register(File)
class FileAdmin(ReadOnlyAdmin):
    permission = "trail.view"
    list_display = ["created_at", "name", "kind", "size_bytes", "owner", "record_type", "record_id"]
    list_select_related = ["owner"]
    list_filter = ["kind", "record_type"]
    search_fields = ["name", "sha256"]
    date_hierarchy = "created_at"
    exclude = ["content", "thumbnail", "owner_session"]
