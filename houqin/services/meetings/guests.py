"""Somebody from outside, as they are typed before they are on a list."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Guest:
    """Name, organisation, post and number of somebody who is asked to come."""

    name: str
    organisation: str = ""
    post: str = ""
    phone: str = ""
