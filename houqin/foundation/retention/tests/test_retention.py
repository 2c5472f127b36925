"""What is kept for how long: what goes, what stays, who sets it, and what the trail knows of it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from houqin.affairs.models import Case, Follower
from houqin.exchange import tokens
from houqin.exchange.models import KeptAnswer, Token
from houqin.foundation.errors import NotPermitted, Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.people.models import Person, SignedInSession, SignInFailure
from houqin.foundation.personal.retention import KEPT
from houqin.foundation.retention import actions, jobs, queries
from houqin.foundation.retention.models import Erasure, Period
from houqin.foundation.trail.actors import Outsider
from houqin.foundation.trail.models import Entry


def ago(days: float):
    return timezone.now() - timedelta(days=days)


def test_an_ended_case_forgets_the_number_in_time_and_a_running_one_keeps_it(desk):
    old, fresh, running = (desk.submit(str(n), by=Outsider("王女士", f"1390000111{n}")) for n in range(3))
    Follower.objects.create(case=old, name="张先生", phone="13900002222")
    for case, days in ((old, 181), (fresh, 179)):
        desk.do("withdraw", case, by=Outsider("王女士", case.applicant_phone.clear), comment="不用了")
        Case.objects.filter(pk=case.pk).update(ended_at=ago(days))
    due = {each.code: each.due for each in queries.standings(desk.cast.secadmin)}
    assert (due["affairs.applicant_phones"], due["affairs.follower_phones"]) == (1, 1)
    assert actions.erase_due("affairs.applicant_phones") == 1
    assert actions.erase_due("affairs.follower_phones") == 1
    assert [str(Case.objects.get(pk=case.pk).applicant_phone) for case in (old, fresh, running)] == [
        "",
        "139****1111",
        "139****1112",
    ]
    assert Case.objects.get(pk=old.pk).applicant_name == "王女士"
    assert not Follower.objects.get().phone
    assert actions.erase_due("affairs.applicant_phones") == 0


def test_whoever_left_long_ago_cannot_be_reached_any_more(cast):
    Person.objects.filter(pk=cast.worker2.pk).update(ended_on=ago(1096).date(), email="a@b.cn")
    Person.objects.filter(pk=cast.worker.pk).update(ended_on=ago(30).date())
    assert actions.erase_due("people.left") == 1
    gone, here = Person.objects.get(pk=cast.worker2.pk), Person.objects.get(pk=cast.worker.pk)
    assert (bool(gone.phone), gone.email, gone.name) == (False, "", "单大勇")
    assert here.phone == "13800000006"


def test_sign_ins_notices_and_answers_go(cast, client):
    client.post(reverse("people:sign_in"), {"username": "staff", "password": "houqin-demo"})
    Client().post(reverse("people:sign_in"), {"username": "staff", "password": "wrong"})
    SignInFailure.objects.update(at=ago(366))
    Session.objects.update(expire_date=ago(2))
    SignedInSession.objects.update(started_at=ago(3))
    told = [Notice.objects.create(person=cast.staff, kind="k", title="t", url="/") for _ in range(2)]
    Notice.objects.filter(pk=told[0].pk).update(read_at=ago(731))
    tokens.create_token("staff")
    KeptAnswer.objects.create(token=Token.objects.get(), key="k", request_digest="d", created_at=ago(2))
    erased = jobs.erase()
    assert erased == {
        "exchange.answers": 1,
        "notices.read": 1,
        "people.devices": 1,
        "people.sessions": 1,
        "people.sign_in_failures": 1,
    }
    assert list(Notice.objects.values_list("pk", flat=True)) == [told[1].pk]


def test_it_goes_in_batches_and_the_trail_knows_how_many_and_nothing_else(cast, monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 2)
    SignInFailure.objects.bulk_create([SignInFailure(username="13800000006", at=ago(400)) for _ in range(5)])
    assert actions.erase_due("people.sign_in_failures") == 5
    entries = list(Entry.objects.filter(action="retention.erase").order_by("id"))
    assert [each.after["count"] for each in entries] == [2, 2, 1]
    assert all("1380000" not in str(each.after) for each in entries)
    assert Erasure.objects.count() == 3


def test_who_may_sets_a_period_within_bounds_and_its_history_is_shown(cast, as_person):
    browser = as_person(cast.secadmin)
    address = reverse("retention:kind", args=["affairs.applicant_phones"])
    assert "没有改过" in browser.get(address).content.decode()
    refused = browser.post(address, {"days": "10"})
    assert refused.status_code == 422
    assert "可设 31 至" in refused.content.decode()
    assert not Period.objects.exists()
    assert browser.post(address, {"days": "90"}).status_code == 302
    assert queries.days_of("affairs.applicant_phones") == 90
    page = browser.get(address).content.decode()
    assert "180 天改为 90 天" in page
    assert cast.secadmin.name in page
    (entry,) = Entry.objects.filter(action="retention.set_period")
    assert (entry.before, entry.after) == ({"days": 180}, {"days": 90})
    assert "办结办件的申请人电话" in browser.get(reverse("retention:kinds")).content.decode()


def test_others_may_not(cast, as_person):
    for person in (cast.sysadmin, cast.auditor, cast.manager):
        assert as_person(person).get(reverse("retention:kinds")).status_code == 403
        with pytest.raises(NotPermitted):
            actions.set_period(person, kind="notices.read", days=100)
    with pytest.raises(Problem):
        actions.set_period(cast.secadmin, kind="exchange.answers", days=2)
    assert as_person(cast.secadmin).get("/retention/no.such").status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        Period.objects.create(kind="x", days=0)


def test_the_page_costs_a_count_a_kind_whatever_the_rows(cast, as_person, django_assert_max_num_queries):
    SignInFailure.objects.bulk_create([SignInFailure(username="x", at=ago(400)) for _ in range(300)])
    browser = as_person(cast.secadmin)
    with django_assert_max_num_queries(len(KEPT.codes()) + 8):
        text = browser.get(reverse("retention:kinds")).content.decode()
    assert "今晚将清除 300 条" in text


def test_the_command_says_first_and_erases_when_told(cast):
    SignInFailure.objects.create(username="x", at=ago(400))
    out = StringIO()
    call_command("retention", stdout=out)
    assert "people.sign_in_failures: kept 365 days, 1 due" in out.getvalue()
    assert SignInFailure.objects.exists()
    call_command("retention", erase=True, stdout=out)
    assert "people.sign_in_failures: kept 365 days, 1 erased" in out.getvalue()
    assert not SignInFailure.objects.exists()
