"""Work notices of DingTalk's government edition: ``/message/workNotification``."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.foundation import dingtalk
from houqin.foundation.channels.base import SENT, Message, Outcome, outcome_of, short
from houqin.foundation.outside.ask import Failed

PATH = "/message/workNotification"


class DingTalkNotice:
    """``bizMsgId`` is our key: the platform shows a repeat once. The receiver is an ``accountId``."""

    code = "dingtalk"
    setting = "HOUQIN_DINGTALK_URL"
    name = gettext_lazy("钉钉（政务版）工作通知")
    address_name = gettext_lazy("钉钉账号编号（accountId）")
    per_minute = 600

    def configured(self) -> bool:
        return dingtalk.client() is not None

    def send(self, message: Message) -> Outcome:
        client = dingtalk.client()
        assert client
        params = {
            "tenantId": client.tenant_id,
            "receiverIds": message.to,
            "bizMsgId": message.key.hex,
            "msg": json.dumps(_content(message), ensure_ascii=False, separators=(",", ":")),
        }
        try:
            client.call("POST", PATH, params, encoded={"msg"})
        except Failed as failure:
            return outcome_of(failure)
        return SENT


def _content(message: Message) -> dict[str, Any]:
    """A card with a button where there is a page to open, plain text elsewhere."""
    if not message.url:
        return {"msgtype": "text", "text": {"content": f"{message.title}\n{message.body}".strip()}}
    return {
        "msgtype": "action_card",
        "action_card": {
            "title": short(message.title, 60),
            "markdown": f"**{message.title}**\n\n{message.body}".strip(),
            "single_title": _("查看"),
            "single_url": message.url,
            "single_pc_url": message.url,
        },
    }
