"""Write the API's OpenAPI description to docs/developers/openapi.json."""

import json
import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "houqin.project.settings_test")
django.setup()

from houqin.exchange.api import api  # noqa: E402 - Django must be set up first

TARGET = Path(__file__).parents[1] / "docs" / "developers" / "openapi.json"

if __name__ == "__main__":
    description = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    TARGET.write_text(json.dumps(description, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
