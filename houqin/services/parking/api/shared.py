"""What the calls of devices and of people share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router

from houqin.foundation.errors import Problem

router = Router()
Name = Annotated[str, Field(max_length=100)]


def aware(moment: datetime) -> datetime:
    """A moment with its zone. Raises Problem for one that no database keeps."""
    try:
        return (
            timezone.make_aware(moment)
            if timezone.is_naive(moment)
            else moment.astimezone(timezone.get_current_timezone())
        )
    except (OverflowError, ValueError):
        raise Problem(errors={"at": [_("时间超出范围。")]}) from None
