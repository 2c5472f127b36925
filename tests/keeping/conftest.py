"""Installations of their own, to be copied, killed and put back."""

from houqin.testing.house import house, place

__all__ = ["house", "place"]
