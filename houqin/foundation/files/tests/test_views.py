"""Uploading and serving over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from houqin.foundation.files import quota, views
from houqin.foundation.files.tests import samples
from houqin.foundation.people.models import Person
from houqin.testing.cast import Cast

SignedIn = Callable[[Person], Client]


def _send(client: Client, content: bytes, name: str = "漏水.jpg", declared: str = "image/jpeg") -> Any:
    return client.post("/files/", {"file": SimpleUploadedFile(name, content, declared)})


def test_upload_answers_where_the_picture_is(cast: Cast, as_person: SignedIn) -> None:
    client = as_person(cast.staff)
    answer = _send(client, samples.picture())
    assert answer.status_code == 201
    told = answer.json()
    assert told["name"] == "漏水.jpg"
    picture, thumb = client.get(told["url"]), client.get(told["thumbnail"])
    assert picture.headers["Content-Type"] == thumb.headers["Content-Type"] == "image/jpeg"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert "private" in picture.headers["Cache-Control"]
    assert picture.headers["Content-Disposition"].startswith("inline")
    assert b"".join(picture.streaming_content)[:3] == b"\xff\xd8\xff"
    again = client.get(told["url"], headers={"If-None-Match": picture.headers["ETag"]})
    assert again.status_code == 304
    b"".join(thumb.streaming_content)


def test_documents_are_saved_not_shown(cast: Cast, as_person: SignedIn) -> None:
    client = as_person(cast.staff)
    told = _send(client, samples.PDF, "a.pdf", "application/pdf").json()
    assert told["thumbnail"] == ""
    served = client.get(told["url"])
    assert served.headers["Content-Disposition"].startswith("attachment")
    b"".join(served.streaming_content)


@pytest.mark.usefixtures("problems_answered")
def test_others_find_nothing(cast: Cast, as_person: SignedIn) -> None:
    told = _send(as_person(cast.staff), samples.picture()).json()
    for client in (as_person(cast.colleague), Client()):
        assert client.get(told["url"]).status_code == 404
        assert client.get(told["thumbnail"]).status_code == 404


def test_a_refusal_comes_in_words(cast: Cast, as_person: SignedIn) -> None:
    answer = _send(as_person(cast.staff), samples.picture("PNG"))
    assert answer.status_code == 400
    assert answer.json()["code"] == "type_lie"
    assert "内容却是 PNG" in answer.json()["detail"]
    nothing = as_person(cast.staff).post("/files/", {})
    assert nothing.json()["code"] == "no_file"


@pytest.mark.django_db
def test_a_passer_by_sees_their_own_photo_and_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "SESSION_AN_HOUR", 2)
    client = Client()
    told = _send(client, samples.picture()).json()
    served = client.get(told["url"])
    assert served.status_code == 200
    b"".join(served.streaming_content)
    assert _send(client, samples.picture()).status_code == 201
    third = _send(client, samples.picture())
    assert (third.status_code, third.json()["code"]) == (429, "too_many")


@pytest.mark.django_db
def test_many_sessions_from_one_address_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "ADDRESS_AN_HOUR", 2)
    assert [_send(Client(), samples.picture()).status_code for _ in range(3)] == [201, 201, 429]


def test_too_long_a_request_is_dropped_unread(
    cast: Cast, as_person: SignedIn, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILES_MAX_DOCUMENT_BYTES = 100
    monkeypatch.setattr(quota, "MARGIN_BYTES", 0)
    answer = _send(as_person(cast.staff), samples.picture())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_uploads_from_other_sites_are_refused(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.staff)
    assert _send(client, samples.picture()).status_code == 403


def test_the_back_office_lists_files_but_shows_none(cast: Cast, as_person: SignedIn) -> None:
    told = _send(as_person(cast.staff), samples.picture()).json()
    assert as_person(cast.sysadmin).get("/backoffice/files/file/").status_code == 403
    client = as_person(cast.auditor)
    assert "漏水.jpg" in client.get("/backoffice/files/file/").content.decode()
    page = client.get(f"/backoffice/files/file/{told['id']}/change/").content.decode()
    assert "漏水.jpg" in page
    assert told["url"] not in page
