"""Template helpers of the look: icons, moments in words, and the one table of tones and shapes for states."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from houqin.foundation.standards import mask_phone
from houqin.portal.drawn import filled

register = template.Library()

_STATES = {
    "open": ("open", "circle"),
    "waiting_applicant": ("amber", "pause"),
    "confirming": ("open", "hourglass"),
    "completed": ("done", "check-circle"),
    "refused": ("plain", "slash"),
    "withdrawn": ("plain", "undo"),
}
_LEVELS = {"amber": ("amber", "triangle"), "red": ("red", "octagon")}
_NEAR = timedelta(hours=6)


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Draw one icon of the sprite; it is decoration, so a word must stand beside it."""
    return _drawn(str(name), str(css))


@lru_cache(maxsize=1024)  # a page of thirty rows draws two hundred icons
def _drawn(name: str, css: str) -> SafeString:
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        static("icons.svg"),
        name,
    )


#: Where a piece that is kept for all leaves room for the reader's own token.
CSRF = "@csrf@"


@register.filter
def signed(piece: SafeString, token: str) -> SafeString:
    """Put the request's CSRF token into a piece that is kept."""
    return filled(piece, {CSRF: str(token)})


@register.filter
def state_tone(state: str) -> str:
    """Colour family of a case state or of a level (``amber``, ``red``): open, amber, red, done or plain."""
    return (_LEVELS | _STATES).get(str(state), ("plain", "circle"))[0]


@register.filter
def state_icon(state: str) -> str:
    """Shape that goes with a case state or level, so that colour never speaks alone."""
    return (_LEVELS | _STATES).get(str(state), ("plain", "circle"))[1]


@register.filter
def masked_phone(number: str) -> str:
    """``138****0006``, for a number that is a plain text; a personal value prints so by itself."""
    return mask_phone(str(number))


def span_words(span: timedelta) -> str:
    """Say a duration in its two largest units, in minutes at the least: ``1 小时 20 分``."""
    minutes = max(1, int(abs(span.total_seconds()) // 60))
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = []
    if days:
        parts.append(ngettext("%(n)d 天", "%(n)d 天", days) % {"n": days})
    if hours:
        parts.append(ngettext("%(n)d 小时", "%(n)d 小时", hours) % {"n": hours})
    if minutes and not days:
        parts.append(ngettext("%(n)d 分", "%(n)d 分", minutes) % {"n": minutes})
    return " ".join(parts)


@register.filter
def span(value: timedelta | None) -> str:
    """Say a duration; nothing for none."""
    return "" if value is None else span_words(value)


@register.filter
def moment(value: datetime | None) -> str:
    """Say a moment as people do: 今天 10:40, 明天 09:00, 10月9日 09:00, with the year when it is another one."""
    if value is None:
        return ""
    local, today = timezone.localtime(value), timezone.localdate()
    clock = local.strftime("%H:%M")
    near = {-1: _("昨天"), 0: pgettext("moment", "今天"), 1: _("明天")}.get((local.date() - today).days)
    if near:
        return f"{near} {clock}"
    pattern = "MONTH_DAY_FORMAT" if local.year == today.year else "DATE_FORMAT"
    return f"{formats.date_format(local, pattern)} {clock}"


@register.filter
def ago(value: datetime | None) -> str:
    """Say how long ago something was while it is near, and when it was once it is not."""
    if value is None:
        return ""
    passed = timezone.now() - value
    if passed < timedelta(minutes=1):
        return _("刚刚")
    if passed < _NEAR:
        return _("%(span)s前") % {"span": span_words(passed)}
    return moment(value)


@register.filter
def due_words(due: datetime | None) -> str:
    """Say what is left of a limit: 还剩 1 小时 20 分, 明天 10:40 前, 已超时 35 分."""
    if due is None:
        return ""
    left = due - timezone.now()
    if left < timedelta(0):
        return _("已超时 %(span)s") % {"span": span_words(left)}
    if left < _NEAR and timezone.localdate(due) == timezone.localdate():
        return _("还剩 %(span)s") % {"span": span_words(left)}
    return _("%(moment)s前") % {"moment": f"{moment(due)} "}


@register.filter
def due_level(due: datetime | None, level: str = "") -> str:
    """Give ``level`` back, or ``red`` when the moment has passed and nothing else is known."""
    if level or due is None:
        return level
    return "red" if due < timezone.now() else ""


@register.filter
def percent(share: float) -> str:
    """``37%``."""
    return f"{share:.0%}"


@register.filter
def yuan(amount: Decimal | float | None) -> str:
    """Say an amount of money: ¥1,280.00."""
    return "" if amount is None else f"¥{Decimal(amount):,.2f}"


@register.filter
def is_choices(field: BoundField) -> bool:
    """Whether a bound field is drawn as a group of radio buttons or check boxes."""
    return _input_type(field) in {"radio", "checkbox"} and hasattr(field.field, "choices")


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether a bound field is a single check box."""
    return _input_type(field) == "checkbox" and not hasattr(field.field, "choices")


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """Draw a bound field's control with our class, linked to its hint and its error."""
    css = "form-select" if _input_type(field) == "select" else "form-control"
    attrs: dict[str, str | bool] = {"class": f"{field.field.widget.attrs.get('class', '')} {css}".strip()}
    described = [f"{field.auto_id}_error"] if field.errors else []
    if field.help_text:
        described.append(f"{field.auto_id}_hint")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


def _input_type(field: BoundField) -> str:
    return getattr(field.field.widget, "input_type", "") or ""
