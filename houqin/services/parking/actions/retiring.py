"""What runs by itself: permits end, and plates are forgotten when nobody needs them any more."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from houqin.foundation.files.models import File
from houqin.services.parking.models import Corrected, PartnerPermit, Passage, Stay

#: Plates of passages are personal data: kept only as long as the purpose needs (《个人信息保护法》第十九条), here for looking
#: into damage and disputes.
KEPT = timedelta(days=90)
#: So many rows at a time, so that no lock is held for long.
AT_ONCE = 5000


def forget() -> int:
    """Take the plates out of what is older than :data:`KEPT`; counts stay. Answers how many rows; twice does no harm."""
    before = timezone.now() - KEPT
    forgotten = 0
    while True:
        with transaction.atomic():
            old = Passage.objects.filter(at__lt=before).exclude(plate="", read="").order_by("id")[:AT_ONCE]
            gone = list(old.values_list("pk", flat=True))
            # A picture that no record has any more is erased by the files' own job.
            pictures = File.objects.filter(record_type=Passage._meta.label_lower, record_id__in=gone)
            pictures.update(record_type="", record_id=None)
            many = Passage.objects.filter(pk__in=gone).update(
                read="", plate="", corrected=Corrected.NO, corrected_note="", picture=None
            )
        forgotten += many
        if many < AT_ONCE:
            break
    forgotten += Stay.objects.filter(out_at__lt=before).exclude(plate="").update(plate="")
    long_over = PartnerPermit.objects.filter(until_on__lt=timezone.localdate() - KEPT)
    PartnerPermit.objects.filter(pk__in=long_over.values("pk")).delete()
    return forgotten
