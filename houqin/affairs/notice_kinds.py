"""What the notices about cases are about."""

from houqin.foundation.channels.models import Group
from houqin.foundation.channels.notice_kinds import announce

announce("affairs", Group.PROGRESS)
announce("affairs.task", Group.TODO)
announce("affairs.amber", Group.WARNING)
announce("affairs.overdue", Group.WARNING, urgent=True)
announce("affairs.red", Group.WARNING)
announce("warnings", Group.WARNING)
announce("warnings.red", Group.WARNING, urgent=True)
