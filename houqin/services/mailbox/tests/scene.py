"""A letter of ``staff``, answered by ``worker`` and published: for the permission matrix."""

from typing import Any

from houqin.affairs import actions
from houqin.affairs.models import Route
from houqin.services.mailbox.actions import publications
from houqin.services.mailbox.models import LetterCategory
from houqin.testing.cast import Cast


def make(cast: Cast) -> dict[str, Any]:
    Route.objects.create(item_code="mailbox.letter", section=cast.repairs)
    LetterCategory.objects.filter(code="dining").update(section=cast.repairs)
    words = {"words": "食堂三楼的菜太咸了。", "may_publish": True}
    letter = actions.submit(cast.staff, item="mailbox.letter", data=words)
    steps = (
        (cast.dispatcher, "dispatch", {"category": "dining"}),
        (cast.worker, "complete", {"answer": "已减盐。"}),
    )
    for actor, verb, data in steps:
        task = letter.tasks.get(state="open").pk
        letter = actions.perform(actor, verb, case=letter.number, task=task, data=data)
    draft = {"title": "食堂太咸", "words": "食堂三楼的菜太咸了。", "answer": "已减盐。"}
    publications.edit_publication(cast.dispatcher, letter=letter.number, **draft)
    publications.approve_publication(cast.manager, letter=letter.number)
    numbered = ("sort", "join", "publish", "decide")
    return {
        "mailbox": letter.pk,
        "portal:mailbox.letter/key": letter.number,
        "portal:mailbox.digest/key": "2026-03-01_2026-03-31",
        "mailbox:spot/code": cast.toilet.qr,
        "mailbox:decide/verb": "withdraw",
        **{f"mailbox:{name}/number": letter.number for name in numbered},
    }
