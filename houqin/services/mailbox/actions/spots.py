"""Ratings given where a code hangs. They keep nobody; a low one opens, or joins, a letter to the section."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs.models import State
from houqin.foundation.files.actions import attach, store
from houqin.foundation.files.models import File
from houqin.foundation.places.models import Place
from houqin.foundation.trail.actors import Outsider
from houqin.foundation.trail.address import unaddressed
from houqin.services.mailbox.actions.receipts import write_anonymously
from houqin.services.mailbox.models import ANONYMOUS, Letter, LetterCategory, SpotRating
from houqin.services.mailbox.queries.public import ABOUT

#: Up to so many stars a rating is looked into; low ones of a place within a day are one letter.
LOW, WITHIN = 2, timedelta(hours=24)


def rate_spot(
    place: Place, *, stars: int, tags: Sequence[str] = (), words: str = "", photo: UploadedFile | None = None
) -> tuple[SpotRating, str]:
    """Rate a place on the spot. A low rating answers a receipt code too, to follow the letter that it opened.

    A photo goes to the letter that the rating opens; else it stays with the rating, for whoever may look at it.
    """
    files: list[File] = []
    try:
        with unaddressed(), transaction.atomic():
            return _rate(place, stars, tags, words, photo, files)
    except BaseException:
        for file in files:
            file.content.delete(save=False)
            file.thumbnail.delete(save=False)
        raise


def _rate(
    place: Place,
    stars: int,
    tags: Sequence[str],
    words: str,
    photo: UploadedFile | None,
    files: list[File],
) -> tuple[SpotRating, str]:
    """In one transaction; ``files`` takes what was stored, to be removed where it fails."""
    _alone(place)
    letter, receipt = None, ""
    if stars <= LOW:
        letter = _running(place)
        if letter is None:
            said = _told(place, stars, tags, words)
            photos = [photo] if photo else []
            case, receipt = write_anonymously(words=said, place=place.code, photos=photos, channel="code")
            letter, photo = Letter.objects.get(case=case), None
    about = LetterCategory.objects.filter(code=ABOUT.get(place.space_kind, "")).first()
    rating = SpotRating.objects.create(
        place=place, category=about, stars=stars, tags=list(tags), words=words, letter=letter
    )
    if photo:
        _keep(photo, rating, files)
    return rating, receipt


def _keep(photo: UploadedFile, rating: SpotRating, files: list[File]) -> None:
    """The photo belongs to the rating, and to nobody's browser."""
    nobody, owner = Outsider(name=ANONYMOUS), secrets.token_hex(16)
    files.append(store(nobody, photo, session_key=owner))
    attach(nobody, [files[0].pk], record=rating, label="spot", session_key=owner)
    File.objects.filter(pk=files[0].pk).update(owner_session="")


def _running(place: Place) -> Letter | None:
    """The letter that an earlier low rating of the place has opened within a day, while nobody has answered it."""
    return (
        Letter.objects.filter(
            case__place=place,
            case__channel="code",
            case__state__in=[State.OPEN, State.WAITING_APPLICANT],
            answered_at__isnull=True,
            received_at__gt=timezone.now() - WITHIN,
        )
        .order_by("-pk")
        .first()
    )


def _told(place: Place, stars: int, tags: Sequence[str], words: str) -> str:
    marks = _("、").join(tags)
    text = _("现场评价 %(stars)s 星：%(place)s") % {"stars": stars, "place": place}
    return _("，").join(each for each in (text, marks, words) if each)


def _alone(place: Place) -> None:
    """Two low ratings of a place at once open one letter."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"mailbox:spot:{place.pk}"])
