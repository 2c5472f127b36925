"""What administrators set without code, with its history in the trail; and what people set for themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from houqin.affairs.declare import ITEMS
from houqin.affairs.models import Delegation, Favourite, ItemSetting, Route
from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.places.models import Place
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM, Actor

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
    _may_manage(actor)
    declared = ITEMS.get(item)
    if declared is None:
        raise NotFound(_("没有这个服务事项，请从服务目录中选择。"))
    steps = {key: dict(value) for key, value in (steps or {}).items()}
    for key, value in steps.items():
        minutes = value.get("minutes")
        if declared.step(key) is None:
            raise Problem(
                _("该事项没有“%(step)s”环节。") % {"step": key}, errors={"steps": [_("环节不存在。")]}
            )
        if minutes is not None and (not isinstance(minutes, int) or minutes <= 0):
            raise Problem(_("时限应为大于零的分钟数。"), errors={"steps": [_("时限应为大于零的分钟数。")]})
    setting = ItemSetting.objects.select_for_update().filter(item_code=item, unit=unit).first()
    before = model_to_dict(setting, _FIELDS) if setting else None
    setting = setting or ItemSetting(item_code=item, unit=unit)
    setting.name, setting.position, setting.enabled = name, position, enabled
    setting.limit_minutes, setting.steps = limit_minutes, steps
    setting.save()
    after = model_to_dict(setting, _FIELDS)
    if before != after:
        trail.record(
            actor, "affairs.change_item", setting, before=before, after=after, name=str(declared.name)
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
    _may_manage(actor)
    if item not in ITEMS:
        raise NotFound(_("没有这个服务事项，请从服务目录中选择。"))
    route = Route.objects.filter(item_code=item, category=category, place=place, unit=unit).first()
    before = {"section": route.section_id} if route else None
    route = route or Route(item_code=item, category=category, place=place, unit=unit)
    route.section = section
    route.save()
    trail.record(actor, "affairs.set_route", route, before=before, after=model_to_dict(route), name=item)
    return route


@transaction.atomic
def unset_route(actor: Actor, *, route: Route) -> None:
    """Take a routing rule away."""
    _may_manage(actor)
    trail.record(actor, "affairs.unset_route", route, before=model_to_dict(route), name=route.item_code)
    route.delete()


@transaction.atomic
def delegate_tasks(
    actor: Person, *, delegate: Person, starts_at: datetime, ends_at: datetime, reason: str = ""
) -> Delegation:
    """Let somebody else have my tasks while I am away (委托代办). Raises Conflict where I have a delegate already."""
    if delegate.pk == actor.pk:
        raise Problem(_("不能委托给自己，请另选一位。"), errors={"delegate": [_("请另选一位。")]})
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
    Favourite.objects.filter(person=actor).delete()
    Favourite.objects.bulk_create(
        Favourite(person=actor, item_code=item, position=position)
        for position, item in enumerate(dict.fromkeys(items))
    )


def _may_manage(actor: Actor) -> None:
    if actor is not SYSTEM and not scope.holds(actor, "affairs.manage"):
        raise NotPermitted
