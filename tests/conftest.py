"""Marks by folder, and the real data for those who have them. The rest stands in each folder's conftest."""

import os
import signal
from pathlib import Path

import pytest

from astrokit.data import describe

TESTS = Path(__file__).parent
ALONE = (TESTS / "notebooks", TESTS / "browser")
# Read before any fixture changes the environment; a relative folder is meant from the repository.
REAL_DATA = (TESTS.parent / (os.environ.get("ASTROKIT_DATA") or "../shared/data")).resolve()

# A shell ignores Ctrl-C for what it starts in the background, and children inherit that: not those of tests.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    for item in items:
        if any(folder in item.path.parents for folder in ALONE):
            item.add_marker(pytest.mark.serial)


@pytest.fixture
def real_folder():
    """The folder of real files: `ASTROKIT_DATA` of the caller, or ../shared/data beside the repository."""
    if not (REAL_DATA / "nx1+anticorr_data").is_dir():
        pytest.skip(
            f"needs the Swift files: put nx1+anticorr_data into {REAL_DATA}, or name another folder in"
            " ASTROKIT_DATA"
        )
    return REAL_DATA


@pytest.fixture
def real_swift(real_folder, monkeypatch):
    """That folder, in use for this test."""
    monkeypatch.setenv("ASTROKIT_DATA", str(real_folder))
    return real_folder


@pytest.fixture
def real_gaia(monkeypatch):
    """The folder of real files with the published latent space of Gaia variables, in use for this test."""
    if not (REAL_DATA / "phuijse+GaiaAutoencoderPoster").is_dir():
        pytest.skip(
            f"needs the latents of Gaia variables: put phuijse+GaiaAutoencoderPoster into {REAL_DATA}, or"
            " name another folder in ASTROKIT_DATA"
        )
    monkeypatch.setenv("ASTROKIT_DATA", str(REAL_DATA))
    return REAL_DATA


@pytest.fixture
def real_chandra(monkeypatch):
    """The folder of real files with labelled Chandra sources and the ACIS response, in use for this test."""
    for name in ("MUWCLASS+MUWCLASS", "JohannesBuchner+BXA"):
        if not (REAL_DATA / name).is_dir():
            pytest.skip(
                f"needs Chandra's files: put {name} into {REAL_DATA}, or name another folder in ASTROKIT_DATA"
            )
    monkeypatch.setenv("ASTROKIT_DATA", str(REAL_DATA))
    return REAL_DATA


@pytest.fixture
def real_sdss(monkeypatch):
    """The folder of real files with SDSS galaxies, in use for this test."""
    folder = describe("sdss-dr14").folder
    if not (REAL_DATA / folder).is_dir():
        pytest.skip(
            f"needs SDSS galaxies: put {folder} into {REAL_DATA}, or name another folder in ASTROKIT_DATA"
        )
    monkeypatch.setenv("ASTROKIT_DATA", str(REAL_DATA))
    return REAL_DATA
