"""What a good run left is kept when a later one of the same name is not good."""

import contextlib
import os
import shutil
from pathlib import Path

from ..errors import NotebookError
from .records import NOTEBOOK_FILE, RECORD_FILE, Record

LAST_OK = "last-ok"


def keep_last_ok(folder: Path) -> None:
    """Move the results of a good run from `folder` to its subfolder `last-ok`, as far as the disk allows.

    A failed run then has `record.json` to itself, and the last good numbers are not lost.
    """
    with contextlib.suppress(OSError, NotebookError):
        if Record.read(folder / RECORD_FILE).ok:
            (folder / LAST_OK).mkdir(exist_ok=True)
            for name in (NOTEBOOK_FILE, RECORD_FILE):
                os.replace(folder / name, folder / LAST_OK / name)


def forget_last_ok(folder: Path) -> None:
    """Remove the subfolder: the run in `folder` is good, and later than the one kept there."""
    shutil.rmtree(folder / LAST_OK, ignore_errors=True)


def find_last_ok(folder: Path) -> Path | None:
    """Return the subfolder with the last good run, or None where there is none."""
    kept = folder / LAST_OK
    return kept if (kept / RECORD_FILE).is_file() else None
