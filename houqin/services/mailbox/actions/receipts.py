"""Letters of people who do not say who they are: a receipt code, shown once, is all that connects them to their letter."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from houqin.affairs.actions import perform, submit
from houqin.affairs.models import Case
from houqin.foundation.errors import Conflict, NotFound
from houqin.foundation.files.actions import store
from houqin.foundation.files.models import File
from houqin.foundation.trail.actors import Bearer, Outsider
from houqin.foundation.trail.address import unaddressed
from houqin.services.mailbox.actions.letters import ITEM, Sealed
from houqin.services.mailbox.models import ANONYMOUS, Letter

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH, _GROUP = 16, 4
#: What the applicant of an anonymous letter may do by its receipt.
VERBS = frozenset({"supplement", "confirm", "reopen", "remind", "withdraw", "rate"})


def new_receipt() -> str:
    """A code of 79 bits in groups of four, without letters that look alike."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(code[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def write_anonymously(
    *,
    words: str,
    place: str = "",
    may_publish: bool = False,
    photos: Sequence[UploadedFile] = (),
    ticket: str = "",
    channel: str = "web",
    name: str = "",
) -> tuple[Case, str]:
    """A letter of nobody: its case, and the receipt code that is told this once and kept nowhere.

    ``name`` is what the writer wants to be called, if anything; nothing else connects the letter to them. Neither the trail nor files nor the case keep who it was or from where. ``ticket`` is the random text of the form: the
    same form sent again raises Conflict.
    """
    receipt = new_receipt()
    owner = secrets.token_hex(16)  # owns the photos until they are attached, and is then forgotten
    nobody = Outsider(name=" ".join(name.split()) or ANONYMOUS)
    files: list[File] = []
    try:
        with unaddressed(), transaction.atomic():
            files = [store(nobody, photo, session_key=owner) for photo in photos]
            data = Sealed(
                receipt=_hash(receipt),
                once=_hash(f"once:{ticket}") if ticket else None,
                words=words, place=place, may_publish=may_publish, photos=[str(file.pk) for file in files],
            )  # fmt: skip
            case = submit(nobody, item=ITEM, data=data, channel=channel, session_key=owner)
            File.objects.filter(owner_session=owner).update(owner_session="")
    except BaseException as error:
        for file in files:
            file.content.delete(save=False)
            file.thumbnail.delete(save=False)
        if isinstance(error, IntegrityError) and "once" in str(error):
            raise Conflict(
                _("这封信已经收到，不必重复提交。请用当时给您的回执码查看。"), code="sent_already"
            ) from None
        raise
    return case, receipt


def letter_of(receipt: str) -> Letter:
    """The letter of a receipt code, as typed. Raises NotFound."""
    code = "".join(each for each in receipt.lower() if each in _ALPHABET)
    hashes = [
        _hash("-".join(code[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP)), secret)
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
    letter = Letter.objects.select_related("case").filter(receipt__in=hashes).first() if code else None
    if letter is None:
        raise NotFound(_("没有找到这个回执码对应的来信，请对照回执核对后再输一次。"))
    return letter


def bearer_of(letter: Letter) -> Bearer:
    """Whoever showed the letter's receipt, as somebody who can act."""
    return Bearer(case=letter.case.number, name=ANONYMOUS)


def act_by_receipt(receipt: str, verb: str, *, version: int | None, data: Mapping[str, Any]) -> Case:
    """Do one of the applicant's verbs by a receipt code; the trail keeps no address."""
    if verb not in VERBS:
        raise NotFound
    letter = letter_of(receipt)
    with unaddressed():
        return perform(bearer_of(letter), verb, case=letter.case.number, version=version, data=data)


def _hash(text: str, secret: str | bytes | None = None) -> str:
    return salted_hmac("houqin.mailbox.receipt", text, secret=secret, algorithm="sha256").hexdigest()
