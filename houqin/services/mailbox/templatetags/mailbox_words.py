"""Words and addresses of the mailbox's pages."""

from django import template
from django.urls import reverse

from houqin.services.mailbox.queries import Filters

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    """A share as per cent with one decimal; nothing for none."""
    return "" if share is None else f"{share * 100:.1f}%"


@register.simple_tag
def drill(filters: Filters, key: str, value: object, flag: str) -> str:
    """The ledger's address for the letters behind a figure."""
    changes = {key: value} if key else {}
    return f"{reverse('mailbox:letters')}?{filters.query(flag=flag, **changes)}"
