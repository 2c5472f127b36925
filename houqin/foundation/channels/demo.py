"""Channels in the demo compound: a few choices and an invented log. The demo sends nothing: no channel is set up there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from houqin.foundation.channels.models import Attempt, Group, Pace, Preference
from houqin.foundation.demo import World

#: Who chose what, by user name: group, channels, pace.
_CHOICES = (
    ("staff", Group.PROGRESS, ["wechat"], Pace.HOURLY),
    ("head", Group.TODO, ["dingtalk", "sms"], Pace.AT_ONCE),
    ("manager", Group.WARNING, ["dingtalk"], Pace.HOURLY),
    ("manager", Group.BRIEF, ["dingtalk", "email"], Pace.AT_ONCE),
)
#: Channel, result and code, and how often of a hundred.
_RESULTS = (
    ("dingtalk", "sent", "ok", 62),
    ("email", "sent", "ok", 18),
    ("sms", "sent", "ok", 14),
    ("dingtalk", "blocked", "timeout", 3),
    ("email", "later", "smtp:450", 2),
    ("sms", "never", "sms:no_such_number", 1),
)


def load(world: World) -> None:
    """Choices of some accounts, and what was tried in the last three days."""
    chance = world.chance("channels")
    Preference.objects.bulk_create(
        Preference(person_id=world.accounts[name].id, group=group, channels=channels, pace=pace)
        for name, group, channels, pace in _CHOICES
    )
    now = datetime.fromtimestamp(world.now, UTC)
    people = [world.accounts[name].id for name in ("staff", "head", "dispatcher", "worker", "manager")]
    minutes = sorted((chance.randrange(1, 3 * 24 * 60) for _ in range(world.many(120))), reverse=True)
    picked = chance.choices(_RESULTS, weights=[each[3] for each in _RESULTS], k=len(minutes))
    Attempt.objects.bulk_create(
        Attempt(
            at=now - timedelta(minutes=ago),
            channel=channel,
            person_id=chance.choice(people),
            key=UUID(int=chance.getrandbits(128), version=4),
            result=result,
            code=code,
            took_ms=8000 if code == "timeout" else chance.randrange(60, 900),
        )
        for ago, (channel, result, code, _weight) in zip(minutes, picked, strict=True)
    )
