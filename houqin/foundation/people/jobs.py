"""Periodic work of people."""

from procrastinate.contrib.django import app

from houqin.foundation.people import integrity
from houqin.foundation.people.moments import REVIEW_DUE


@app.periodic(cron="50 23 * * *")
@app.task(name="people.tell_reviews", pass_context=False)
def tell_reviews(timestamp: int) -> None:
    """Every morning (7:50 in Shanghai): tell of integrity files that are due."""
    for post in integrity.to_be_told():
        for tell in REVIEW_DUE:
            tell(post)
