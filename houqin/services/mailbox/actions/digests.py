"""The monthly digest is told to those who run the mailbox."""

from datetime import date, timedelta

from django.db import connection, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from houqin.foundation.notices.actions import tell
from houqin.foundation.notices.models import Notice
from houqin.foundation.people.models import Appointment, Person
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.mailbox.queries.digest import digest_of

KIND = "mailbox.digest"


def tell_month(today: date) -> int:
    """On the first of a month: tell of the one before, once; answers how many people."""
    if today.day != 1:
        return 0
    until = today - timedelta(days=1)
    since = until.replace(day=1)
    url = f"/mailbox/digest?since={since}&until={until}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [KIND])
        if Notice.objects.filter(kind=KIND, url=url).exists():
            return 0
        appointments = Appointment.objects.current().filter(role__permissions__contains=[KIND])
        people = list(Person.objects.active().filter(pk__in=appointments.values("person")))
        found = digest_of(SYSTEM, since, until)
        share = found.total.share
        title = format_lazy(
            gettext_lazy("{month} 信箱月报：来信 {letters} 封，按时答复 {share}"),
            month=f"{since:%Y-%m}",
            letters=found.total.letters,
            share="—" if share is None else f"{share}%",
        )
        tell(people, kind=KIND, title=title, url=url)
    return len(people)
