"""Nobody can see who wrote an anonymous letter: not in the tables, not in the trail, not in the session, not in files."""

import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from PIL import Image
from pypdf import PdfReader

from houqin.affairs.models import Case
from houqin.exchange import tokens
from houqin.exchange.models import KeptAnswer
from houqin.foundation.errors import NotFound
from houqin.foundation.files.models import File
from houqin.foundation.trail.models import Entry
from houqin.services.mailbox.actions import receipts
from houqin.services.mailbox.models import Letter
from houqin.services.mailbox.queries.public import writer_of

WORDS = "食堂管理员在值班时间打牌，希望有人管一管。"
ADDRESS = "203.0.113.77"


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#c33").save(out, "JPEG")
    return SimpleUploadedFile("我的照片.jpg", out.getvalue(), "image/jpeg")


def write(client, **more):
    data = {"words": WORDS, "ticket": "t1", **more}
    return client.post("/mailbox/anonymous", data, REMOTE_ADDR=ADDRESS)


def code_in(page: str) -> str:
    return re.search(r"data-receipt>([^<]+)<", page)[1]


def rows() -> dict[str, set[str]]:
    """Every row of every table, as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found[table] = {row for (row,) in cursor.fetchall()}
    return found


def test_no_table_links_a_letter_to_whoever_wrote_it(post, as_person, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    staff = post.cast.staff
    browser = as_person(staff)
    browser.get("/mailbox/anonymous")
    before = rows()
    page = write(browser, photos=[picture()]).content.decode()
    receipt = code_in(page)
    new = {table: after - before[table] for table, after in rows().items()}
    assert new["affairs_case"]
    assert new["mailbox_letter"]
    assert new["trail_entry"]
    assert new["files_file"]
    session = browser.cookies["houqin_session"].value
    for table, added in new.items():
        for row in added:
            for trace in (
                staff.name,
                staff.username,
                staff.phone.clear,
                ADDRESS,
                session,
                receipt,
                receipt.replace("-", ""),
            ):
                assert trace not in row, (table, trace, row)
    case = Case.objects.get(service="mailbox")
    assert (case.applicant, case.registered_by, case.organisation, case.applicant_phone) == (
        None,
        None,
        None,
        "",
    )
    file = File.objects.get(record_id=case.pk)
    assert (file.owner, file.owner_session) == (None, "")
    # No number that is the writer's id stands in a column that could mean a person.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor_id, address FROM trail_entry WHERE record_type = 'affairs.case' AND record_id = %s",
            [str(case.pk)],
        )
        assert set(cursor.fetchall()) == {(None, None)}
        cursor.execute("SELECT actor_id FROM affairs_event WHERE case_id = %s", [case.pk])
        assert set(cursor.fetchall()) == {(None,)}
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        assert all(f'"person": {staff.pk}' not in args for (args,) in cursor.fetchall())


def test_counting_keeps_a_bin_that_many_share(post, client):
    write(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM limits_counter")
        keys = [key for (key,) in cursor.fetchall()]
    assert keys
    assert all(re.fullmatch(r"mailbox:anonymous:\d{1,3}", key) for key in keys)


def test_too_many_are_told_when_to_come_back(post, client):
    for number in range(12):
        assert write(client, ticket=f"n{number}").status_code == 200
    answer = write(client, ticket="last")
    assert answer.status_code == 429
    assert "之后再试" in answer.content.decode()
    assert WORDS in answer.content.decode()


def test_the_database_refuses_an_anonymous_letter_of_somebody(post, client):
    case = post.write()
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(case=case).update(anonymous=True, receipt="x")
    write(client)
    hidden = Case.objects.get(letter__anonymous=True)
    for change in (
        {"applicant": post.cast.staff},
        {"applicant_phone": "13800000001"},
        {"registered_by": post.cast.clerk},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=hidden.pk).update(**change)


def test_the_same_form_sent_twice_is_one_letter(post, client):
    assert write(client).status_code == 200
    again = write(client)
    assert again.status_code == 409
    assert "已经收到" in again.content.decode()
    assert Letter.objects.count() == 1


def test_the_receipt_follows_supplements_asks_again_and_rates(post, client):
    receipt = code_in(write(client, may_publish="on").content.decode())
    case = Case.objects.get(service="mailbox")
    assert "no-store" in client.get("/mailbox/receipt")["Cache-Control"]
    shown = client.post("/mailbox/receipt", {"receipt": receipt.upper().replace("-", " ")}).content.decode()
    assert WORDS in shown
    assert "催办" in shown
    post.do(case, "request_supplement", post.cast.dispatcher, comment="是哪个食堂？")
    body = {"receipt": receipt, "verb": "supplement", "comment": "三号食堂"}
    assert "已补正" in client.post("/mailbox/receipt", body).content.decode()
    case.refresh_from_db()
    post.sort(case)
    post.answer(case, "已查实并处理。")
    shown = client.post("/mailbox/receipt", {"receipt": receipt}).content.decode()
    assert "已查实并处理。" in shown
    assert "没有办好" in shown
    client.post("/mailbox/receipt", {"receipt": receipt, "verb": "confirm"})
    rated = client.post(
        "/mailbox/receipt", {"receipt": receipt, "verb": "rate", "stars": "4", "tags": ["答复及时"]}
    )
    assert rated.status_code == 200
    rating = case.ratings.get()
    assert (rating.stars, rating.person, rating.tags) == (4, None, ["答复及时"])
    stale = client.post("/mailbox/receipt", {"receipt": receipt, "verb": "rate", "stars": "1"})
    assert stale.status_code == 409


def test_the_receipt_is_a_pdf_too_with_its_code_and_no_name(post, client):
    receipt = code_in(write(client).content.decode())
    taken = client.post("/mailbox/receipt", {"receipt": receipt, "verb": "pdf"})
    assert taken["Content-Type"] == "application/pdf"
    said = PdfReader(io.BytesIO(taken.content)).pages[0].extract_text().replace("\n", "")
    assert [each for each in ("信件回执", receipt, WORDS, "请妥善保管") if each not in said] == []
    assert not Entry.objects.filter(action="papers.take").exists()


def test_a_wrong_code_and_another_verb_lead_nowhere(post, client):
    receipt = code_in(write(client).content.decode())
    assert client.post("/mailbox/receipt", {"receipt": "aaaa-bbbb-cccc-dddd"}).status_code == 422
    assert client.post("/mailbox/receipt", {"receipt": ""}).status_code == 422
    assert client.post("/mailbox/receipt", {"receipt": receipt, "verb": "complete"}).status_code == 404
    with pytest.raises(NotFound):
        receipts.letter_of("")
    case = Case.objects.get(service="mailbox")
    assert client.get(f"/cases/{case.number}").status_code == 302
    assert client.post("/track", {"number": case.number, "phone": ""}).status_code == 422


def test_a_letter_that_cannot_be_taken_keeps_its_words_and_no_files(post, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    post.cast.repairs.pk and Case.objects.none()
    from houqin.affairs.models import Route

    Route.objects.all().delete()
    answer = write(client, photos=[picture()])
    assert answer.status_code == 422
    assert WORDS in answer.content.decode()
    assert not File.objects.exists()
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]
    short = client.post("/mailbox/anonymous", {"words": "短"})
    assert short.status_code == 422
    assert "请再多写几个字" in short.content.decode()


def test_codes_cannot_be_guessed_and_only_their_hash_is_kept(post):
    codes = {receipts.new_receipt() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(r"([2-9a-hj-km-np-z]{4}-){3}[2-9a-hj-km-np-z]{4}", code) for code in codes)


def test_with_a_name_and_without_a_phone_one_follows_by_the_receipt(post, client):
    page = write(client, name="王　女士").content.decode()
    case = Case.objects.get(service="mailbox")
    assert (case.applicant_name, case.applicant_phone, case.applicant) == ("王 女士", "", None)
    shown = client.post("/mailbox/receipt", {"receipt": code_in(page)})
    assert WORDS in shown.content.decode()
    assert writer_of(case.letter) == "王 女士", "taken out before publication"


def test_the_telephone_desk_takes_a_letter_of_nobody_and_is_not_named(post, as_person):
    clerk = as_person(post.cast.clerk)
    assert "/mailbox/anonymous?channel=phone" in clerk.get("/intake?item=mailbox.letter").content.decode()
    assert "把回执码念给来电人" in clerk.get("/mailbox/anonymous?channel=phone").content.decode()
    page = write(clerk, channel="phone").content.decode()
    case = Case.objects.get(service="mailbox")
    assert (case.channel, case.registered_by, case.applicant) == ("phone", None, None)
    assert receipts.letter_of(code_in(page)).case == case
    assert not Entry.objects.filter(record_type="affairs.case", actor_id=post.cast.clerk.pk).exists()
    write(as_person(post.cast.staff), channel="phone", ticket="t2")
    assert Case.objects.filter(service="mailbox").latest("pk").channel == "web"


def test_another_system_brings_a_letter_of_nobody(post, client):
    headers = {"authorization": f"Bearer {tokens.create_token('staff')}", "Idempotency-Key": "k-1"}

    def bring(**body):
        return client.post("/api/v1/mailbox/letters", json.dumps(body), "application/json", headers=headers)

    answer = bring(words=WORDS, place=post.cast.office.code)
    assert answer.status_code == 201
    case = Case.objects.get(number=answer.json()["number"])
    assert (case.channel, case.applicant, case.applicant_phone) == ("api", None, "")
    assert receipts.letter_of(answer.json()["receipt"]).case == case
    assert bring(words=WORDS).json()["code"] == "sent_already"
    assert not KeptAnswer.objects.exists(), "the receipt is kept nowhere"
    assert not Entry.objects.filter(record_type="affairs.case", actor_id=post.cast.staff.pk).exists()
    assert bring(words="短").status_code in (400, 422)
