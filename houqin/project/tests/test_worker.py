"""The worker beside its jobs: notices that wait."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from houqin.foundation.notices import queries
from houqin.foundation.notices.actions import tell
from houqin.foundation.notices.models import Notice
from houqin.foundation.notices.moments import DELIVERED
from houqin.project import worker


@pytest.mark.db_facing
@pytest.mark.django_db(transaction=True)
def test_the_worker_delivers_what_was_committed_and_tries_again_what_failed(
    committed_cast, monkeypatch, caplog
):
    monkeypatch.setattr(worker, "LOOK_EVERY", 0.01)
    heard, fails = [], [ZeroDivisionError()]

    def hear(ids):
        if fails:
            raise fails.pop()
        heard.extend(ids)

    monkeypatch.setitem(DELIVERED._entries, "test", hear)
    with transaction.atomic():
        tell([committed_cast.staff], kind="test.told", title="水管已修好")

    async def until_heard():
        in_thread = ThreadPoolExecutor(max_workers=1)
        asyncio.get_running_loop().set_default_executor(in_thread)
        delivering = asyncio.create_task(worker.deliver_notices())
        while not heard:
            await asyncio.sleep(0.01)
        delivering.cancel()
        in_thread.submit(connections.close_all).result()

    asyncio.run(asyncio.wait_for(until_heard(), 20))
    assert heard == [Notice.objects.get().pk]
    assert queries.unread_count(committed_cast.staff) == 1
    assert "Notices were not delivered" in caplog.text
