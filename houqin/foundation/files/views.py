"""Uploading and serving."""

from __future__ import annotations

import uuid
from contextlib import suppress

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseNotModified, JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from houqin.foundation.address import client_address
from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.files.access import KNOWN
from houqin.foundation.files.actions import TooLarge, store
from houqin.foundation.files.models import File, FileKind
from houqin.foundation.files.queries import readable, shown
from houqin.foundation.files.quota import count_upload, is_too_long
from houqin.foundation.limits.actions import spend
from houqin.foundation.trail.actors import Actor, Outsider

HOUR = 3600
SESSION_AN_HOUR = 20
ADDRESS_AN_HOUR = 100
#: Whoever may see a file may lose the right: a browser asks again after this many seconds.
CACHED_SECONDS = 3600
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def actor_of(request: HttpRequest) -> Actor:
    """Whoever asks: the person signed in, or a passer-by."""
    user = request.user
    return Outsider(_("访客")) if isinstance(user, AnonymousUser) else user


@login_not_required
@require_POST
def upload(request: HttpRequest) -> JsonResponse:
    """Take one file (field ``file``); answers its id and addresses, or what is wrong with it in words."""
    try:
        actor = actor_of(request)
        session_key = _session_key(request) if actor.pk is None else ""
        _count(request, actor, session_key)
        file = store(actor, _uploaded(request), session_key=session_key)
    except Problem as problem:
        return _refusal(problem)
    answer = shown(file)
    return JsonResponse(
        {"id": answer.id, "name": answer.name, "url": answer.url, "thumbnail": answer.thumbnail}, status=201
    )


def _uploaded(request: HttpRequest) -> UploadedFile:
    if is_too_long(int(request.META.get("CONTENT_LENGTH") or 0)):
        raise TooLarge(_("文件太大，无法接收。图片不超过 20 MB，文档不超过 50 MB。"))
    found = request.FILES.get("file")
    if not isinstance(found, UploadedFile):
        raise Problem(_("没有收到文件，请重新选择。"), code="no_file")
    return found


def _count(request: HttpRequest, actor: Actor, session_key: str) -> None:
    if actor.pk is not None:
        count_upload(actor.pk)
        return
    spend(f"files:session:{session_key}", limit=SESSION_AN_HOUR, per_seconds=HOUR)
    spend(f"files:address:{client_address(request)}", limit=ADDRESS_AN_HOUR, per_seconds=HOUR)


def _session_key(request: HttpRequest) -> str:
    if not request.session.session_key:
        request.session.create()
    return request.session.session_key or ""


def _refusal(problem: Problem) -> JsonResponse:
    errors = {name: [str(text) for text in texts] for name, texts in problem.errors.items()}
    body = {"code": problem.code, "detail": str(problem.message), "errors": errors}
    return JsonResponse(body, status=problem.status)


@login_not_required
@require_safe
def content(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The file itself: pictures are shown, documents are saved."""
    file = _readable(request, pk)
    return _serve(request, file, thumbnail=False)


@login_not_required
@require_safe
def thumbnail(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The small picture of a picture."""
    file = _readable(request, pk)
    if not file.thumbnail:
        raise NotFound
    return _serve(request, file, thumbnail=True)


def _readable(request: HttpRequest, pk: uuid.UUID) -> File:
    actor, session_key = actor_of(request), request.session.session_key or ""
    known = [each for ask in KNOWN for each in ask(request)] if actor.pk is None else []
    for each in known:
        with suppress(NotFound):
            return readable(each, pk, session_key)
    return readable(actor, pk, session_key)


def _serve(request: HttpRequest, file: File, *, thumbnail: bool) -> HttpResponseBase:
    etag = f'"{file.sha256[:32]}{"t" if thumbnail else ""}"'
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponseBase = HttpResponseNotModified()
    else:
        response = FileResponse(
            (file.thumbnail if thumbnail else file.content).open("rb"),
            as_attachment=file.kind != FileKind.IMAGE,
            filename=file.name,
            content_type="image/jpeg" if thumbnail else _content_type(file),
        )
    response.headers["ETag"] = etag
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _SANDBOX
    patch_cache_control(response, private=True, max_age=CACHED_SECONDS)
    return response


def _content_type(file: File) -> str:
    # The text may be UTF-8 or GB 18030: no charset is claimed, the reader's program looks for itself.
    return file.content_type
