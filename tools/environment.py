"""Making .venv from requirements.lock, so that a half-made one is never taken for a whole one."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

from .pip import NEEDED_GB, checked, pip
from .project import LOCK, PROJECT, PYTHON, ROOT, VENV, TaskError, environment, say, step, write_whole
from .torch_build import install_torch, torch_pin

STAMP = VENV / "astrokit-ready.json"


def make_ready() -> None:
    """Answer at once where .venv fits lock, project and Python; else make it, one process at a time."""
    if is_ready():
        return
    with one_setup_at_a_time():
        if not is_ready():
            check_space(shutil.disk_usage(ROOT).free)
            build()


def is_ready() -> bool:
    return PYTHON.exists() and read_stamp() == wanted_stamp()


def wanted_stamp() -> dict:
    """What .venv is made from."""
    return {
        "root": str(ROOT),  # a virtual environment does not work after a move
        "python": "{}.{}".format(*sys.version_info),
        "torch": os.environ.get("ASTROKIT_TORCH", "cpu"),
        "inputs": hashlib.sha256(LOCK.read_bytes() + PROJECT.read_bytes()).hexdigest(),
    }


def read_stamp() -> dict:
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def can_refresh(found: dict, wanted: dict) -> bool:
    """True when only lock or project changed.

    Without a stamp a set-up was killed, and pip would take a half-written package for a whole one.
    """
    return PYTHON.exists() and all(found.get(key) == wanted[key] for key in ("root", "python", "torch"))


def build() -> None:
    """Five steps. The stamp goes first and comes last."""
    wanted = wanted_stamp()
    refresh = can_refresh(read_stamp(), wanted)
    STAMP.unlink(missing_ok=True)
    with step(1, f"virtual environment .venv, Python {wanted['python']}"):
        if not refresh:
            checked([getattr(sys, "_base_executable", sys.executable), "-m", "venv", "--clear", VENV])
    torch = torch_pin(LOCK.read_text())
    with step(2, f"{torch}, {wanted['torch']} build"):
        install_torch(torch, sys.platform, wanted["torch"])
    with step(3, f"the packages of {LOCK.name}"):
        pip("--no-deps", "-r", LOCK)
    with step(4, "astrokit itself, byte code"):
        pip("--no-deps", "--no-build-isolation", "-e", ROOT)
        compile_all()
    with step(5, "numba caches of umap, fast_hdbscan, the map and light curves"):
        warm_caches()
    write_whole(STAMP, json.dumps(wanted))
    say("environment ready")


def compile_all() -> None:
    """Byte code on all cores, where pip takes one."""
    # The exit code says only that some package ships a template which is not Python.
    subprocess.run([PYTHON, "-m", "compileall", "-qq", "-j", "0", VENV], stdout=subprocess.DEVNULL)


def warm_caches() -> None:
    """Let numba compile now what the first import would compile, into the user's cache folder."""
    points = "numpy.random.default_rng(0).random((99, 2))"
    code = (
        "import umap",
        f"import numpy, fast_hdbscan; fast_hdbscan.HDBSCAN().fit({points})",
        "from astrokit.explore.index import warm; warm()",
        "from astrokit.explore.attribution.warm import warm; warm()",
        "from astrokit.studies.gaia_variables.curves.warm import warm; warm()",
    )
    running = [
        subprocess.Popen([PYTHON, "-W", "ignore", "-c", line], env=environment(), cwd=ROOT, close_fds=False)
        for line in code
    ]
    if any([process.wait() for process in running]):
        raise TaskError(
            "numba: expected umap, fast_hdbscan and the map to compile, got the error above. "
            "Try: make clean setup"
        )


def check_space(free_bytes: int) -> None:
    if free_bytes < NEEDED_GB * 1e9:
        raise TaskError(
            f"disk space for .venv in {ROOT}: expected {NEEDED_GB:.0f} GB free, "
            f"got {free_bytes / 1e9:.1f} GB. Free some space, or clone the project on a larger disk."
        )


@contextlib.contextmanager
def one_setup_at_a_time():
    """Hold `.setup.lock`. Children inherit it: if this process is killed, the next one waits for pip."""
    with open(ROOT / ".setup.lock", "w") as handle:
        if not try_lock(handle):
            say("another set-up of this folder is at work; waiting for it")
            while not try_lock(handle):
                time.sleep(0.5)
        if os.name != "nt":
            os.set_inheritable(handle.fileno(), True)
        yield


def try_lock(handle) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
