"""Where things are, how processes are started, how a task tells what it does."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
CONDA = ROOT / "environment.yml"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"


class TaskError(Exception):
    """Something a person has to act on; printed without a traceback."""


def say(text: str, end: str = "\n") -> None:
    print(text, end=end, flush=True)


@contextlib.contextmanager
def step(number: int, text: str):
    """Print what is being done, then how long it took."""
    say(f"[{number}/5] {text} ... ", end="")
    started = time.monotonic()
    yield
    say(f"{time.monotonic() - started:.0f} s")


def call(command: list, **defaults: str) -> int:
    """Run in the project's folder and environment, output to the terminal; the exit code."""
    code = subprocess.run(command, cwd=ROOT, env=environment(**defaults)).returncode
    return code if code >= 0 else 128 - code  # ended by a signal: as a shell says it


def environment(**defaults: str) -> dict:
    """The variables of everything that is started here; what the user has set stays."""
    own = {"NUMBA_CACHE_DIR": str(cache_folder() / "numba"), "BOKEH_RESOURCES": "inline", **defaults}
    path = os.pathsep.join((str(BIN), os.environ.get("PATH", "")))
    return {**own, **os.environ, "PATH": path, "VIRTUAL_ENV": str(VENV)}


def cache_folder() -> Path:
    """The user's own cache folder of astrokit, where the platform wants it."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "astrokit"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "astrokit"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "astrokit"


def write_whole(path: Path, text: str) -> None:
    """Write beside and rename: the file is whole or not there, with LF on every platform."""
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(text.encode())
    os.replace(beside, path)
