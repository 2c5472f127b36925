"""What the notices about parking are about."""

from houqin.foundation.channels.models import Group
from houqin.foundation.channels.notice_kinds import announce

announce("parking", Group.PROGRESS)
