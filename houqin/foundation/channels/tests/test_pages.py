"""One's own notice settings, and the administrators' pages."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from houqin.foundation.channels import actions, choices
from houqin.foundation.channels.choices import Choice
from houqin.foundation.channels.models import Address, Attempt, ChannelState, Group, Sending
from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.trail.models import Entry


def form_of(**more):
    data = {f"{group}_pace": "at_once" for group in Group.values}
    return {**data, "quiet_from": "22:00", "quiet_to": "07:00", **more}


def dead(person, channel="dingtalk", code="dingtalk:RECEIVER_NOT_EXIST"):
    now = timezone.now()
    notice = Notice.objects.create(person=person, kind="affairs.task", title="水管漏水", delivered_at=now)
    return Sending.objects.create(
        notice=notice, person=person, channel=channel, state="dead", code=code, due_at=now, finished_at=now
    )


def test_i_choose_what_comes_where_and_go_back_to_the_defaults(cast, as_person, dingtalk, sms):
    cast.staff.phone = "13800138000"
    cast.staff.save()
    browser, url = as_person(cast.staff), reverse("channels:mine")
    page = browser.get(url).content.decode()
    assert "按单位的默认设置发送" in page
    assert "没有登记您的钉钉账号编号" in page
    saved = browser.post(url, form_of(todo_channels=["sms"], todo_pace="daily"))
    assert saved.status_code == 302
    chosen = choices.choices_of([cast.staff.pk])[cast.staff.pk]
    # DingTalk does not reach me now, so the page did not offer it; what was chosen before stays.
    assert chosen.by_group["todo"] == Choice(("sms", "dingtalk"), "daily")
    assert f"{chosen.quiet.starts:%H:%M}" == "22:00"
    assert "按您自己的设置发送" in browser.get(url).content.decode()
    assert Entry.objects.filter(action="channels.choose").exists()
    browser.post(reverse("channels:reset"))
    assert not choices.choices_of([cast.staff.pk])[cast.staff.pk].own


def test_what_makes_no_sense_is_said_beside_the_field(cast, as_person, sms):
    browser, url = as_person(cast.staff), reverse("channels:mine")
    half = browser.post(url, form_of(quiet_to=""))
    assert half.status_code == 422
    assert "请填写不同的开始和结束时间" in half.content.decode()
    assert browser.post(url, form_of(todo_channels=["pigeon"])).status_code == 422
    with pytest.raises(Problem):
        actions.choose(
            cast.staff,
            choices={group: Choice(("pigeon",)) for group in Group.values},
            quiet_from=None,
            quiet_to=None,
        )


def test_without_channels_the_page_says_so_and_keeps_what_was_chosen(cast, as_person):
    page = as_person(cast.staff).get(reverse("channels:mine")).content.decode()
    assert "还没有接通对外的通知渠道" in page
    as_person(cast.staff).post(reverse("channels:mine"), form_of())
    assert choices.choices_of([cast.staff.pk])[cast.staff.pk].by_group["todo"].channels == ("dingtalk",)


def test_defaults_are_the_administrators(cast, as_person):
    browser = as_person(cast.sysadmin)
    browser.post(reverse("channels:defaults"), form_of(other_channels=["email"]))
    assert choices.choices_of([cast.staff.pk])[cast.staff.pk].by_group["other"] == Choice(("email",))
    assert as_person(cast.staff).get(reverse("channels:defaults")).status_code == 403
    assert as_person(cast.staff).post(reverse("channels:defaults"), form_of()).status_code == 403


def test_a_channel_is_unverified_until_somebody_says_otherwise(cast, as_person, dingtalk):
    browser = as_person(cast.sysadmin)
    page = browser.get(reverse("channels:overview")).content.decode()
    assert page.count("尚未与真实系统核对") == 4
    assert page.count("未配置") == 3
    browser.post(reverse("channels:verify", args=["dingtalk"]), {"verified": "1"})
    page = browser.get(reverse("channels:overview")).content.decode()
    assert f"{timezone.localdate():%Y-%m-%d} 由{cast.sysadmin.name}与真实系统核对过" in page
    entry = Entry.objects.get(action="channels.verify")
    assert entry.after["verified_at"]
    browser.post(reverse("channels:verify", args=["dingtalk"]), {"verified": "0"})
    assert ChannelState.objects.get(channel="dingtalk").verified_at is None
    assert browser.post(reverse("channels:verify", args=["pigeon"])).status_code == 404


def test_a_test_message_goes_to_myself_by_that_channel(cast, as_person, dingtalk):
    browser = as_person(cast.sysadmin)
    refused = browser.post(reverse("channels:test", args=["dingtalk"]), follow=True).content.decode()
    assert "没有登记您的钉钉账号编号" in refused
    unset = browser.post(reverse("channels:test", args=["email"]), follow=True).content.decode()
    assert "还没有配置" in unset
    Address.objects.create(person=cast.sysadmin, channel="dingtalk", value="42")
    sent = browser.post(reverse("channels:test", args=["dingtalk"]), follow=True)
    assert "测试消息已交付发送" in sent.content.decode()
    from houqin.foundation.channels import jobs

    assert jobs.send() == 1
    assert [each["to"] for each in dingtalk.shown.values()] == [["42"]]
    page = browser.get(reverse("channels:log"), {"channel": "dingtalk"}).content.decode()
    assert cast.sysadmin.name in page
    assert "已发送" in page


def test_dead_letters_are_seen_and_sent_again(cast, as_person, dingtalk):
    first, _second = dead(cast.staff), dead(cast.head)
    browser = as_person(cast.sysadmin)
    page = browser.get(reverse("channels:overview")).content.decode()
    assert "有 2 条消息发送失败" in page
    assert "RECEIVER_NOT_EXIST" in page
    assert "水管漏水" not in page, "what was said is for who was told"
    browser.post(reverse("channels:resend"), {"id": first.pk})
    first.refresh_from_db()
    assert (first.state, first.attempts) == ("waiting", 0)
    browser.post(reverse("channels:resend"), {"channel": "dingtalk"})
    assert not Sending.objects.filter(state="dead").exists()
    assert browser.post(reverse("channels:resend"), {"id": first.pk}).status_code == 404
    assert browser.post(reverse("channels:resend"), {"id": "x"}).status_code == 404
    with pytest.raises(NotPermitted):
        actions.resend(cast.staff, channel="dingtalk")


def test_accounts_are_noted_by_hand_shown_in_part_and_never_in_the_trail(cast, as_person):
    browser, url = as_person(cast.sysadmin), reverse("channels:addresses")
    account = {"username": cast.staff.username, "channel": "wechat", "value": "oAbc_1234567890"}
    assert browser.post(url, account).status_code == 302
    assert Address.objects.get(person=cast.staff).value == "oAbc_1234567890"
    page = browser.get(url).content.decode()
    assert "····7890" in page
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM channels_address")
        assert b"oAbc" not in bytes(cursor.fetchone()[0]), "in the database it is encrypted"
    assert "oAbc_1234567890" not in page
    entry = Entry.objects.get(action="channels.keep_address")
    assert "oAbc" not in repr(vars(entry))
    assert browser.post(url, account | {"username": "nobody"}).status_code == 422
    browser.post(url, account | {"value": ""})
    assert not Address.objects.exists()
    with pytest.raises(Problem, match="人员资料"):
        actions.set_address(cast.sysadmin, person=cast.staff, channel="sms", value="1")
    with pytest.raises(NotFound):
        actions.set_address(cast.sysadmin, person=cast.staff, channel="pigeon", value="1")


def test_the_pages_of_administrators_cost_the_same_however_full(
    cast, as_person, django_assert_max_num_queries
):
    browser = as_person(cast.sysadmin)
    now = timezone.now()
    for number in range(60):
        row = dead(cast.people()[number % 10])
        Attempt.objects.create(
            at=now, channel="dingtalk", person=row.person, key=row.key, result="never", code="x:1", took_ms=5
        )
    for name in ("overview", "log", "addresses"):
        with django_assert_max_num_queries(12):
            page = browser.get(reverse(f"channels:{name}"))
        assert page.status_code == 200
    more = browser.get(reverse("channels:log")).context["next_url"]
    assert len(browser.get(more).context["attempts"]) == 10
    assert (
        len(browser.get(browser.get(reverse("channels:overview")).context["next_url"]).context["dead"]) == 30
    )


@pytest.mark.parametrize("name", ["overview", "log", "addresses", "defaults"])
def test_only_who_manages_channels_sees_them(cast, as_person, name):
    assert as_person(cast.staff).get(reverse(f"channels:{name}")).status_code == 403


def test_the_log_of_more_than_a_year_ago_is_forgotten(cast, time_machine):
    row = dead(cast.staff)
    Attempt.objects.create(channel="sms", person=cast.staff, key=row.key, result="sent", took_ms=1)
    assert actions.forget_old() == 0
    time_machine.move_to(timezone.now() + actions.KEPT * 1.01)
    assert actions.forget_old() == 2
