"""Who is asked by group, by a spreadsheet that is shown first, and who comes instead."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.personal.retention import KEPT
from houqin.services.meetings import actions, queries
from houqin.services.meetings.guests import Guest
from houqin.services.meetings.lists import read_list
from houqin.services.meetings.models import Participant, ParticipantGroup


def workbook(*rows):
    book, made = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(made)
    return made.getvalue()


@pytest.fixture
def meeting(rooms):
    return rooms.book(rooms.east)


def test_a_list_is_read_whoever_wrote_it(rooms):
    cast = rooms.cast
    content = workbook(
        ["江城市数字化工作会议参会名单"],
        ["序号", "姓名", "工作单位", "职务", "联系电话", "工号"],
        [1, cast.colleague.name, str(cast.colleague.organisation), "", "", ""],
        [2, "程立", "江城大学", "教授", "13800000077", ""],
        [3, "谁也不是", "", "", "", "99999"],
        [4, "", "", "", "", ""],
    )
    ours, guest, unclear = read_list(content, "名单.xlsx")
    assert (ours.person, ours.at) == (cast.colleague, "Sheet 3")
    assert (guest.person, guest.guest) == (None, Guest("程立", "江城大学", "教授", "13800000077"))
    assert "99999" in unclear.unclear


def test_of_two_with_one_name_the_section_beside_it_decides_else_nobody_does(rooms):
    cast = rooms.cast
    cast.other_staff.name = cast.colleague.name
    cast.other_staff.save()
    assert cast.other_staff.organisation != cast.colleague.organisation
    both = f"姓名,单位\n{cast.colleague.name},\n{cast.colleague.name},{cast.other_staff.organisation}\n"
    nobody, known = read_list(both.encode(), "名单.csv")
    assert "2 人同名" in nobody.unclear
    assert known.person == cast.other_staff


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01", "单位,职务\n财政局,处长\n".encode(), b"PK\x03\x04nonsense"]
)
def test_a_file_that_is_no_list_is_refused_with_words(rooms, content):
    with pytest.raises(Problem) as refused:
        read_list(content, "名单.xlsx")
    assert refused.value.errors["file"]


def test_the_preview_asks_nobody_and_fills_the_form(rooms, meeting, as_person):
    cast = rooms.cast
    client = as_person(cast.staff)
    content = f"姓名,单位\n{cast.colleague.name},{cast.colleague.organisation}\n程 立,江城大学\n".encode()
    page = client.post(
        f"/meetings/{meeting.pk}/participants/list", {"file": SimpleUploadedFile("名单.csv", content)}
    )
    assert page.status_code == 200
    assert not Participant.objects.exists()
    form = page.context["form"]
    asked = {name: form[name].value() or "" for name in ("people", "guests", "sections")}
    assert client.post(f"/meetings/{meeting.pk}/participants", asked).status_code == 302
    assert set(Participant.objects.values_list("name", "organisation")) == {
        (cast.colleague.name, str(cast.colleague.organisation)), ("程 立", "江城大学"),
    }  # fmt: skip
    wrong = client.post(
        f"/meetings/{meeting.pk}/participants/list", {"file": SimpleUploadedFile("x.csv", b"a,b")}
    )
    assert wrong.status_code == 422
    assert "没有找到“姓名”一列" in wrong.content.decode()


def test_a_saved_group_is_asked_again_with_one_tick(rooms, meeting, as_person):
    cast = rooms.cast
    client = as_person(cast.staff)
    guest = Guest("程立", "江城大学", phone="13800000077")
    actions.invite(cast.staff, meeting=meeting.pk, people=[cast.colleague], guests=[guest])
    client.post(f"/meetings/{meeting.pk}/groups", {"name": "数字化专班"})
    client.post(f"/meetings/{meeting.pk}/groups", {"name": "数字化专班"})
    (group,) = queries.groups_of(cast.colleague)
    assert group.size == 2
    other = rooms.book(rooms.west)
    answer = client.post(f"/meetings/{other.pk}/participants", {"groups": [group.pk]})
    assert answer.status_code == 302
    asked = other.participants.order_by("id")
    assert [each.name for each in asked] == [cast.colleague.name, "程立"]
    assert asked[1].phone.clear == "13800000077"
    with pytest.raises(NotFound):
        actions.drop_group(cast.other_staff, group=group.pk)
    client.post(f"/meetings/{meeting.pk}/groups/{group.pk}/drop")
    assert not ParticipantGroup.objects.exists()
    assert other.participants.count() == 2


def test_who_cannot_come_sends_somebody_from_their_own_page(rooms, meeting, as_person):
    cast = rooms.cast
    (asked,) = actions.invite(cast.staff, meeting=meeting.pk, people=[cast.colleague])
    client = as_person(cast.colleague)
    assert "请人代会" in client.get(f"/meetings/p/{asked.token}").content.decode()
    refused = client.post(f"/meetings/p/{asked.token}", {"substitute": "没这个人"})
    assert refused.status_code == 422
    client.post(f"/meetings/p/{asked.token}", {"substitute": cast.other_staff.name, "note": "出差"})
    stand_in = meeting.participants.get(person=cast.other_staff)
    assert stand_in.stands_in_for == asked
    assert "请人代会" not in as_person(cast.staff).get(f"/meetings/p/{asked.token}").content.decode()


def test_numbers_of_guests_go_in_time_and_their_names_stay(rooms, meeting):
    actions.invite(
        rooms.cast.staff, meeting=meeting.pk, guests=[Guest("程立", phone="13800000077"), Guest("何宁")]
    )
    kept = KEPT["meetings.guests"]
    assert not kept.due(meeting.ends_at).exists()
    due = kept.due(meeting.ends_at.replace(year=meeting.ends_at.year + 1))
    assert kept.erase(due) == 1
    assert not kept.due(meeting.ends_at.replace(year=meeting.ends_at.year + 1)).exists()
    assert {each.name: bool(each.phone) for each in Participant.objects.all()} == {
        "程立": False,
        "何宁": False,
    }
