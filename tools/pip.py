"""pip in .venv: silent when it works, one line of advice when it does not."""

from __future__ import annotations

import re
import subprocess

from .project import PYTHON, ROOT, VENV, TaskError

LOG = VENV / "setup.log"
NEEDED_GB = 4.0
PIP = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]

# What pip and venv print, and what a person can do about it; the first that fits is said.
ADVICE = [
    (
        r"No space left on device|not enough space",
        f"the disk is full, {NEEDED_GB:.0f} GB are needed; free some space, then make setup",
    ),
    (
        r"host='download\.pytorch\.org'",
        "download.pytorch.org, which has the CPU build of torch, does not answer; check network and proxy, "
        "or take the default build (several GB): ASTROKIT_TORCH=cuda make setup",
    ),
    (
        r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|from versions: none",
        "the package index does not answer; check network and proxy, then make setup",
    ),
    (
        r"ensurepip is not available|No module named '?(venv|ensurepip)",
        "this Python lacks venv; on Debian or Ubuntu: apt-get install python3-venv",
    ),
]


def pip(*arguments) -> None:
    # Byte code comes later, for all packages at once and on all cores.
    checked([*PIP, "--no-compile", *arguments])


def checked(command: list) -> str:
    """Run silently and answer with stdout; all output goes to .venv/setup.log.

    Raises
    ------
    TaskError
        When the command fails, with what to do about it.
    """
    # close_fds=False hands the held .setup.lock on to the child; Python opens nothing else inheritable.
    process = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, close_fds=False)
    if VENV.is_dir():
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(process.stdout + process.stderr)
    if process.returncode:
        raise TaskError(diagnose(process.stdout + process.stderr))
    return process.stdout


def diagnose(output: str) -> str:
    """Say in one line what pip or venv meant.

    Examples
    --------
    >>> diagnose("ERROR: Could not install: [Errno 28] No space left on device").split(";")[0]
    'set-up stopped: the disk is full, 4 GB are needed'
    """
    last = (output.strip() or "no output").splitlines()[-1]
    for pattern, advice in ADVICE:
        if re.search(pattern, output, re.IGNORECASE):
            return f"set-up stopped: {advice}\n  ({last.strip()})"
    return f"set-up stopped: {last.strip()}\n  All of pip's words are in {LOG}"
