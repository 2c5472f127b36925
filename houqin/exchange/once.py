"""A write that carries an ``Idempotency-Key`` is done once, however often it is sent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.exchange.models import KeptAnswer, Token
from houqin.foundation.errors import Conflict, Problem
from houqin.foundation.sealed.envelope import keyed

KEPT = timedelta(hours=24)
LONGEST_KEY = 200
Answer = tuple[int, Any]


class KeyReused(Conflict):
    """The key was used with another call."""

    code = "idempotency_key_reused"


def once(request: HttpRequest, token: Token, work: Callable[[], Answer]) -> Answer:
    """Do ``work`` and keep its answer under the call's key; a repetition gets the kept answer.

    The key's row is written in the transaction of the work: what fails leaves nothing behind and may be tried again; a
    repetition that comes meanwhile waits for the first to end. The same key with another body raises KeyReused.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return work()
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Problem(_("Idempotency-Key 最长 200 个可见字符。"), code="bad_idempotency_key")
    digest = keyed(f"{request.method} {request.path}\n{request.body.decode('latin-1')}", "idempotency")
    with transaction.atomic():
        if not _claim(token, key, digest):
            return _kept(token, key, digest)
        status, body = work()
        KeptAnswer.objects.filter(token=token, key=key).update(status=status, body=body)
        return status, body


def forget_old() -> int:
    """Drop answers older than 24 hours. Returns how many."""
    return KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def _claim(token: Token, key: str, digest: str) -> bool:
    """One INSERT that waits for a like one under way; an answer older than 24 hours gives way."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_keptanswer (token_id, key, request_digest, status, created_at) VALUES (%s, %s, %s, 0, %s) "
            "ON CONFLICT (token_id, key) DO UPDATE SET request_digest = excluded.request_digest, status = 0, body = NULL, "
            "created_at = excluded.created_at WHERE exchange_keptanswer.created_at < %s",
            [token.pk, key, digest, now, now - KEPT],
        )
        return cursor.rowcount == 1


def _kept(token: Token, key: str, digest: str) -> Answer:
    kept = KeptAnswer.objects.get(token=token, key=key)
    if kept.request_digest != digest:
        raise KeyReused(_("这个 Idempotency-Key 已用于另一请求，请换一个新的。"))
    return kept.status, kept.body
