"""What the notices of the brief are about."""

from houqin.foundation.channels.models import Group
from houqin.foundation.channels.notice_kinds import announce

announce("brief", Group.BRIEF, urgent=True)
