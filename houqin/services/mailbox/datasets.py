"""What the mailbox shares through the exchange: letters without their words, and what everybody may read."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from houqin.affairs.models import Event
from houqin.exchange.datasets import DataSet, announce
from houqin.foundation.trail.actors import Actor
from houqin.services.mailbox.models import Letter, Publication, PublicationState
from houqin.services.mailbox.queries import letters_of

_MOMENT = {"type": ["string", "null"], "format": "date-time"}
LETTER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "number": {"type": "string", "title": "办件编号"},
        "state": {"type": "string", "title": "状态"},
        "channel": {"type": "string", "title": "渠道"},
        "anonymous": {"type": "boolean", "title": "匿名"},
        "category": {"type": ["string", "null"], "title": "类别编码"},
        "category_name": {"type": ["string", "null"], "title": "类别"},
        "section": {"type": "string", "title": "承办科室编码"},
        "received_at": {**_MOMENT, "title": "来信时间"},
        "answered_at": {**_MOMENT, "title": "答复时间"},
        "in_time": {"type": ["boolean", "null"], "title": "按时答复"},
        "joined_into": {"type": ["string", "null"], "title": "并入的办件编号"},
    },
}
PUBLISHED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer", "title": "编号"},
        "title": {"type": "string", "title": "标题"},
        "category": {"type": ["string", "null"], "title": "类别编码"},
        "words": {"type": "string", "title": "来信"},
        "answer": {"type": "string", "title": "答复"},
        "published_at": {**_MOMENT, "title": "公开时间"},
    },
}


def letters(actor: Actor) -> QuerySet[Letter]:
    return letters_of(actor).select_related("case__section", "category", "matter__lead__case")


def letter(row: Letter) -> dict[str, Any]:
    return {
        "number": row.case.number,
        "state": str(row.case.state),
        "channel": row.case.channel,
        "anonymous": row.anonymous,
        "category": row.category.code if row.category else None,
        "category_name": row.category.name if row.category else None,
        "section": row.case.section.code,
        "received_at": row.received_at.isoformat(),
        "answered_at": row.answered_at.isoformat() if row.answered_at else None,
        "in_time": row.in_time,
        "joined_into": row.matter.lead.case.number if row.matter and not row.is_lead else None,
    }


def letter_changed(since: datetime) -> Q:
    """Something happened to its case since then."""
    return Q(Exists(Event.objects.filter(case=OuterRef("pk"), at__gte=since)))


def published(actor: Actor) -> QuerySet[Publication]:
    return Publication.objects.filter(state=PublicationState.PUBLISHED).select_related("letter__category")


def publication(row: Publication) -> dict[str, Any]:
    return {
        "id": row.pk,
        "title": row.title,
        "category": row.letter.category.code if row.letter.category else None,
        "words": row.words,
        "answer": row.answer,
        "published_at": row.published_at.isoformat() if row.published_at else None,
    }


def publication_changed(since: datetime) -> Q:
    return Q(published_at__gte=since)


announce(DataSet("mailbox.letters", _("来信"), LETTER, letters, letter, letter_changed))
announce(DataSet("mailbox.published", _("公开来信"), PUBLISHED, published, publication, publication_changed))
