"""Periodic work of people."""

from procrastinate.contrib.django import app

from houqin.foundation.people import integrity, sign_in
from houqin.foundation.people.moments import REVIEW_DUE


@app.periodic(cron="17 3 * * *")
@app.task(name="people.sweep_sign_ins", pass_context=False)
def sweep_sign_ins(timestamp: int) -> None:
    """Every night: forget failures of a month ago and sessions that have run out."""
    sign_in.sweep()


@app.periodic(cron="50 23 * * *")
@app.task(name="people.tell_reviews", pass_context=False)
def tell_reviews(timestamp: int) -> None:
    """Every morning (7:50 in Shanghai): tell of integrity files that are due."""
    for post in integrity.to_be_told():
        for tell in REVIEW_DUE:
            tell(post)
