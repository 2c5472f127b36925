"""What the notices about visitors are about."""

from houqin.foundation.channels.models import Group
from houqin.foundation.channels.notice_kinds import announce

announce("visitors", Group.PROGRESS)
