"""Marks by folder. What a test needs beyond this stands in its own folder's conftest."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ALONE = (TESTS / "notebooks", TESTS / "browser")


def pytest_collection_modifyitems(items):
    for item in items:
        if any(folder in item.path.parents for folder in ALONE):
            item.add_marker(pytest.mark.serial)
