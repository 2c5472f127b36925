"""No model without its migration. Looks at the code alone and needs no database."""

from __future__ import annotations

import os
import sys
import warnings

os.environ["DJANGO_SETTINGS_MODULE"] = "houqin.project.settings"
os.environ["HOUQIN_MODE"] = "development"
# Where no database answers, Django warns that it did not look into one; it should not.
os.environ.setdefault("HOUQIN_DATABASE_URL", "postgresql:///none?host=/nonexistent")

import django
from django.core.management import call_command


def main() -> int:
    warnings.filterwarnings("ignore", message="Got an error checking a consistent migration history")
    django.setup()
    try:
        call_command("makemigrations", check=True, dry_run=True, interactive=False)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
