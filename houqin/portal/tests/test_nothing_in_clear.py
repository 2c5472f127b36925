"""After everybody has done their part, no number of theirs stands in clear anywhere in the database."""

from __future__ import annotations

import json

from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from psycopg import sql

from houqin.affairs.models import Case
from houqin.exchange import tokens
from houqin.foundation.standards import id_check_digit
from houqin.testing import dummy

PASSER_BY, JOINING, CALLER, NEW_PHONE = "13900001111", "13900002222", "13900003333", "13912345678"
ID = "33010619900307001" + id_check_digit("33010619900307001")
#: Numbers of the cast, too: 1380000 and four digits of every person's running number.
NUMBERS = (PASSER_BY, JOINING, CALLER, NEW_PHONE, ID, "13800000001", "13800000006")


def holding(number: str) -> list[str]:
    """Tables of which a row holds ``number``: as text, within JSON or an array, or as bytes."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
            "AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        for schema, table in cursor.fetchall():
            cursor.execute(
                sql.SQL("SELECT count(*) FROM {table} AS t WHERE t::text LIKE %s OR t::text LIKE %s").format(
                    table=sql.Identifier(schema, table)
                ),
                [f"%{number}%", f"%{number.encode().hex()}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    for session in Session.objects.all():
        if number in str(session.get_decoded()):
            found.append("session, decoded")
    return found


def test_the_whole_journey_leaves_no_number_behind(desk, as_person):
    cast, street, neighbour = desk.cast, Client(), Client()
    report = {"what": "漏水", "kind": "water", "place": cast.toilet.pk, "caller_name": "王女士"}
    assert (
        street.post("/services/dummy.mend", {**report, "caller_phone": f"+86 {PASSER_BY}"}).status_code == 302
    )
    case = Case.objects.get()
    dummy.DIARY.running = case
    joining = {**report, "caller_name": "张先生", "caller_phone": JOINING}
    assert neighbour.post("/services/dummy.mend", joining).status_code == 302
    dummy.DIARY.running = None
    assert case.followers.get().phone == JOINING
    assert street.post("/track", {"number": case.number, "phone": PASSER_BY}).status_code == 302
    assert street.get(f"/cases/{case.number}").status_code == 200
    call = {"item": "dummy.mend", "caller": CALLER, "caller_name": "刘女士", "what": "门坏了", "kind": "x"}
    assert as_person(cast.clerk).post("/intake", call).status_code == 302
    assert as_person(cast.clerk).get("/search", {"q": PASSER_BY}).status_code == 200
    own = {"phone": NEW_PHONE, "email": ""}
    assert as_person(cast.colleague).post("/profile", own).status_code == 302
    person = reverse("admin:people_person_change", args=[cast.other_staff.pk])
    keeper = as_person(cast.sysadmin)
    page = keeper.get(person)
    fields = {
        name: value
        for name, value in page.context["adminform"].form.initial.items()
        if value is not None and not isinstance(value, bool)
    }
    fields["phone"] = str(fields.get("phone", ""))
    assert keeper.post(person, {**fields, "id_number": ID, "usual_place": ""}).status_code == 302
    worker = as_person(cast.worker)
    assert PASSER_BY in worker.post(f"/reveal/affairs.applicant/{case.number}").content.decode()
    desk.do("accept", case, by=cast.worker)
    desk.do("complete", case, by=cast.worker, comment=f"已修好，打过 {PASSER_BY[:3]}，没人接")
    version = Case.objects.get(pk=case.pk).version
    assert street.post(f"/cases/{case.number}/confirm", {"version": version}).status_code == 302
    headers = {
        "authorization": f"Bearer {tokens.create_token(cast.staff.username)}",
        "idempotency-key": "once",
    }
    answer = Client().post(
        "/api/v1/items/dummy.mend/cases",
        json.dumps({"what": "灯不亮", "kind": "power", "place": cast.office.pk}),
        "application/json",
        headers=headers,
    )
    assert answer.status_code == 201
    assert {number: holding(number) for number in NUMBERS} == {number: [] for number in NUMBERS}


def test_the_search_would_find_one(cast):
    """The test above is worth nothing unless a number in any column is found."""
    type(cast.staff).objects.filter(pk=cast.staff.pk).update(post=f"电话 {PASSER_BY}")
    assert holding(PASSER_BY) == ["people_person"]


def test_numbers_typed_into_text_are_masked_for_whoever_need_not_call(desk, as_person):
    """In the page, the API and titles; whoever must call the applicant reads them, and so does whose case it is."""
    cast = desk.cast
    case = desk.submit(what=f"门坏了，请打 {PASSER_BY}")
    desk.do("accept", case, by=cast.worker, comment=f"已打 {CALLER}")
    assert Case.objects.get().title == "门坏了，请打 139****1111"
    onlooker = cast.other_staff
    cast.appoint(onlooker, ["affairs.view"], cast.city)
    readers = {cast.staff: True, cast.worker: True, onlooker: False}
    for person, clear in readers.items():
        key = tokens.create_token(person.username)
        answers = [
            as_person(person).get(f"/cases/{case.number}").content.decode(),
            Client()
            .get(f"/api/v1/cases/{case.number}", headers={"authorization": f"Bearer {key}"})
            .content.decode(),
        ]
        for answer in answers:
            assert (PASSER_BY in answer) == clear, (person, answer)
            assert "139****1111" in answer
            assert (CALLER in answer) is False or clear
