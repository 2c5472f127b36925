"""Who sees the photo of a rating on the spot: whoever sees the rating."""

from houqin.foundation.files.access import announce
from houqin.foundation.trail.actors import Actor
from houqin.services.mailbox.queries.public import spots_seen


def sees_rating(actor: Actor, rating: int) -> bool:
    """Whether the rating concerns ``actor``."""
    return spots_seen(actor).filter(pk=rating).exists()


announce("mailbox.spotrating", sees_rating)
