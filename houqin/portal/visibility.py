"""Photos of a case for the passer-by who has shown number and phone: as the page of the case itself."""

from houqin.foundation.files.access import KNOWN
from houqin.portal.door import passers_by

KNOWN.add("portal.tracked", passers_by)
