"""Addresses of the mailbox, under /mailbox/."""

from django.urls import path, re_path

from houqin.services.mailbox.views import anonymous, digest, letters, publishing, spots

app_name = "mailbox"

urlpatterns = [
    path("", letters.ledger, name="letters"),
    path("anonymous", anonymous.write, name="anonymous"),
    path("receipt", anonymous.receipt, name="receipt"),
    path("published", publishing.published, name="published"),
    path("published/<int:pk>", publishing.one, name="published_one"),
    path("published/<int:pk>/useful", publishing.useful, name="useful"),
    path("desk", publishing.desk, name="desk"),
    path("letters/<str:number>/sort", letters.sort, name="sort"),
    path("letters/<str:number>/join", letters.join, name="join"),
    path("letters/<str:number>/publish", publishing.publish, name="publish"),
    re_path(
        r"^letters/(?P<number>[0-9]+)/publish/(?P<verb>approve|return|withdraw)$",
        publishing.decide,
        name="decide",
    ),
    path("spot/<str:code>", spots.rate, name="spot"),
    path("spots", spots.ratings, name="spots"),
    path("digest", digest.digest, name="digest"),
    path("learning", digest.learning, name="learning"),
    path("learning/train", digest.train, name="train"),
]
