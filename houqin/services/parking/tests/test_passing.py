"""What cameras report is counted once, put right by one character, and told by what right it is here."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.files.actions import erase_unattached, store
from houqin.foundation.files.models import File
from houqin.foundation.retention.actions import erase_due
from houqin.services.parking import actions, queries
from houqin.services.parking.models import Lot, Passage, Stay
from houqin.services.parking.tests.conftest import make_lots
from houqin.testing.cast import make_cast


def test_in_and_out_make_a_stay_and_the_count(lots):
    lots.permit("浙A12345")
    came = lots.passes("浙A·12345")
    assert (came.plate, came.standing, lots.inside()) == ("浙A12345", "permit", 1)
    left = lots.passes("浙A12345", "out")
    assert (left.stay_id, lots.inside()) == (came.stay_id, 0)
    assert Stay.objects.get().out_at is not None


def test_an_event_is_taken_once_whatever_is_repeated(lots):
    now = timezone.now()
    events = [actions.Event(number, now, "in", f"浙A1234{number}", 0.99) for number in (3, 1, 2, 2)]
    first = actions.passages(lots.cast.clerk, camera="CAM-PE", events=events)
    again = actions.passages(lots.cast.clerk, camera="CAM-PE", events=events)
    assert (first.new, first.repeated, again.new, again.repeated) == (3, 1, 0, 4)
    assert lots.inside() == 3


def test_one_character_off_is_put_right_where_it_is_clear_and_the_original_kept(lots):
    lots.permit("浙A12345")
    came = lots.passes("浙A1234S", confidence=0.7)
    assert (came.read, came.plate, came.corrected) == ("浙A1234S", "浙A12345", "permit")
    left = lots.passes("浙AI2345", "out", confidence=0.99)  # no plate has an I, however sure the camera is
    assert (left.read, left.plate, left.corrected, left.stay_id) == (
        "浙AI2345",
        "浙A12345",
        "stay",
        came.stay_id,
    )


def test_what_is_not_clear_is_left_as_it_was_read(lots):
    lots.permit("浙A12345")
    lots.permit("浙A12346", person=lots.cast.colleague)
    both_near = lots.passes("浙A12347", confidence=0.5)
    sure = lots.passes("浙A12945", confidence=0.99)
    two_off = lots.passes("浙A12995", confidence=0.5)
    for each in (both_near, sure, two_off):
        assert (each.plate, each.corrected, each.standing) == (each.read, "", "stranger")
    assert queries.strangers(lots.cast.clerk).count() == 3


def test_rights_are_told_apart(lots):
    lots.permit("浙A12345", lots.west)
    actions.reserve(
        lots.cast.clerk, source="visitors.visit:1", plate="浙B12345", lot=lots.east,
        from_at=timezone.now() - timedelta(minutes=1), until_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    assert lots.passes("浙A12345").standing == "elsewhere"
    assert lots.passes("浙A12345", "out").standing == "elsewhere"
    assert lots.passes("浙B12345").standing == "reservation"
    assert not queries.strangers(lots.cast.clerk).exists()
    held = {lot.code: lot.held for lot in queries.lots_now()}
    assert held == {"PE": 0, "PW": 0}  # who was expected has come


def test_who_was_never_seen_leaving_is_one_stay_and_a_count_mends_the_figure(lots):
    lots.passes("浙A12345", at=timezone.now() - timedelta(hours=30))
    lots.passes("浙A12345")
    assert Stay.objects.filter(missed=True).count() == 1
    assert lots.inside() == 2
    made = actions.count(lots.cast.clerk, lot=lots.east.pk, counted=1, note="人工清点")
    assert (made.before, made.delta, lots.inside()) == (2, -1, 1)


def test_overstays_are_listed(lots):
    lots.passes("浙A12345", at=timezone.now() - timedelta(hours=25))
    lots.passes("浙B12345", at=timezone.now() - timedelta(hours=23))
    assert [stay.plate for stay in queries.overstays(lots.cast.clerk)] == ["浙A12345"]
    actions.dismiss(lots.cast.clerk, stay=queries.overstays(lots.cast.clerk).get().pk)
    assert not queries.overstays(lots.cast.clerk).exists()


def test_the_count_cannot_be_written_and_events_not_taken_back(lots):
    made = lots.passes("浙A12345")
    Lot.objects.filter(pk=lots.east.pk).update(inside=7)
    assert lots.inside() == 1
    for change in (made.delete, lambda: Passage.objects.filter(pk=made.pk).update(direction="out")):
        with pytest.raises(IntegrityError, match="cannot be changed or taken back"), transaction.atomic():
            change()


def test_a_keeper_puts_a_plate_right_with_a_reason(lots):
    lots.permit("浙A12345")
    made = lots.passes("浙C99999", confidence=0.99)
    with pytest.raises(Problem):
        actions.correct(lots.cast.clerk, passage=made.pk, plate="浙A12345", note=" ")
    with pytest.raises(NotFound):
        actions.correct(lots.cast.staff, passage=made.pk, plate="浙A12345", note="看照片")
    made = actions.correct(lots.cast.clerk, passage=made.pk, plate="浙A12345", note="看照片")
    assert (made.read, made.plate, made.standing) == ("浙C99999", "浙A12345", "permit")
    assert Stay.objects.get(out_at__isnull=True).standing == "permit"


def test_cameras_need_the_right_and_a_code_that_is_known(lots):
    with pytest.raises(NotPermitted):
        actions.passages(lots.cast.staff, camera="CAM-PE", events=[])
    with pytest.raises(NotFound):
        actions.passages(lots.cast.clerk, camera="CAM-X", events=[])


def test_a_picture_is_the_keepers_to_see_and_goes_with_the_plate(lots, own_store, as_person):
    clerk = lots.cast.clerk
    drawn = BytesIO()
    Image.new("RGB", (64, 48), "navy").save(drawn, "JPEG")
    shot = SimpleUploadedFile("gate.jpg", drawn.getvalue(), "image/jpeg")
    picture = store(clerk, shot)
    made = lots.passes("浙A12345", picture=picture.pk)
    assert File.objects.get().record_id == made.pk
    lots.cast.appoint(lots.cast.worker, ["parking.keep"], lots.cast.bureau)
    seen = as_person(lots.cast.worker).get(f"/files/{picture.pk}")
    assert seen.status_code == 200
    b"".join(seen.streaming_content)
    assert as_person(lots.cast.staff).get(f"/files/{picture.pk}").status_code == 404
    with pytest.raises(Problem):
        lots.passes("浙B12345", picture=picture.pk)
    assert lots.inside() == 1
    with time_machine.travel(timezone.now() + timedelta(days=91), tick=False):
        assert erase_due("parking.passages") == 1
        erase_unattached()
    assert not File.objects.exists()


MOVES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["in", "out"]), st.sampled_from(["PE", "PW"]), st.integers(0, 5)),
        st.tuples(st.just("count"), st.sampled_from(["PE", "PW"]), st.integers(0, 9)),
    ),
    max_size=25,
)


@settings(max_examples=12, deadline=None)
@given(moves=MOVES)
@pytest.mark.django_db
def test_who_is_inside_is_always_in_minus_out_with_the_corrections(moves):
    with transaction.atomic():
        lots = make_lots(make_cast())
        expected = {"PE": 0, "PW": 0}
        by_code = {"PE": lots.east, "PW": lots.west}
        for what, code, number in moves:
            if what == "count":
                actions.count(lots.cast.clerk, lot=by_code[code].pk, counted=number)
                expected[code] = number
            else:
                lots.passes(f"浙A1234{number}", what, by_code[code])
                expected[code] += 1 if what == "in" else -1
        for code, lot in by_code.items():
            passed = Passage.objects.filter(lot=lot)
            net = passed.filter(direction="in").count() - passed.filter(direction="out").count()
            assert lots.inside(lot) == expected[code] == net + sum(lot.counts.values_list("delta", flat=True))
        transaction.set_rollback(True)
