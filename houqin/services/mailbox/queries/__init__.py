"""Every read of the mailbox, within the actor's scope."""

from houqin.services.mailbox.queries.letters import (
    PAGE,
    Filters,
    category_names,
    drafted_by,
    find_letter,
    is_reviewed,
    ledger,
    letters_of,
    panel,
    sections,
)
from houqin.services.mailbox.queries.public import (
    editor,
    find_published,
    on_the_desk,
    published,
    spot_tags,
    spots_of,
    useful_of,
)

__all__ = [
    "PAGE",
    "Filters",
    "category_names",
    "drafted_by",
    "editor",
    "find_letter",
    "find_published",
    "is_reviewed",
    "ledger",
    "letters_of",
    "on_the_desk",
    "panel",
    "published",
    "sections",
    "spot_tags",
    "spots_of",
    "useful_of",
]
