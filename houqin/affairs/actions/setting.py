"""What administrators set without code, with its history in the trail; and what people set for themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from houqin.affairs.declare import ITEMS, ClockKind, Item
from houqin.affairs.models import Delegation, Favourite, ItemSetting, Route
from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.places.models import Place
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor

_MANAGE = "affairs.manage"
#: A year: longer is a slip of the finger, and arithmetic of calendars ends somewhere.
_LONGEST_MINUTES = 366 * 24 * 60
_FIELDS = ["item_code", "unit", "name", "position", "enabled", "limit_minutes", "steps"]


@transaction.atomic
def change_item(
    actor: Actor,
    *,
    item: str,
    unit: Organisation | None = None,
    name: str = "",
    position: int = 0,
    enabled: bool = True,
    limit_minutes: int | None = None,
    steps: Mapping[str, Mapping[str, Any]] | None = None,
) -> ItemSetting:
    """Set how ``item`` is offered, for everybody or for one unit's applicants. Running cases keep what they began with.

    Raises Problem for a step the item does not have or a limit that is not a positive number of minutes.
    """
    declared = _declared(item)
    grant = _manages(actor, declared, unit)
    if limit_minutes is not None:
        _check_minutes(limit_minutes, "limit_minutes")
    steps = {key: _checked_step(declared, key, value) for key, value in (steps or {}).items()}
    _alone(f"item:{item}")
    setting = ItemSetting.objects.select_for_update().filter(item_code=item, unit=unit).first()
    before = model_to_dict(setting, _FIELDS) if setting else None
    setting = setting or ItemSetting(item_code=item, unit=unit)
    setting.name, setting.position, setting.enabled = name, position, enabled
    setting.limit_minutes, setting.steps = limit_minutes, steps
    setting.save()
    after = model_to_dict(setting, _FIELDS)
    if before != after:
        trail.record(
            actor,
            "affairs.change_item",
            setting,
            before=before,
            after=after,
            grant=grant,
            name=str(declared.name),
        )
    return setting


@transaction.atomic
def set_route(
    actor: Actor,
    *,
    item: str,
    section: Organisation,
    category: str = "",
    place: Place | None = None,
    unit: Organisation | None = None,
) -> Route:
    """Say which section gets the cases of an item, a category, a place, a unit. Replaces the rule for the same ones."""
    grant = _manages(actor, _declared(item), unit, section)
    _alone(f"item:{item}")
    route = Route.objects.filter(item_code=item, category=category, place=place, unit=unit).first()
    before = {"section": route.section_id} if route else None
    route = route or Route(item_code=item, category=category, place=place, unit=unit)
    route.section = section
    route.save()
    trail.record(
        actor, "affairs.set_route", route, before=before, after=model_to_dict(route), grant=grant, name=item
    )
    return route


@transaction.atomic
def unset_route(actor: Actor, *, route: Route) -> None:
    """Take a routing rule away."""
    grant = _manages(actor, ITEMS.get(route.item_code), route.unit, route.section)
    before = model_to_dict(route)
    trail.record(actor, "affairs.unset_route", route, before=before, grant=grant, name=route.item_code)
    route.delete()


@transaction.atomic
def delegate_tasks(
    actor: Person, *, delegate: Person, starts_at: datetime, ends_at: datetime, reason: str = ""
) -> Delegation:
    """Let somebody else have my tasks while I am away (委托代办). Raises Conflict where I have a delegate already."""
    if delegate.pk == actor.pk:
        raise Problem(_("不能委托给自己，请另选一位。"), errors={"delegate": [_("请另选一位。")]})
    if not delegate.is_active:
        words = _("%(name)s 已离开，请另选一位。") % {"name": delegate.name}
        raise Problem(words, errors={"delegate": [words]})
    if ends_at <= starts_at:
        raise Problem(_("结束时间应晚于开始时间。"), errors={"ends_at": [_("应晚于开始时间。")]})
    try:
        with transaction.atomic():
            delegation = Delegation.objects.create(
                person=actor, delegate=delegate, starts_at=starts_at, ends_at=ends_at, reason=reason
            )
    except IntegrityError:
        raise Conflict(_("这段时间您已有委托，请先结束原委托。"), code="delegated_already") from None
    trail.record(
        actor, "affairs.delegate_tasks", delegation, after=model_to_dict(delegation), name=delegate.name
    )
    return delegation


@transaction.atomic
def end_delegation(actor: Person, *, delegation: int, at: datetime) -> None:
    """Take my tasks back from ``at`` on."""
    mine = Delegation.objects.select_for_update().filter(pk=delegation, person=actor).first()
    if mine is None:
        raise NotFound
    if mine.ends_at <= at:
        return
    before = {"ends_at": mine.ends_at}
    mine.ends_at = max(at, mine.starts_at)
    mine.save(update_fields=["ends_at"])
    trail.record(actor, "affairs.end_delegation", mine, before=before, after={"ends_at": mine.ends_at})


@transaction.atomic
def set_favourites(actor: Person, *, items: Sequence[str]) -> None:
    """The items I keep on my home page, in this order."""
    unknown = [item for item in items if item not in ITEMS]
    if unknown:
        raise NotFound(_("没有这个服务事项，请从服务目录中选择。"))
    _alone(f"favourites:{actor.pk}")
    Favourite.objects.filter(person=actor).delete()
    Favourite.objects.bulk_create(
        Favourite(person=actor, item_code=item, position=position)
        for position, item in enumerate(dict.fromkeys(items))
    )


def _alone(key: str) -> None:
    """Whoever sets the same at the same time waits until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"affairs:{key}"])


def _declared(item: str) -> Item:
    declared = ITEMS.get(item)
    if declared is None:
        raise NotFound(_("没有这个服务事项，请从服务目录中选择。"))
    return declared


def _manages(
    actor: Actor, item: Item | None, unit: Organisation | None, section: Organisation | None = None
) -> scope.Grant:
    """What holds for everybody is set by who manages everything; what holds for a unit, by who manages it (and the
    section that shall work for it)."""
    if unit is None:
        return scope.authorise_everywhere(actor, _MANAGE)
    service = item.service if item else ""
    if section is not None:
        scope.authorise(actor, _MANAGE, organisation_path=section.path, service=service)
    return scope.authorise(actor, _MANAGE, organisation_path=unit.path, service=service)


def _checked_step(item: Item, key: str, value: Any) -> dict[str, Any]:
    """What is set of one step. Raises Problem for whatever submission could not read later."""
    if item.step(key) is None:
        raise Problem(_("该事项没有“%(step)s”环节。") % {"step": key}, errors={"steps": [_("环节不存在。")]})
    if not isinstance(value, Mapping) or set(value) - {"name", "minutes", "clock"}:
        raise _unreadable()
    if value.get("minutes") is not None:
        _check_minutes(value["minutes"], "steps")
    if not isinstance(value.get("name") or "", str) or (value.get("clock") or "") not in [
        "",
        *ClockKind.values,
    ]:
        raise _unreadable()
    return dict(value)


def _unreadable() -> Problem:
    words = _("环节设置只能含名称（name）、时限分钟数（minutes）和计时方式（clock：working 或 wall）。")
    return Problem(words, errors={"steps": [words]})


def _check_minutes(minutes: Any, field: str) -> None:
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 0 < minutes <= _LONGEST_MINUTES:
        raise Problem(_("时限应为大于零的分钟数。"), errors={field: [_("时限应为大于零的分钟数。")]})
