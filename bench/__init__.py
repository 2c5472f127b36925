"""Benchmarks: how fast, how big and how heavy, each beside its limit measured in the same run.

`python -m bench` prints one JSON line a subject; docs/performance.md says what each line means.
"""
