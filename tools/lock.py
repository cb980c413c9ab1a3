"""requirements.lock and environment.yml, both made from pyproject.toml (docs/decisions/0001)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .project import BIN, CONDA, CPU_INDEX, LOCK, PROJECT, ROOT, say, write_whole
from .torch_build import GPU_PACKAGES

# How uv writes the platforms of [tool.uv] and the upper bound of requires-python; both hold for every line.
PLATFORMS = (
    "((platform_machine == 'arm64' and sys_platform == 'darwin')"
    " or sys_platform == 'linux' or sys_platform == 'win32')"
)
PYTHONS = "python_full_version < '3.14'"


def make_lock(upgrade: bool) -> None:
    say("resolving pyproject.toml")
    with tempfile.TemporaryDirectory() as folder:
        pins = clean_pins(resolve(Path(folder), upgrade))
    write_whole(LOCK, lock_text(pins))
    write_whole(CONDA, conda_text(pins))
    say(f"wrote {LOCK.name} and {CONDA.name}: {len(pins)} pins")


def resolve(folder: Path, upgrade: bool) -> str:
    """Every package that the project needs on any supported platform; uv comes into `folder` for this."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    binaries = folder / BIN.name
    subprocess.run([binaries / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
    draft = folder / "draft.lock"
    if LOCK.exists():
        shutil.copy(LOCK, draft)  # uv keeps these versions where they still fit
    options = ["--universal", "--python-version", "3.11", "--fork-strategy", "fewest"]
    options += ["--extra", "dev", "--extra", "cluster"]
    options += ["--no-annotate", "--no-header", "--quiet", *(["--upgrade"] if upgrade else [])]
    subprocess.run([binaries / "uv", "pip", "compile", *options, "-o", draft, PROJECT], cwd=ROOT, check=True)
    return draft.read_text()


def clean_pins(draft: str) -> list:
    """Drop the CUDA packages and the markers that hold everywhere.

    Examples
    --------
    >>> clean_pins("numpy==2.4.6 ; python_full_version < '3.14'\\ntriton==3.7.1 ; sys_platform == 'linux'")
    ['numpy==2.4.6']
    """
    pins = []
    for line in draft.splitlines():
        pin, _, marker = line.partition(" ; ")
        marker = marker.replace(f" and {PLATFORMS}", "").replace(f"{PYTHONS} and ", "").replace(PYTHONS, "")
        if "==" in pin and not GPU_PACKAGES.match(pin):
            pins.append(f"{pin} ; {marker}" if marker else pin)
    return pins


def lock_text(pins: list) -> str:
    return "\n".join(("# Made by `python tasks.py lock` from pyproject.toml: do not edit.", *pins, ""))


def conda_text(pins: list) -> str:
    """environment.yml: Python and the pins inline."""
    head = [
        "# Made by `python tasks.py lock` from requirements.lock: do not edit.",
        "name: astrokit",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        "  - python=3.11",
        "  - pip",
        "  - pip:",
        f"      - --extra-index-url {CPU_INDEX}",  # pip ranks its torch 2.13.0+cpu above 2.13.0
    ]
    return "\n".join((*head, *(f"      - {pin}" for pin in pins), ""))
