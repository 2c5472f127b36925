"""The ledger, the digest and the API: what each shows, to whom, and with how many queries."""

import pytest
from django.urls import reverse
from django.utils import timezone

from houqin.exchange.tests.test_api import Caller
from houqin.foundation.notices.models import Notice
from houqin.services.mailbox import jobs
from houqin.services.mailbox.actions import digests

STAFF_PAGES = {
    "letters": {"dispatcher", "manager"},
    "spots": {"dispatcher", "manager"},
    "desk": {"dispatcher", "manager"},
    "digest": {"dispatcher", "manager"},
    "learning": {"sysadmin"},
}


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_who_may_open_what(post, as_person, client, page):
    address = reverse(f"mailbox:{page}")
    assert client.get(address).headers["Location"].startswith("/sign-in")
    for username in ("staff", "head", "dispatcher", "worker", "manager", "sysadmin", "clerk"):
        expected = 200 if username in STAFF_PAGES[page] else 403
        assert as_person(getattr(post.cast, username)).get(address).status_code == expected, username


def test_the_ledger_filters(post, as_person):
    post.answered()
    post.write("地下车库没有车位。")
    desk = as_person(post.cast.dispatcher)
    page = desk.get("/mailbox/").content.decode()
    assert "地下车库没有车位" in page
    assert "三楼食堂" in page
    assert "车库" not in desk.get("/mailbox/?category=dining").content.decode()
    assert "三楼食堂" not in desk.get("/mailbox/?flag=unsorted").content.decode()
    assert "车库" not in desk.get("/mailbox/?q=减不到的词").content.decode()
    assert "这个范围内没有来信" in desk.get("/mailbox/?since=2020-01-01&until=2020-02-01").content.decode()
    assert desk.get("/mailbox/?since=x&until=99&section=abc&before=zz&category=%00").status_code == 200


def test_pages_ask_the_same_whatever_the_rows(post, as_person, django_assert_max_num_queries):
    desk = as_person(post.cast.dispatcher)

    def all_pages():
        for address, most in (
            ("/mailbox/", 12),
            ("/mailbox/digest", 20),
            ("/mailbox/published", 12),
            ("/mailbox/spots", 12),
        ):
            with django_assert_max_num_queries(most):
                assert desk.get(address).status_code == 200

    letter = post.answered()
    all_pages()
    for _each in range(8):
        post.write()
    all_pages()
    with django_assert_max_num_queries(40):
        desk.get(letter.case.get_absolute_url())


def test_every_figure_of_the_digest_leads_to_its_letters(post, as_person):
    letter = post.answered()
    post.say(letter.case, "confirm")
    post.say(letter.case, "rate", stars=4)
    desk = as_person(post.cast.manager)
    page = desk.get("/mailbox/digest").content.decode()
    assert "食堂餐饮" in page
    assert "维修科" in page
    assert "100%" in page
    assert "4.0" in page
    import re
    from html import unescape

    links = {unescape(link) for link in re.findall(r'href="(/mailbox/\?[^"]+)"', page)}
    assert len(links) > 5
    for link in links:
        shown = desk.get(link).content.decode()
        assert ("三楼食堂" in shown) == ("flag=published" not in link and "flag=anonymous" not in link), link


def test_managers_are_told_of_the_month(post):
    post.answered()
    assert digests.tell_month(timezone.localdate().replace(day=28)) == 0  # only the first of a month tells
    told = digests.tell_month(timezone.localdate().replace(day=1))
    assert told >= 2
    assert digests.tell_month(timezone.localdate().replace(day=1)) == 0  # once
    notice = Notice.objects.filter(person=post.cast.manager, kind="mailbox.digest").get()
    assert "/mailbox/digest?since=" in notice.url
    jobs.tell_month()


def test_the_api_takes_answers_and_shares(post):
    answer = Caller(post.cast.staff).post("/items/mailbox.letter/cases", {"words": "食堂三楼的菜太咸了。"})
    assert answer.status_code == 201, answer.content
    number = answer.json()["number"]
    assert "dining" in [
        each["code"] for each in Caller(post.cast.staff).get("/mailbox/categories").json()["items"]
    ]
    manager = Caller(post.cast.manager)
    rows = manager.get("/datasets/mailbox.letters").json()["items"]
    assert [(row["number"], row["anonymous"]) for row in rows] == [(number, False)]
    assert "words" not in rows[0]
    assert Caller(post.cast.other_staff).get("/datasets/mailbox.letters").json()["items"] == []
    assert manager.get("/datasets/mailbox.published").json()["items"] == []
    assert manager.get("/mailbox/digest").json()["letters"] == 1
    assert Caller(post.cast.staff).get("/mailbox/digest").status_code == 403


def test_a_category_is_kept_in_the_back_office_with_its_history(post, as_person):
    from houqin.foundation.trail.models import Entry

    admin = as_person(post.cast.sysadmin)
    category = post.category("lifts")
    address = f"/backoffice/mailbox/lettercategory/{category.pk}/change/"
    assert admin.get(address).status_code == 200
    body = {
        "code": "lifts", "name": "电梯", "section": post.cast.repairs.pk, "workdays": 2, "keywords": "电梯", "position": 40,
        "active": "on",
    }  # fmt: skip
    assert admin.post(address, body).status_code == 302
    category.refresh_from_db()
    assert (category.name, category.section, category.workdays) == ("电梯", post.cast.repairs, 2)
    assert Entry.objects.get(action="mailbox.change_category").after["workdays"] == 2
