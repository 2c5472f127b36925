"""Rights around the mailbox."""

from django.utils.translation import gettext_lazy as _

from houqin.foundation.people.permissions import announce

announce("mailbox.view", _("查看来信台账与现场评价"))
announce("mailbox.sort", _("分办来信、合并同类来信"))
announce("mailbox.publish", _("编辑、审核公开来信"))
announce("mailbox.digest", _("查看信箱月报"))
announce("mailbox.manage", _("维护来信类别、训练分类建议"))
