"""Names that are declared in code and kept in the database.

They are kept in the source language, whoever submits or rates, and shown in the language of whoever reads: a declared
name is in the catalogue, one that an administrator wrote stands as it was written.
"""

from django.utils import translation

from houqin.foundation.errors import Text

#: The language in which names are declared.
SOURCE = "zh-hans"


def source(text: Text) -> str:
    """A declared name as it is kept."""
    with translation.override(SOURCE):
        return str(text)


def said(name: str) -> str:
    """A kept name in the reader's language."""
    return translation.gettext(name) if name else ""
