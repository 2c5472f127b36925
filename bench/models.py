"""The table the writing floor inserts into. FROZEN: later benchmarks compare with these floors."""

from __future__ import annotations

from django.db import models


class Row(models.Model):
    """One row of the writing floor."""

    words = models.TextField()
