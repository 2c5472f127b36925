"""API tokens for whoever looks after accounts: to see, and to end."""

from __future__ import annotations

from typing import cast

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from houqin.exchange import tokens
from houqin.exchange.models import Token
from houqin.foundation.people.backoffice import ReadOnlyAdmin
from houqin.foundation.people.models import Person


@admin.register(Token)
class TokenAdmin(ReadOnlyAdmin):
    permission = "exchange.manage"
    scope_path = "person__organisation__path"
    list_display = ["person", "hint", "scope", "created_at", "expires_at", "revoked_at"]
    list_select_related = ["person"]
    search_fields = ["person__name", "hint"]
    exclude = ["digest"]
    actions = ["end"]

    @admin.action(description=_("撤销所选令牌"))
    def end(self, request: HttpRequest, chosen: QuerySet[Token]) -> None:
        """End the tokens that were ticked; calls with them are refused from now on."""
        ending = list(chosen.filter(revoked_at__isnull=True).select_related("person__organisation"))
        with transaction.atomic():
            for token in ending:
                tokens.end_token(cast(Person, request.user), token)
        said = ngettext("已撤销 %(n)d 个令牌。", "已撤销 %(n)d 个令牌。", len(ending))
        self.message_user(request, said % {"n": len(ending)})
