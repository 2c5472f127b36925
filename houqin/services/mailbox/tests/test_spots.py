"""Rating where a code hangs: three taps, nobody asked; a low one becomes a letter to the section."""

from houqin.affairs.models import Case
from houqin.foundation.files.models import File
from houqin.services.mailbox.models import SpotRating
from houqin.services.mailbox.tests.test_anonymous import picture


def rate(client, place, **data):
    return client.post(f"/mailbox/spot/{place.qr}", data)


def test_the_code_offers_it_and_three_taps_do(post, client):
    place = post.cast.toilet
    assert "评价此处" in client.get(f"/q/{place.qr}").content.decode()
    page = client.get(f"/mailbox/spot/{place.qr}").content.decode()
    assert "有异味" in page
    answer = rate(client, place, stars="5", tags=["干净"])
    assert "谢谢您的评价" in answer.content.decode()
    rating = SpotRating.objects.get()
    assert (rating.stars, rating.tags, rating.category.code, rating.letter) == (5, ["干净"], "cleaning", None)


def test_a_low_one_opens_a_letter_and_the_next_joins_it(post, client, as_person):
    place = post.cast.toilet
    first = rate(client, place, stars="1", tags=["有异味"], words="味道很大").content.decode()
    assert "data-receipt" in first
    case = Case.objects.get(service="mailbox")
    assert (case.channel, case.place, case.applicant) == ("code", place, None)
    assert "有异味" in case.data["words"]
    assert "味道很大" in case.data["words"]
    second = rate(client, place, stars="2").content.decode()
    assert "已有人反映" in second
    assert Case.objects.filter(service="mailbox").count() == 1
    assert SpotRating.objects.filter(letter=case.letter).count() == 2
    listed = as_person(post.cast.manager).get("/mailbox/spots").content.decode()
    assert "味道很大" in listed
    assert "1.5" in listed


def test_a_photo_stays_with_its_rating_for_who_sees_it(post, client, as_person, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    place = post.cast.toilet
    assert rate(client, place, stars="4", photo=picture()).status_code == 200
    rate(client, place, stars="1", photo=picture())
    rate(client, place, stars="2", photo=picture())
    good, opened, joined = SpotRating.objects.order_by("pk")
    held = {(file.record_type, file.record_id, file.owner_session) for file in File.objects.all()}
    assert held == {
        ("mailbox.spotrating", good.pk, ""),
        ("affairs.case", opened.letter.pk, ""),
        ("mailbox.spotrating", joined.pk, ""),
    }
    mine = File.objects.get(record_id=good.pk, record_type="mailbox.spotrating")
    page = as_person(post.cast.manager).get("/mailbox/spots").content.decode()
    assert f"/files/{mine.pk}" in page
    seen = as_person(post.cast.manager).get(f"/files/{mine.pk}")
    assert b"".join(seen.streaming_content).startswith(b"\xff\xd8")
    for stranger in (client, as_person(post.cast.staff)):
        assert stranger.get(f"/files/{mine.pk}").status_code == 404


def test_wrong_input_is_told(post, client):
    place = post.cast.office
    assert rate(client, place).status_code == 422
    assert rate(client, place, stars="9").status_code == 422
    assert rate(client, place, stars="4", tags=["不存在"]).status_code == 422
    assert client.get("/mailbox/spot/nothing").status_code == 404
    assert not SpotRating.objects.exists()


def test_a_place_takes_so_many_an_hour_from_one_bin(post, client):
    place = post.cast.office
    for _each in range(10):
        assert rate(client, place, stars="4").status_code == 200
    assert rate(client, place, stars="4").status_code == 429


def test_no_row_says_who_rated(post, as_person):
    rate(as_person(post.cast.staff), post.cast.office, stars="3")
    names = {field.name for field in SpotRating._meta.get_fields()}
    assert not names & {"person", "session", "address"}
