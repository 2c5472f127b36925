"""Copying the whole system, database and files, and putting a copy back (`houqin backup`, `houqin restore`).

A backup is a folder: `database/` as `pg_dump` writes it, `files/` as the store has them, `manifest.json` and `SHA256SUMS`
with the checksum of everything. It has its final name only once it is whole.
"""
