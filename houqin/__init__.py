"""Houqin: one platform for everything that keeps a government compound running (机关事务)."""

__version__ = "0.1.0.dev0"
