"""Template helpers of the door."""

from django import template

from houqin.foundation.people.devices import short_address

register = template.Library()
register.filter("short_address", short_address)
