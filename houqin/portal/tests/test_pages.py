"""Pages as people meet them: who sees what, fragment and page, 404 and 403, and how many queries each costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from houqin.affairs.models import Case, Favourite, Follower, Task
from houqin.affairs.queries import my_cases, to_answer
from houqin.portal.home_cases import for_home

HTMX = {"HTTP_HX_REQUEST": "true"}

#: Committed baselines; a page that needs more must say why in the change that raises its figure.
QUERIES = {
    "/": 8,  # two of them services' words for today: meetings that are still to come, visitors who are expected
    "/todo": 6,
    "/mine": 7,
    "/services": 5,
    "/search?q=水": 8,
    "case of the applicant": 9,
    "case of the worker": 10,
    "case of the manager": 10,
}


def count(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len([query for query in queries if "SAVEPOINT" not in query["sql"]])


def reader(cast, url: str):
    return cast.worker if url == "/todo" else cast.staff


def test_pages_cost_a_bounded_number_of_queries_whatever_the_rows(desk, as_person):
    cast = desk.cast
    case = desk.submit()
    for number in range(40):
        desk.submit(f"水龙头 {number}", by=cast.staff if number % 2 else cast.colleague)
    some = {url: count(as_person(reader(cast, url)), url) for url in QUERIES if url.startswith("/")}
    for number in range(40):
        desk.submit(f"水管 {number}", by=cast.staff if number % 2 else cast.colleague)
    many = {url: count(as_person(reader(cast, url)), url) for url in some}
    assert some == many
    assert all(number <= QUERIES[url] for url, number in many.items()), many
    page = f"/cases/{case.number}"
    assert count(as_person(cast.staff), page) <= QUERIES["case of the applicant"]
    assert count(as_person(cast.worker), page) <= QUERIES["case of the worker"]
    assert count(as_person(cast.manager), page) <= QUERIES["case of the manager"]


def test_home_says_what_to_do_now(desk, as_person):
    cast = desk.cast
    case = desk.submit("阀门渗水")
    home = as_person(cast.worker).get("/").content.decode()
    assert "有 1 件待办" in home
    assert "阀门渗水" in home
    Task.objects.update(due_at=timezone.now() - timezone.timedelta(minutes=5))
    assert "1 件已超时，请先办" in as_person(cast.worker).get("/").content.decode()
    desk.do("accept", case, by=cast.worker)
    desk.do("complete", case, by=cast.worker)
    mine = as_person(cast.staff).get("/").content.decode()
    assert "1 件办件等您回复" in mine
    assert "确认办好" in mine


def test_home_without_anything_says_so_and_shows_popular_items(desk, as_person):
    home = as_person(desk.cast.other_staff).get("/").content.decode()
    assert "现在没有要您办的事。" in home
    assert "您还没有办件" in home
    assert "赵铁柱" in home  # on duty now


def test_home_reads_the_same_cases_as_the_engine(desk):
    cast = desk.cast
    made = [desk.submit(f"第 {number} 件") for number in range(7)]
    joined = desk.submit("别人的", by=cast.colleague)
    Follower.objects.create(case=joined, person=cast.staff, name=cast.staff.name)
    for case in made[:3]:
        desk.do("accept", case, by=cast.worker)
        desk.do("complete", case, by=cast.worker)
    desk.do("confirm", made[0], by=cast.staff)
    waiting, latest = for_home(cast.staff)
    assert {row.url for row in waiting} == {case.get_absolute_url() for case in to_answer(cast.staff)[:5]}
    assert [row.url for row in latest] == [case.get_absolute_url() for case in my_cases(cast.staff)[:5]]
    assert {row.answer for row in waiting} == {"confirm", "rate"}


def test_favourites_are_put_on_home_and_taken_off(desk, as_person):
    client = as_person(desk.cast.staff)
    assert client.post("/services/dummy.mend/star").status_code == 302
    assert "我的收藏" in client.get("/").content.decode()
    answer = client.post("/services/dummy.mend/star", **HTMX)
    assert "收藏" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert not Favourite.objects.exists()
    assert client.post("/services/dummy.none/star").status_code == 404


@pytest.mark.parametrize("text", ["修理", "xiuli", "xl", "XL"])
def test_services_are_found_by_word_pinyin_and_initials(desk, as_person, text):
    answer = as_person(desk.cast.staff).get("/services", {"q": text}, **HTMX)
    assert "修理" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert "HX-Request" in answer["Vary"]


def test_services_stand_in_their_groups_and_empty_groups_are_left_out(desk, as_person):
    page = as_person(desk.cast.staff).get("/services").content.decode()
    assert "内部管理" in page
    assert "机关事务办公" in page
    assert "食堂服务" not in page
    assert "没有找到“月球”" in as_person(desk.cast.staff).get("/services?q=月球").content.decode()


def test_my_cases_are_paged_by_key_and_filtered_with_counts(desk, as_person):
    for number in range(32):
        desk.submit(f"第 {number} 件")
    client = as_person(desk.cast.staff)
    first = client.get("/mine").content.decode()
    assert "共 32 件" in first
    assert "第 31 件" in first
    assert "第 1 件" not in first
    last = Case.objects.order_by("-id")[29].pk
    second = client.get("/mine", {"box": "all", "before": last}).content.decode()
    assert "第 1 件" in second
    assert "第 31 件" not in second
    assert "这一类没有办件" in client.get("/mine?box=completed").content.decode()
    assert client.get("/mine?box=nonsense&before=x").status_code == 200


def test_todo_is_grouped_by_urgency_and_paged(desk, as_person):
    cast, now = desk.cast, timezone.now()
    for number in range(23):
        desk.submit(f"第 {number} 件")
    tasks = list(Task.objects.order_by("id"))
    Task.objects.filter(pk=tasks[5].pk).update(due_at=now - timezone.timedelta(hours=1))
    Task.objects.filter(pk=tasks[6].pk).update(
        due_at=now + timezone.timedelta(minutes=5), amber_at=now - timezone.timedelta(minutes=1)
    )
    Task.objects.filter(pk=tasks[7].pk).update(due_at=None, amber_at=None)
    client = as_person(cast.worker)
    page = client.get("/todo")
    text = page.content.decode()
    assert "共 23 件，1 件已超时，1 件即将超时" in text
    assert text.index("第 5 件") < text.index("第 6 件") < text.index("第 0 件")
    assert "第 7 件" not in text
    after = client.get("/todo" + page.context["next_url"]).content.decode()
    assert "第 7 件" in after
    assert "第 5 件" not in after


def test_todo_marks_what_one_does_for_somebody_away(desk, as_person):
    from houqin.affairs import actions

    cast, now = desk.cast, timezone.now()
    desk.submit()
    actions.delegate_tasks(
        cast.worker, delegate=cast.worker2, starts_at=now, ends_at=now + timezone.timedelta(days=1)
    )
    assert "代 赵铁柱" in as_person(cast.worker2).get("/todo").content.decode()


def test_nothing_to_do(desk, as_person):
    assert "没有待办" in as_person(desk.cast.staff).get("/todo").content.decode()


def test_search_keeps_to_what_the_reader_may_see(desk, as_person):
    cast = desk.cast
    case = desk.submit("保密柜卡住")
    number = case.spoken_number
    assert "保密柜卡住" in as_person(cast.staff).get("/search", {"q": number}).content.decode()
    assert "保密柜卡住" not in as_person(cast.other_staff).get("/search", {"q": number}).content.decode()
    assert "赵铁柱" in as_person(cast.manager).get("/search", {"q": "ztz"}).content.decode()
    assert "赵铁柱" not in as_person(cast.other_staff).get("/search", {"q": "ztz"}).content.decode()
    found = as_person(cast.staff).get("/search", {"q": "301"}, **HTMX).content.decode()
    assert "1号楼 3层 301室" in found
    assert "<html" not in found


@pytest.mark.parametrize("url", ["/services", "/todo", "/mine", "/search", "/cases/2600000018"])
def test_strangers_are_sent_to_the_door_and_back(db, client, url):
    assert client.get(url)["Location"].startswith("/sign-in?next=")
    fragment = client.get(url, HTTP_HX_CURRENT_URL=f"http://testserver{url}?x=1", **HTMX)
    assert fragment["HX-Redirect"].startswith("/sign-in?next=")
    assert "x%3D1" in fragment["HX-Redirect"]


def test_an_unknown_page_is_404_in_our_words(client, db):
    assert "没有找到这个页面" in client.get("/nowhere").content.decode()


def test_large_type_without_signing_in_stays_in_the_browser(client, db):
    assert 'data-type="large"' not in client.get("/report").content.decode()
    client.post("/large-type", {"next": "/report"})
    assert 'data-type="large"' in client.get("/report").content.decode()
    assert client.post("/large-type", {"next": "https://elsewhere.example/"})["Location"] == "/"
    assert 'data-type="large"' not in client.get("/report").content.decode()


def test_large_type_of_a_person_goes_with_them(cast, as_person):
    before = as_person(cast.staff).get("/").content.decode()
    assert ("大字版" in before, "标准字号" in before) == (True, False)
    as_person(cast.staff).post("/large-type")
    after = as_person(cast.staff).get("/").content.decode()
    assert 'data-type="large"' in after
    assert ("大字版" in after, "标准字号" in after) == (False, True)


def test_the_frame_is_the_readers_own(desk, as_person):
    cast = desk.cast
    desk.submit()
    cast.worker.name = "甲@searched@<b>"
    cast.worker.save()
    page = as_person(cast.worker).get("/search", {"q": '"@name@'}).content.decode()
    assert 'value="&quot;@name@"' in page
    assert "甲@searched@&lt;b&gt;" in page
    assert str(cast.worker.organisation) in page
    assert "件待办" in page
    other = as_person(cast.other_staff).get("/search").content.decode()
    assert cast.other_staff.name in other
    assert "甲" not in other
    assert "件待办" not in other
    assert not [
        place for place in ("@csrf@", "@here@", "@unit@", "@todo@", "@unread@") if place in page + other
    ]


def test_a_long_story_shows_its_end_and_the_rest_when_asked(desk, as_person):
    cast = desk.cast
    case = desk.submit()
    for number in range(8):
        to = (cast.worker2, cast.worker)[number % 2]
        desk.do("transfer", case, by=cast.dispatcher, comment=f"第{number}次转办", person=to.pk)
    reader = as_person(cast.dispatcher)
    page = reader.get(f"/cases/{case.number}").content.decode()
    assert page.count('class="timeline-what"') == 14
    assert "第7次转办" in page
    assert "提交申请" not in page
    assert "更早的经过" in page
    whole = reader.get(f"/cases/{case.number}?story=all").content.decode()
    assert "第0次转办" in whole
    assert "提交申请" in whole
    assert "更早的经过" not in whole
    assert f"/cases/{case.number}/live?v={case.version + 8}&amp;story=all" in whole
    asked = count(reader, f"/cases/{case.number}")
    for number in range(20):
        to = (cast.worker2, cast.worker)[number % 2]
        desk.do("transfer", case, by=cast.dispatcher, comment="再转", person=to.pk)
    assert count(reader, f"/cases/{case.number}") == asked


def test_a_long_list_of_things_to_do_counts_them_all_and_signs_its_forms(desk, as_person):
    cast = desk.cast
    for number in range(25):
        desk.submit(f"水管 {number}")
    page = as_person(cast.worker).get("/todo").content.decode()
    assert "共 25 件" in page
    assert page.count("task-card") == 20
    assert "@csrf@" not in page
    assert page.count('name="csrfmiddlewaretoken"') >= 20
