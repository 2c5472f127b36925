"""Taking files in, and giving them to records."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Sequence
from datetime import timedelta
from pathlib import PurePath
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.base import File as StoredContent
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.files.images import Picture, redraw
from houqin.foundation.files.kinds import Kind, kind_of
from houqin.foundation.files.models import File, FileKind
from houqin.foundation.trail.actors import Actor

#: How long an uploaded file waits for the record it is meant for, and when it is erased if none came.
ATTACHABLE = timedelta(hours=24)
KEPT_UNATTACHED = timedelta(hours=48)
#: How old bytes without a row must be to count as left behind: no transaction that may still write it lasts that long.
STRAY_AFTER = timedelta(days=1)
_ERASED_AT_ONCE = 200
_LONGEST_NAME = 120
_ID_LENGTH = 36
_STORED_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.thumb)?")
_BAD_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


class TooLarge(Problem):
    """The file is larger than its kind may be."""

    code = "too_large"
    status = 413


def store(actor: Actor, upload: UploadedFile, *, session_key: str = "") -> File:
    """Take a file in, for its owner to attach within 24 hours.

    A picture is drawn anew (see :mod:`.images`); a document is kept as it is. Without somebody signed in the file
    belongs to ``session_key``. Raises :class:`Problem` for what is too large, damaged, or not what it says it is.
    """
    stream = cast(BinaryIO, upload.file)
    kind = kind_of(stream, upload.name or "", upload.content_type or "")
    _check_size(kind, upload.size or 0)
    file = File(owner_id=actor.pk, owner_session="" if actor.pk else session_key, kind=kind.kind)
    if kind.kind == FileKind.IMAGE:
        return _keep_picture(file, upload.name or "", redraw(stream, kind))
    return _keep_document(file, upload, kind)


def attach(
    actor: Actor,
    ids: Sequence[uuid.UUID | str],
    *,
    record: models.Model,
    label: str = "",
    session_key: str = "",
) -> list[File]:
    """Give files to a record, in the order given. ``label`` says what for (``before``, ``after``).

    Each file once, by its owner, within 24 hours of its upload; else :class:`Problem` with ``errors["files"]``, and
    none is attached. Two at once cannot both get a file: the update itself carries the condition.
    """
    wanted = list(dict.fromkeys(_uuid(id) for id in ids))
    if not wanted:
        return []
    now = timezone.now()
    mine: dict[str, Any] = (
        {"owner_id": actor.pk} if actor.pk else {"owner": None, "owner_session": session_key}
    )
    free = File.objects.filter(
        pk__in=wanted, record_id__isnull=True, created_at__gt=now - ATTACHABLE, created_at__lte=now, **mine
    )
    if not actor.pk and not session_key:
        free = free.none()
    with transaction.atomic():
        count = free.update(
            record_type=record._meta.label_lower, record_id=record.pk, label=label, attached_at=now
        )
        if count != len(wanted):
            raise _not_attachable()
    files = File.objects.in_bulk(wanted)
    return [files[pk] for pk in wanted]


def erase_unattached() -> int:
    """Erase files that no record took within 48 hours, bytes first; answers how many. May run twice at once."""
    erased = 0
    while True:
        with transaction.atomic():
            batch = list(_forsaken().select_for_update(skip_locked=True)[:_ERASED_AT_ONCE])
            for file in batch:
                file.content.delete(save=False)
                file.thumbnail.delete(save=False)
            File.objects.filter(pk__in=[file.pk for file in batch]).delete()
        erased += len(batch)
        if len(batch) < _ERASED_AT_ONCE:
            return erased


def sweep_strays() -> int:
    """Erase bytes that no row names, left by transactions that were rolled back; answers how many files.

    Only what lies where and is called as ``store`` does it, and is older than a day. May run twice at once.
    """
    swept = 0
    for month in _months():
        names = sorted(name for name in default_storage.listdir(month)[1] if _STORED_NAME.fullmatch(name))
        for start in range(0, len(names), _ERASED_AT_ONCE):
            batch = {name: name[:_ID_LENGTH] for name in names[start : start + _ERASED_AT_ONCE]}
            known = set(map(str, File.objects.filter(pk__in=batch.values()).values_list("pk", flat=True)))
            swept += sum(_erase_stray(f"{month}/{name}") for name, id in batch.items() if id not in known)
    return swept


def _months() -> list[str]:
    """The folders ``YYYY/MM`` of the store."""
    if not default_storage.exists(""):
        return []
    years = [year for year in default_storage.listdir("")[0] if re.fullmatch(r"\d{4}", year)]
    months = [(year, month) for year in sorted(years) for month in sorted(default_storage.listdir(year)[0])]
    return [f"{year}/{month}" for year, month in months if re.fullmatch(r"\d{2}", month)]


def _erase_stray(name: str) -> bool:
    if default_storage.get_modified_time(name) > timezone.now() - STRAY_AFTER:
        return False
    default_storage.delete(name)
    return True


def _forsaken() -> models.QuerySet[File]:
    return File.objects.filter(record_id__isnull=True, created_at__lt=timezone.now() - KEPT_UNATTACHED)


def _check_size(kind: Kind, size: int) -> None:
    most = (
        settings.FILES_MAX_IMAGE_BYTES if kind.kind == FileKind.IMAGE else settings.FILES_MAX_DOCUMENT_BYTES
    )
    if size > most:
        raise TooLarge(
            _("文件有 %(size)s，超过了 %(most)s 的上限，请压缩后再上传。")
            % {"size": filesizeformat(size), "most": filesizeformat(most)}
        )


def _keep_picture(file: File, name: str, picture: Picture) -> File:
    file.name = _clean_name(name, picture.ending)
    file.content_type = picture.content_type
    file.width, file.height = picture.width, picture.height
    file.size_bytes = len(picture.content)
    file.sha256 = hashlib.sha256(picture.content).hexdigest()
    return _write(file, ContentFile(picture.content), ContentFile(picture.thumbnail))


def _keep_document(file: File, upload: UploadedFile, kind: Kind) -> File:
    file.name = _clean_name(upload.name or "", kind.endings[0])
    file.content_type = kind.content_type
    file.size_bytes = upload.size or 0
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    file.sha256 = digest.hexdigest()
    upload.seek(0)
    return _write(file, upload, None)


def _write(file: File, content: StoredContent, thumbnail: StoredContent | None) -> File:
    """Bytes first, then the row; bytes without a row do not stay."""
    try:
        file.content.save("content", content, save=False)
        if thumbnail:
            file.thumbnail.save("thumbnail", thumbnail, save=False)
        with transaction.atomic():
            file.save(force_insert=True)
    except BaseException:
        for stored in (file.content, file.thumbnail):
            if stored:
                stored.delete(save=False)
        raise
    return file


def _clean_name(name: str, ending: str) -> str:
    """The sender's name without a path or signs that trouble a file system, with the true ending."""
    stem = PurePath(unicodedata.normalize("NFC", name).replace("\\", "/")).stem
    stem = _BAD_IN_NAMES.sub("_", stem).strip(" ._")[:_LONGEST_NAME]
    return f"{stem or _('未命名')}.{ending}"


def _uuid(id: uuid.UUID | str) -> uuid.UUID:
    try:
        return uuid.UUID(str(id))
    except ValueError:
        raise _not_attachable() from None


def _not_attachable() -> Problem:
    message = _("有附件已被使用或已过期（上传后 24 小时内有效），请移除后重新上传。")
    return Problem(message, code="file_not_attachable", errors={"files": [message]})
