"""How long something is late, in one unit."""

from django import template

from houqin.foundation.brief.actions import lateness

register = template.Library()
register.filter("lateness", lateness)
