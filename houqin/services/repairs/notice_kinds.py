"""What the notices about repairs are about."""

from houqin.foundation.channels.models import Group
from houqin.foundation.channels.notice_kinds import announce

announce("repairs", Group.PROGRESS)
announce("repairs.incident", Group.PROGRESS, urgent=True)
announce("repairs.incident_overdue", Group.WARNING)
