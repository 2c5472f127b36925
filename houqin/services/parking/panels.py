"""What parking puts on the portal's pages: the entries of the rail."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from houqin.foundation.people import scope
from houqin.portal.shell import NAV, Entry

NAV.add("parking", Entry(pgettext_lazy("plural", "停车场"), "parking:board", "car", (), 37))
NAV.add("parking.desk", Entry(gettext_lazy("停车管理"), "parking:desk", "car", ("parking.keep",), 57))
NAV.add(
    "parking.setup",
    Entry(
        gettext_lazy("停车设置"),
        "parking:setup",
        "gear",
        position=58,
        shown=lambda person: (
            scope.holds(person, "parking.manage") and not scope.holds(person, "parking.keep")
        ),
    ),
)
