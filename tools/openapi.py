"""Write the API's OpenAPI description to docs/developers/openapi.json."""

import json
import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "houqin.project.settings_test")
django.setup()

from houqin.exchange.views import description  # noqa: E402 - Django must be set up first

TARGET = Path(__file__).parents[1] / "docs" / "developers" / "openapi.json"

if __name__ == "__main__":
    told = json.loads(json.dumps(description(), default=str))
    TARGET.write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
