"""Asked for online: the head agrees, then the keeper; before that nothing opens."""

from datetime import timedelta

import pytest
from django.utils import timezone

from houqin.affairs import actions as affairs
from houqin.foundation.errors import Problem
from houqin.services.access.models import Permit


def filled(doors, **more):
    today = timezone.localdate()
    return {
        "areas": [doors.vault.code], "span": "always", "from_on": today.isoformat(),
        "until_on": (today + timedelta(days=30)).isoformat(), "reason": "调阅档案", **more,
    }  # fmt: skip


def ask(doors, **more):
    return affairs.submit(doors.cast.staff, item="access.permit", data=filled(doors, **more))


def decide(doors, person, case, verb="approve", **data):
    task = case.tasks.filter(state="open", assignee=person).get()
    return affairs.perform(person, verb, case=case.number, task=task.pk, data=data)


def test_the_head_then_the_keeper_agree_and_the_door_opens(doors):
    case = ask(doors)
    permit = Permit.objects.get()
    assert (permit.state, permit.source, permit.holder) == ("asked", f"access.permit:{case.pk}", doors.holder)
    assert doors.admit(doors.vault_door).reason == "no_permit"
    decide(doors, doors.cast.head, case)
    assert doors.admit(doors.vault_door).reason == "no_permit"
    decide(doors, doors.cast.clerk, case)
    case.refresh_from_db()
    assert case.state == "completed"
    assert doors.admit(doors.vault_door).permit == permit.pk
    last = timezone.localtime(Permit.objects.get().until_at)
    assert (last.hour, last.date()) == (0, timezone.localdate() + timedelta(days=31))


def test_refused_or_taken_back_it_opens_nothing(doors):
    case = ask(doors)
    decide(doors, doors.cast.head, case, "refuse", comment="无需进入")
    again = ask(doors)
    affairs.perform(doors.cast.staff, "withdraw", case=again.number, version=again.version, data={})
    assert set(Permit.objects.values_list("state", flat=True)) == {"refused"}
    assert doors.admit(doors.vault_door).reason == "no_permit"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"areas": []}, "areas"),
        ({"areas": ["XX"]}, "areas"),
        ({"until_on": "2020-01-01"}, "until_on"),
        ({"until_on": "2099-01-01"}, "until_on"),
        ({"from_on": "9999-12-31", "until_on": "9999-12-31"}, "from_on"),
        ({"span": "never"}, "span"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_cannot_be_asked_for_is_said_beside_its_field(doors, wrong, field):
    with pytest.raises(Problem) as caught:
        ask(doors, **wrong)
    assert field in caught.value.errors


def test_the_same_is_not_asked_for_twice_and_keepers_are_not_mixed(doors):
    ask(doors)
    with pytest.raises(Problem) as caught:
        ask(doors)
    assert "正在审批" in str(caught.value.errors["areas"])
    doors.other.keeper = doors.cast.repairs
    doors.other.save()
    with pytest.raises(Problem) as caught:
        ask(doors, areas=["T1-3", "T2"])
    assert "分开申请" in str(caught.value.errors["areas"])


def test_the_case_shows_the_permit(doors, as_person):
    case = ask(doors)
    page = as_person(doors.cast.staff).get(case.get_absolute_url()).content.decode()
    assert "1号楼3层机要区" in page
    assert "调阅档案" in page
    assert "1号楼3层机要区" in as_person(doors.cast.staff).get("/services/access.permit").content.decode()
