"""Notices: told in the transaction, delivered by the worker, counted until read."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from houqin.foundation.notices import actions, queries
from houqin.foundation.notices.models import Notice
from houqin.foundation.notices.moments import DELIVERED


def tell(*people, **more):
    actions.tell(people, **({"kind": "test.told", "title": "水管已修好"} | more))


def test_telling_many_costs_one_statement(cast):
    with CaptureQueriesContext(connection) as statements:
        tell(*cast.people(), url="/cases/1", record=cast.city)
    written = [each["sql"] for each in statements if "SAVEPOINT" not in each["sql"]]
    assert len(written) == 1, written
    assert Notice.objects.count() == len(cast.people())


def test_delivery_takes_all_that_wait_however_many(cast, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    for person in cast.people()[:5]:
        tell(person)
    assert actions.deliver() == 5
    assert actions.deliver() == 0
    assert not Notice.objects.filter(delivered_at__isnull=True).exists()


def test_nobody_to_tell_is_nothing_to_do(cast, django_assert_num_queries):
    with django_assert_num_queries(0):
        tell()


def test_it_reaches_people_by_delivery_which_may_run_twice(cast, time_machine):
    tell(cast.staff, cast.staff, cast.head)
    assert queries.unread_count(cast.staff) == 0
    actions.deliver()
    assert queries.unread_count(cast.staff) == 1
    first = Notice.objects.get(person=cast.staff).delivered_at
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    actions.deliver()
    assert Notice.objects.get(person=cast.staff).delivered_at == first
    assert queries.unread_count(cast.head) == 1


def test_what_fails_tells_nobody(cast):
    with pytest.raises(RuntimeError):
        _tell_and_fail(cast.staff)
    assert not Notice.objects.exists()
    assert actions.deliver() == 0


@transaction.atomic
def _tell_and_fail(person):
    tell(person)
    raise RuntimeError


def test_each_reads_it_in_their_language(cast):
    cast.head.language = "en"
    tell(cast.staff, cast.head, title=lambda: f"in {get_language()}")
    titles = dict(Notice.objects.values_list("person__username", "title"))
    assert titles == {"staff": "in zh-hans", "head": "in en"}


def test_one_reads_ones_own_alone(cast):
    tell(cast.staff, cast.head)
    actions.deliver()
    everybodys = list(Notice.objects.values_list("pk", flat=True))
    assert actions.read(cast.staff, everybodys) == 1
    assert (queries.unread_count(cast.staff), queries.unread_count(cast.head)) == (0, 1)


def test_a_record_knows_who_was_told_about_it(cast):
    tell(cast.staff, record=cast.repairs)
    tell(cast.head, record=cast.budget)
    assert [notice.person for notice in queries.about(cast.repairs)] == [cast.staff]


def test_the_list_opens_what_a_notice_is_about_and_marks_it_read(cast, as_person):
    tell(cast.staff, title="<b>水管</b>已修好", url="/profile")
    actions.deliver()
    browser = as_person(cast.staff)
    page = browser.get(reverse("notices:list")).content.decode()
    assert "有 1 条未读" in page
    assert "&lt;b&gt;水管" in page
    notice = Notice.objects.get()
    answer = browser.post(reverse("notices:open", args=[notice.pk]))
    assert (answer.status_code, answer.url) == (302, "/profile")
    assert "没有未读通知" in browser.get(reverse("notices:list")).content.decode()


def test_notices_of_others_are_not_found_and_links_stay_on_the_site(cast, as_person):
    tell(cast.staff, url="https://evil.example/")
    actions.deliver()
    url = reverse("notices:open", args=[Notice.objects.get().pk])
    assert as_person(cast.head).post(url).status_code == 404
    assert as_person(cast.staff).post(url).url == reverse("notices:list")


def test_the_badge_shows_a_figure_and_nothing_for_none(cast, as_person, client):
    browser = as_person(cast.staff)
    assert browser.get(reverse("notices:badge")).content == b""
    for number in range(3):
        tell(cast.staff, title=f"第{number}条")
    actions.deliver()
    assert browser.get(reverse("notices:badge")).content.decode().startswith("3<span")
    assert client.get(reverse("notices:badge")).content == b""
    browser.post(reverse("notices:read_all"))
    assert browser.get(reverse("notices:badge")).content == b""


def test_long_lists_are_paged_by_key(cast, as_person, django_assert_max_num_queries):
    for number in range(65):
        tell(cast.staff, title=f"第{number:02}条")
    Notice.objects.update(delivered_at=timezone.now())
    browser, url, seen = as_person(cast.staff), reverse("notices:list"), []
    while url:
        with django_assert_max_num_queries(10):
            page = browser.get(url)
        seen += [notice.title for notice in page.context["notices"]]
        url = page.context["next_url"]
    assert seen == [f"第{number:02}条" for number in range(64, -1, -1)]
    assert browser.get(reverse("notices:list"), {"before": "x", "show": "unread"}).status_code == 200


@pytest.mark.db_facing
@pytest.mark.django_db(transaction=True)
def test_several_workers_deliver_each_notice_once(committed_cast, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 3)
    heard = []
    monkeypatch.setitem(DELIVERED._entries, "test", heard.extend)
    for _ in range(5):
        tell(*committed_cast.people())

    def work():
        try:
            return actions.deliver()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        delivered = sum(each.result() for each in [workers.submit(work) for _ in range(4)])
    everybody = set(Notice.objects.values_list("pk", flat=True))
    assert sorted(heard) == sorted(everybody)
    assert delivered == len(everybody) == 5 * len(committed_cast.people())
