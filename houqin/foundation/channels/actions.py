"""Every write around channels: what people choose, what administrators decide, and sending once more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.channels import planning
from houqin.foundation.channels.base import CHANNELS, Channel
from houqin.foundation.channels.choices import Choice
from houqin.foundation.channels.models import (
    Address,
    Attempt,
    ChannelState,
    Group,
    Pace,
    Preference,
    QuietHours,
    Sending,
    State,
)
from houqin.foundation.channels.sending import soon
from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.people.models import Person
from houqin.foundation.people.scope import authorise_everywhere
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor

RIGHT = "channels.manage"
#: The log says who was reached when; 网络安全法 asks for six months at least.
KEPT = timedelta(days=366)


def choose(
    actor: Person, *, choices: Mapping[str, Choice], quiet_from: time | None, quiet_to: time | None
) -> None:
    """One's own choices for every group and one's own quiet hours (both None: none at all)."""
    _choose(actor, actor, choices, quiet_from, quiet_to)


def set_defaults(
    actor: Actor, *, choices: Mapping[str, Choice], quiet_from: time | None, quiet_to: time | None
) -> None:
    """What holds for whoever has chosen nothing. Raises NotPermitted without the right everywhere."""
    authorise_everywhere(actor, RIGHT)
    _choose(actor, None, choices, quiet_from, quiet_to)


@transaction.atomic
def _choose(
    actor: Actor,
    person: Person | None,
    choices: Mapping[str, Choice],
    quiet_from: time | None,
    quiet_to: time | None,
) -> None:
    if (quiet_from is None) != (quiet_to is None) or (quiet_from and quiet_from == quiet_to):
        raise Problem(errors={"quiet_to": [_("请填写不同的开始和结束时间，或者都留空。")]})
    rows = []
    for group in Group.values:
        choice = choices[group]
        if unknown := [code for code in choice.channels if code not in CHANNELS]:
            raise Problem(_("没有这个渠道：%(codes)s。") % {"codes": _("、").join(unknown)})
        rows.append(
            Preference(person=person, group=group, channels=list(choice.channels), pace=Pace(choice.pace))
        )
    Preference.objects.filter(person=person).delete()
    Preference.objects.bulk_create(rows)
    quiet, _created = QuietHours.objects.update_or_create(
        person=person, defaults={"starts": quiet_from, "ends": quiet_to}
    )
    after = {group: [*choice.channels, choice.pace] for group, choice in choices.items()}
    after |= {"quiet": [str(quiet_from or ""), str(quiet_to or "")]}
    if person is None:
        trail.record(actor, "channels.set_defaults", quiet, after=after)
    else:
        trail.record(actor, "channels.choose", person, after=after)


@transaction.atomic
def forget_choices(actor: Person) -> None:
    """Back to the defaults, and to what administrators will make of them."""
    Preference.objects.filter(person=actor).delete()
    QuietHours.objects.filter(person=actor).delete()
    trail.record(actor, "channels.forget_choices", actor)


@transaction.atomic
def keep_address(actor: Actor, person: Person, *, channel: str, value: str) -> None:
    """Remember by which name a channel knows ``person`` (empty: no longer). For whoever has proof of it: a sign-in
    through that channel, or an administrator (:func:`set_address`). The trail keeps that it changed, not the name.
    """
    if value:
        Address.objects.update_or_create(
            person=person, channel=channel, defaults={"value": value, "changed_at": timezone.now()}
        )
    else:
        Address.objects.filter(person=person, channel=channel).delete()
    trail.record(actor, "channels.keep_address", person, after={"channel": channel, "known": bool(value)})


def set_address(actor: Actor, *, person: Person, channel: str, value: str) -> None:
    """The same by an administrator's hand."""
    authorise_everywhere(actor, RIGHT)
    keep_address(actor, person, channel=_own_addresses(channel).code, value=value.strip())


@transaction.atomic
def verify(actor: Actor, *, channel: str, verified: bool) -> ChannelState:
    """Say that a channel was checked against the real system, or that it no longer counts as such."""
    authorise_everywhere(actor, RIGHT)
    state, _created = ChannelState.objects.get_or_create(channel=_channel(channel).code)
    state = ChannelState.objects.select_for_update().get(pk=state.pk)
    before = {"verified_at": state.verified_at}
    state.verified_at = timezone.now() if verified else None
    state.verified_by_id = actor.pk if verified else None
    state.save(update_fields=["verified_at", "verified_by"])
    trail.record(actor, "channels.verify", state, before=before, after={"verified_at": state.verified_at})
    return state


@transaction.atomic
def send_test(actor: Person, *, channel: str) -> Sending:
    """A message to oneself by one channel, whatever one has chosen; a job sends it within moments.

    Raises Conflict where the channel is not set up, Problem where it does not reach the actor.
    """
    authorise_everywhere(actor, RIGHT)
    found = _channel(channel)
    if not found.configured():
        raise Conflict(_("这个渠道还没有配置，不能发送。"))
    if not planning.address_of(actor, channel):
        raise Problem(_("没有登记您的%(address)s，无法发送测试消息。") % {"address": found.address_name})
    now = timezone.now()
    notice = Notice.objects.create(
        person=actor,
        kind="channels.test",
        title=_("测试消息：%(channel)s") % {"channel": found.name},
        body=_("您收到这条消息，说明这个渠道能够送达。"),
        url="/channels",
        created_at=now,
        delivered_at=now,
    )
    sending = Sending.objects.create(notice=notice, person=actor, channel=channel, due_at=now)
    ChannelState.objects.filter(channel=channel).update(paused_until=None)
    trail.record(actor, "channels.send_test", sending, after={"channel": channel})
    soon()
    return sending


@transaction.atomic
def resend(actor: Actor, *, ids: Collection[int] | None = None, channel: str = "") -> int:
    """Try dead ones once more, those of ``ids`` or all of a channel; answers how many. Their keys stay, so that one
    that did arrive is not shown twice."""
    authorise_everywhere(actor, RIGHT)
    dead = Sending.objects.filter(state=State.DEAD)
    dead = dead.filter(pk__in=ids) if ids is not None else dead.filter(channel=_channel(channel).code)
    keys = list(dead.select_for_update().values_list("pk", flat=True))
    if not keys:
        raise NotFound(_("没有可重发的消息，可能已经重发。"))
    now = timezone.now()
    Sending.objects.filter(pk__in=keys).update(
        state=State.WAITING, due_at=now, created_at=now, attempts=0, finished_at=None
    )
    states = ChannelState.objects.filter(channel__in=Sending.objects.filter(pk__in=keys).values("channel"))
    states.update(paused_until=None)
    first = Sending.objects.get(pk=keys[0])
    trail.record(actor, "channels.resend", first, after={"channel": first.channel, "count": len(keys)})
    soon()
    return len(keys)


def forget_old() -> int:
    """Remove the log of more than a year ago and the rows that came to rest then; answers how many."""
    limit = timezone.now() - KEPT
    attempts, _by_model = Attempt.objects.filter(at__lt=limit).delete()
    sendings, _by_model = Sending.objects.filter(finished_at__lt=limit).delete()
    return attempts + sendings


def _channel(code: str) -> Channel:
    found = CHANNELS.get(code)
    if found is None:
        raise NotFound
    return found


def _own_addresses(code: str) -> Channel:
    found = _channel(code)
    if code in planning.OF_PERSON:
        raise Problem(_("这个渠道用人员资料中的手机或邮箱，请在人员管理中修改。"))
    return found
