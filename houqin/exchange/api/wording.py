"""What is wrong with an input, in the reader's language.

pydantic speaks English only: the Chinese of its messages is in our own catalogue (`houqin/locale/zh_Hans`).
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from pydantic_core import PydanticKnownError


def in_words(error: Mapping[str, Any]) -> str:
    """The message of one of pydantic's errors; pydantic's own words where the catalogue has none."""
    context = error.get("ctx") or {}
    try:
        template = PydanticKnownError(error["type"], context or None).message_template
        words = gettext(template)
        return str(error["msg"]) if words == template else words.format(**context)
    except (KeyError, TypeError):  # an error of a custom type, or one whose details were left out
        return str(error["msg"])
