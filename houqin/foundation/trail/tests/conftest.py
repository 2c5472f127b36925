"""A data directory of its own for every test: the key and the kept checkpoint lie there."""

import pytest


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
