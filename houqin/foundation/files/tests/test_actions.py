"""Taking files in, giving them to records, erasing what nobody took."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from PIL import Image

from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.files import access, actions, queries
from houqin.foundation.files.models import File
from houqin.foundation.files.tests import samples
from houqin.foundation.trail.actors import SYSTEM, Actor, Outsider
from houqin.testing.cast import Cast

PASSER_BY = Outsider("访客")


@pytest.fixture
def visible_to(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[int | None]]:
    """People who may see place records: the record that files are attached to here."""
    people: set[int | None] = set()

    def visible(actor: Actor, id: int) -> bool:
        return actor.pk in people

    monkeypatch.setitem(access.VISIBILITY._entries, "places.place", visible)
    return people


def _on_disk() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def _bytes(stored: FieldFile) -> bytes:
    with stored.open() as opened:
        return opened.read()


def _image(stored: FieldFile) -> Image.Image:
    return Image.open(BytesIO(_bytes(stored)))


def test_a_photo_loses_camera_and_position_and_stands_upright(cast: Cast) -> None:
    raw = samples.located_photo()
    assert b"SecretPhone" in raw
    file = actions.store(cast.staff, samples.upload(raw, "IMG_0001.JPG", "image/jpeg"))
    kept = _bytes(file.content)
    assert b"SecretPhone" not in kept
    image = Image.open(BytesIO(kept))
    assert not image.getexif()
    assert (image.size, (file.width, file.height)) == ((400, 600), (400, 600))
    red, _green, blue = image.getpixel((200, 50))
    assert red > 200 > 50 > blue  # the left half is on top now
    assert (file.name, file.content_type, file.size_bytes) == ("IMG_0001.jpg", "image/jpeg", len(kept))


def test_large_photos_shrink_and_have_a_thumbnail(cast: Cast) -> None:
    file = actions.store(cast.staff, samples.upload(samples.picture(size=(4000, 3000))))
    assert (file.width, file.height) == (2048, 1536)
    assert _image(file.thumbnail).size == (320, 240)


def test_transparency_stays_and_its_thumbnail_is_on_white(cast: Cast) -> None:
    clear = BytesIO()
    Image.new("RGBA", (400, 400), (0, 0, 0, 0)).save(clear, "PNG")
    file = actions.store(cast.staff, samples.upload(clear.getvalue(), "图.png"))
    assert (file.name, file.content_type) == ("图.webp", "image/webp")
    assert _image(file.content).mode == "RGBA"
    assert min(_image(file.thumbnail).getpixel((5, 5))) > 250


@pytest.mark.parametrize(("format_", "name"), [("GIF", "a.gif"), ("WEBP", "a.webp"), ("PNG", "a.png")])
def test_other_pictures_become_jpeg(cast: Cast, format_: str, name: str) -> None:
    file = actions.store(cast.staff, samples.upload(samples.picture(format_), name))
    assert (file.name, file.content_type) == ("a.jpg", "image/jpeg")


def test_documents_are_kept_to_the_byte(cast: Cast) -> None:
    file = actions.store(cast.staff, samples.upload(samples.PDF, "../..\\通知: 关于*停水.pdf"))
    assert _bytes(file.content) == samples.PDF
    assert file.name == "通知_ 关于_停水.pdf"
    assert file.content.name == f"{file.created_at:%Y/%m}/{file.id}"


@pytest.mark.parametrize(
    ("content", "code"),
    [(samples.huge_png(), "too_many_pixels"), (samples.picture("PNG")[:200], "broken_image")],
)
def test_bombs_and_broken_pictures_are_refused_and_leave_nothing(
    cast: Cast, content: bytes, code: str
) -> None:
    before = _on_disk()
    with pytest.raises(Problem) as told:
        actions.store(cast.staff, samples.upload(content, "a.png"))
    assert told.value.code == code
    assert _on_disk() == before


def test_too_large_a_file_is_told_the_limit(cast: Cast, settings: object) -> None:
    settings.FILES_MAX_IMAGE_BYTES = 1024  # type: ignore[attr-defined]
    with pytest.raises(actions.TooLarge, match="上限"):
        actions.store(cast.staff, samples.upload(samples.picture()))


def test_a_file_without_its_row_does_not_stay(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(File, "save", fail)
    before = _on_disk()
    with pytest.raises(RuntimeError):
        actions.store(cast.staff, samples.upload(samples.picture()))
    assert _on_disk() == before


def test_a_file_is_attached_once_by_its_owner_in_the_order_given(cast: Cast) -> None:
    files = [actions.store(cast.staff, samples.upload(samples.picture())) for _ in range(2)]
    ids = [str(file.pk) for file in reversed(files)]
    assert actions.attach(cast.staff, ids, record=cast.office, label="before") == list(reversed(files))
    assert {file.label for file in queries.of_record(cast.office)} == {"before"}
    assert list(queries.of_record(cast.office, "after")) == []
    with pytest.raises(Problem) as told:
        actions.attach(cast.staff, ids, record=cast.toilet)
    assert "24 小时" in str(told.value.errors["files"][0])


def test_all_or_none_are_attached(cast: Cast) -> None:
    mine = actions.store(cast.staff, samples.upload(samples.picture()))
    theirs = actions.store(cast.colleague, samples.upload(samples.picture()))
    for ids in ([mine.pk, theirs.pk], [mine.pk, uuid.uuid4()], [mine.pk, "nonsense"]):
        with pytest.raises(Problem):
            actions.attach(cast.staff, ids, record=cast.office)
    mine.refresh_from_db()
    assert mine.record_id is None


def test_a_file_waits_for_24_hours(cast: Cast) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=24, minutes=1)):
        file = actions.store(cast.staff, samples.upload(samples.picture()))
    with pytest.raises(Problem):
        actions.attach(cast.staff, [file.pk], record=cast.office)


def test_a_passer_bys_file_goes_with_the_session(cast: Cast) -> None:
    file = actions.store(PASSER_BY, samples.upload(samples.picture()), session_key="s1")
    for actor, key in ((PASSER_BY, "s2"), (PASSER_BY, ""), (cast.staff, "s1")):
        with pytest.raises(Problem):
            actions.attach(actor, [file.pk], record=cast.office, session_key=key)
    assert actions.attach(PASSER_BY, [file.pk], record=cast.office, session_key="s1") == [file]


@pytest.mark.db_facing
@pytest.mark.django_db(transaction=True)
def test_at_once_from_many_connections_one_record_gets_the_file(committed_cast: Cast) -> None:
    cast = committed_cast
    file = actions.store(cast.staff, samples.upload(samples.picture()))
    records = [cast.office, cast.toilet, cast.floor, cast.tower, cast.site, cast.other_office]
    got, barrier = [], threading.Barrier(len(records))

    def go(record: object) -> None:
        try:
            barrier.wait()
            actions.attach(cast.staff, [file.pk], record=record)  # type: ignore[arg-type]
            got.append(record)
        except Problem:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[record]) for record in records]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
    assert [kept.pk for kept in queries.of_record(got[0])] == [file.pk]


def test_unattached_a_file_is_its_owners_alone(cast: Cast) -> None:
    file = actions.store(cast.staff, samples.upload(samples.picture()))
    assert queries.readable(cast.staff, file.pk) == file
    assert queries.readable(SYSTEM, str(file.pk)) == file
    for actor in (cast.colleague, PASSER_BY):
        with pytest.raises(NotFound):
            queries.readable(actor, file.pk)


def test_attached_it_is_for_whoever_may_see_the_record(cast: Cast, visible_to: set[int | None]) -> None:
    file = actions.store(cast.staff, samples.upload(samples.picture()))
    actions.attach(cast.staff, [file.pk], record=cast.office)
    visible_to.add(cast.worker.pk)
    assert queries.readable(cast.worker, file.pk) == file
    with pytest.raises(NotFound):
        queries.readable(cast.other_staff, file.pk)
    with pytest.raises(NotFound):
        queries.readable(cast.worker, "nonsense")


def test_records_of_unknown_types_show_nothing(cast: Cast) -> None:
    file = actions.store(cast.staff, samples.upload(samples.picture()))
    actions.attach(cast.staff, [file.pk], record=cast.city)
    with pytest.raises(NotFound):
        queries.readable(cast.staff, file.pk)


def test_what_nobody_took_is_erased_after_two_days(cast: Cast) -> None:
    kept = actions.store(cast.staff, samples.upload(samples.picture()))
    actions.attach(cast.staff, [kept.pk], record=cast.office)
    fresh = actions.store(cast.staff, samples.upload(samples.picture()))
    before = _on_disk()
    with time_machine.travel(timezone.now() - timedelta(hours=49)):
        actions.store(cast.staff, samples.upload(samples.picture()))
        actions.store(cast.staff, samples.upload(samples.PDF, "a.pdf"))
    assert actions.erase_unattached() == 2
    assert actions.erase_unattached() == 0
    assert set(File.objects.values_list("pk", flat=True)) == {kept.pk, fresh.pk}
    assert _on_disk() == before


def test_many_records_files_in_one_query(cast: Cast, django_assert_num_queries: object) -> None:
    for record in (cast.office, cast.office, cast.toilet):
        file = actions.store(cast.staff, samples.upload(samples.picture()))
        actions.attach(cast.staff, [file.pk], record=record)
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = queries.of_records("places.place", [cast.office.pk, cast.toilet.pk, 999])
    assert {pk: len(files) for pk, files in found.items()} == {cast.office.pk: 2, cast.toilet.pk: 1}


def test_bytes_without_a_row_are_swept_after_a_day_and_nothing_else(cast: Cast, own_store: Path) -> None:
    kept = actions.store(cast.staff, samples.upload(samples.picture()))
    lost = actions.store(cast.staff, samples.upload(samples.picture()))
    month = (own_store / kept.content.name).parent
    for stranger in (own_store / "readme.txt", month / "notes", own_store / "imports" / "2026" / "a"):
        stranger.parent.mkdir(parents=True, exist_ok=True)
        stranger.touch()
    before = {path for path in own_store.rglob("*") if path.is_file()}
    File.objects.filter(pk=lost.pk).delete()
    assert actions.sweep_strays() == 0, "a transaction may still be under way"
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert actions.sweep_strays() == 2
        assert actions.sweep_strays() == 0
    gone = {own_store / lost.content.name, own_store / lost.thumbnail.name}
    assert before - {path for path in own_store.rglob("*") if path.is_file()} == gone
