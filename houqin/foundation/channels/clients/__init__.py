"""The channels by which a message leaves the house, one small class each. A channel is added here and nowhere else."""

from houqin.foundation.channels.base import CHANNELS
from houqin.foundation.channels.clients.dingtalk import DingTalkNotice
from houqin.foundation.channels.clients.email import Email
from houqin.foundation.channels.clients.sms import Sms
from houqin.foundation.channels.clients.wechat import WeChat

for _channel in (DingTalkNotice(), WeChat(), Email(), Sms()):
    CHANNELS.add(_channel.code, _channel)
