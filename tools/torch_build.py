"""Which torch: the CPU build, without a flag, unless somebody asks for CUDA (docs/decisions/0001)."""

from __future__ import annotations

import ensurepip
import json
import re

from .pip import PIP, checked, pip
from .project import CPU_INDEX, LOCK, TaskError

GPU_PACKAGES = re.compile(r"(nvidia|cuda|triton)\b")


def torch_pin(lock: str) -> str:
    """The line of the lock that pins torch, `torch==2.13.0`."""
    return next(line for line in lock.splitlines() if line.startswith("torch=="))


def install_torch(pin: str, platform: str, choice: str) -> None:
    """Install the build that `torch_arguments` decides on; pip is asked only where the answer matters."""
    asks = platform.startswith("linux") and choice != "cuda"
    pip(*torch_arguments(pin, ask_pip(pin) if asks else {}, platform, choice))


def torch_arguments(pin: str, report: dict, platform: str, choice: str) -> list:
    """How pip gets the wanted build: where it looks anyway if that is for CPUs, else on PyTorch's index."""
    if choice == "cuda":
        return [pin, "--constraint", LOCK]
    if platform.startswith("linux") and needs_gpu_packages(report):
        return ["--no-deps", "--index-url", CPU_INDEX, pin]
    return ["--no-deps", pin]


def needs_gpu_packages(report: dict) -> bool:
    """True when the torch that pip chose asks for CUDA packages."""
    chosen = [item["metadata"] for item in report.get("install", ())]
    return any(GPU_PACKAGES.match(need) for metadata in chosen for need in metadata.get("requires_dist", ()))


def ask_pip(pin: str) -> dict:
    """What pip would install for `pin`; an index that serves metadata on its own spares the wheel."""
    renew_old_pip()
    return json.loads(checked([*PIP, "--dry-run", "--no-deps", "--quiet", "--report", "-", pin]))


def renew_old_pip() -> None:
    """Before 23.3 pip downloads the whole wheel (half a gigabyte) to answer; if this fails, so be it."""
    if tuple(int(part) for part in ensurepip.version().split(".")[:2]) < (23, 3):
        try:
            pip("--quiet", "--upgrade", "pip>=23.3")
        except TaskError:
            return
