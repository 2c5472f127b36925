"""The back office of the mailbox: the dictionary of categories."""

from django.contrib import admin

from houqin.foundation.people.backoffice import BackOfficeAdmin
from houqin.services.mailbox.actions import dictionary
from houqin.services.mailbox.models import LetterCategory


@admin.register(LetterCategory)
class LetterCategoryAdmin(BackOfficeAdmin):
    permission = "mailbox.manage"
    list_display = ["name", "code", "section", "workdays", "reviewed", "active", "position"]
    list_filter = ["active", "reviewed"]
    list_select_related = ["section"]
    search_fields = ["name", "code", "keywords"]
    raw_id_fields = ["section"]
    add_action = staticmethod(lambda actor, values: dictionary.keep_category(actor, LetterCategory(**values)))
    change_action = staticmethod(lambda actor, category, values: dictionary.keep_category(actor, category))
