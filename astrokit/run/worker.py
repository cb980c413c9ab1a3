"""The process that runs one notebook: `python -m astrokit.run.worker`, started by `process`.

It reads one line of JSON from standard input: `notebook` and `output` (paths), `parameters`, `scratch` (a
folder that it may fill). It answers on standard output with lines of JSON: {"event": "cell", ...} as cells
start, and at the end {"event": "end", "how": "finished" | "dead kernel" | "error", ...}. When standard input
closes, the parent is gone: the worker then ends its whole process tree and itself.
"""

import json
import os
import shutil
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, TextIO

from .outcome import source_index
from .processes import adopt_orphans, kill_family
from .slow_import import skip_slow_import


def main() -> None:
    channel = _take_standard_output()
    spec = json.loads(sys.stdin.buffer.readline())
    adopt_orphans()
    threading.Thread(target=_end_with_parent, args=[spec["scratch"]], daemon=True).start()
    ending = _run(spec, channel)
    kill_family(os.getpid(), include_self=False)
    _say(channel, {"event": "end", **ending, "peak_mb": _peak_mb()})


def _take_standard_output() -> TextIO:
    """Keep standard output for the answers; what else is written there goes to standard error."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return channel


def _say(channel: TextIO, message: dict[str, Any]) -> None:
    channel.write(json.dumps(message) + "\n")
    channel.flush()


def _end_with_parent(scratch: str) -> None:
    # os.read, not sys.stdin: a thread that holds the lock of a buffered file would block the interpreter's
    # end.
    while os.read(0, 4096):
        pass
    kill_family(os.getpid(), include_self=False)
    shutil.rmtree(scratch, ignore_errors=True)
    os._exit(1)


def _run(spec: dict[str, Any], channel: TextIO) -> dict[str, Any]:
    skip_slow_import()
    from nbclient.exceptions import DeadKernelError
    from papermill import PapermillExecutionError, execute_notebook

    from .kernel import register

    def report_cell(cells: list[Any], position: int) -> None:
        index = source_index(cells, position)
        _say(channel, {"event": "cell", "position": position, "index": index, "n_cells": len(cells)})

    exit_codes: list[int | None] = []
    register(Path(spec["scratch"]), report_cell, exit_codes.append)
    try:
        execute_notebook(
            # papermill formats both paths: a brace in a folder's name is not a field.
            spec["notebook"].replace("{", "{{").replace("}", "}}"),
            spec["output"].replace("{", "{{").replace("}", "}}"),
            spec["parameters"],
            engine_name="astrokit",
            kernel_name="python3",
            language="python",
            progress_bar=False,
        )
    except PapermillExecutionError:
        return {"how": "finished"}
    except DeadKernelError:
        return {"how": "dead kernel", "message": _death(exit_codes[-1] if exit_codes else None)}
    except Exception as error:
        # A full disk, an invalid notebook, a kernel that does not start: whatever it is, the record has to
        # say it.
        name = type(error).__name__
        return {"how": "error", "name": name, "message": str(error), "traceback": traceback.format_exc()}
    return {"how": "finished"}


def _death(exit_code: int | None) -> str:
    if exit_code is None or exit_code >= 0:
        return f"the kernel ended by itself, with exit code {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = f"signal {-exit_code}"
    hint = "; the system does this when memory runs out" if name == "SIGKILL" else ""
    return f"the kernel was ended by {name}{hint}"


def _peak_mb() -> float:
    """What the operating system remembers as the peaks of this process and of its largest child, together."""
    try:
        import resource
    except ImportError:
        return 0.0
    unit = 1 if sys.platform == "darwin" else 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 2**20
    own = _high_water_mb() or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
    return own + child


def _high_water_mb() -> float:
    """Linux's own mark; unlike `ru_maxrss` it does not begin with what the parent held when it started us."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0.0
    mark = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0")
    return int(mark.split()[1]) / 1024


if __name__ == "__main__":
    main()
