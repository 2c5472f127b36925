"""What the mailbox puts on the portal's pages: entries of the rail."""

from django.utils.translation import gettext_lazy

from houqin.portal.shell import NAV, Entry

NAV.add("mailbox.letters", Entry(gettext_lazy("来信台账"), "mailbox:letters", "mail", ("mailbox.view",), 55))
NAV.add("mailbox.digest", Entry(gettext_lazy("信箱月报"), "mailbox:digest", "chart", ("mailbox.digest",), 56))
NAV.add("mailbox.desk", Entry(gettext_lazy("来信公开"), "mailbox:desk", "globe", ("mailbox.publish",), 57))
NAV.add(
    "mailbox.learning", Entry(gettext_lazy("分类建议"), "mailbox:learning", "gear", ("mailbox.manage",), 58)
)
NAV.add("mailbox.published", Entry(gettext_lazy("公开来信"), "mailbox:published", "heart", (), 59))
