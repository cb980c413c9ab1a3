"""A process and all its descendants: their memory, and their end."""

import contextlib
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

_SET_CHILD_SUBREAPER = 36


class FamilyMemory:
    """Samples the resident memory of a process and its descendants.

    A descendant counts from the second sample that sees it: until a program that was just started takes its
    place, it is a copy of its parent, and the parent's memory would count twice.

    Attributes
    ----------
    peak_bytes : int
        The largest sum that any sample saw.
    peak_anonymous_bytes : int
        The largest sum of pages that no file stands behind, which the system cannot drop. How many pages of a
        library are resident depends on how the system came to read it, and those it can drop. Where it does
        not tell the two apart (macOS, Windows), all pages.
    pause : float
        Seconds to wait before the next sample, so that sampling takes at most a twentieth of one core.
    """

    shortest_pause = 0.1

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peak_bytes = self.peak_anonymous_bytes = 0
        self.pause = self.shortest_pause
        self._seen: set[psutil.Process] = set()

    def sample(self) -> None:
        import psutil

        begin = time.perf_counter()
        total, anonymous, processes = 0, 0, family(self.pid)
        for process in processes:
            if process in self._seen or process.pid == self.pid:
                with contextlib.suppress(psutil.Error):
                    used = process.memory_info()
                    total += used.rss
                    anonymous += used.rss - getattr(used, "shared", 0)
        self._seen = set(processes)
        self.peak_bytes = max(self.peak_bytes, total)
        self.peak_anonymous_bytes = max(self.peak_anonymous_bytes, anonymous)
        self.pause = max(self.shortest_pause, 20 * (time.perf_counter() - begin))


def family(pid: int) -> "list[psutil.Process]":
    """Return the process and its descendants, the youngest generation last; empty when it is gone."""
    import psutil

    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def kill_family(pid: int, *, include_self: bool = True, patience_s: float = 5.0) -> None:
    """Kill a process and its descendants, those too that start while this goes on.

    The descendants go first: while a worker lives, their orphans come back to it (see `adopt_orphans`).
    """
    import psutil

    deadline = time.monotonic() + patience_s
    while descendants := [p for p in family(pid)[1:] if _is_running(p)]:
        for process in descendants:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(descendants, timeout=0.2)
        if time.monotonic() > deadline:
            break
    if include_self:
        with contextlib.suppress(psutil.Error):
            psutil.Process(pid).kill()


def adopt_orphans() -> None:
    """Make this process the parent of descendants whose own parent dies, so that none is lost; Linux only.

    Elsewhere a process that outlives its parent is not found again.
    """
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _is_running(process: "psutil.Process") -> bool:
    import psutil

    with contextlib.suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE
    return False
