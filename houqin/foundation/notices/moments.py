"""What others, above, do once notices have reached people in the portal."""

from collections.abc import Callable, Sequence

from houqin.foundation.registry import Registry

#: Called with ids inside the transaction of the delivery, perhaps twice for the same; writes at most one row.
DELIVERED: Registry[Callable[[Sequence[int]], None]] = Registry("listener to deliveries")
