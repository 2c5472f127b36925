"""Warnings (预警): rules that say what is amiss, and what becomes of that until it is mended.

A service declares its rules in ``warnings.py`` with :func:`declare.announce`; those of the platform itself stand in
:mod:`houqin.affairs.warnings.own`. ``evaluation`` looks every few minutes, ``actions`` is what people do, ``queries`` what they see.
"""
