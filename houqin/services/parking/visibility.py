"""Who sees the picture of a passage: whoever keeps the lot."""

from houqin.foundation.files.access import announce
from houqin.foundation.trail.actors import Actor
from houqin.services.parking import queries


def sees_passage(actor: Actor, passage: int) -> bool:
    """Whether ``actor`` keeps the lot of that passage."""
    return queries.passages_kept(actor).filter(pk=passage).exists()


announce("parking.passage", sees_passage)
