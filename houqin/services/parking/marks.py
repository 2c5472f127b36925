"""Secret addresses of screens."""

import hashlib


def mark_of(token: str) -> str:
    """What is kept of a secret address: 128 bits of chance need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
