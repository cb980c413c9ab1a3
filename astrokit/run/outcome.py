"""Decide how a run ended and in which cell, and tidy the executed notebook.

papermill marks every cell `completed` when its kernel dies, and takes `sys.exit()` for success. What is
trusted here: the mark `exception` that papermill sets on a cell, and what the worker process says about its
kernel.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .process import Ended
from .records import Status

_ADDED_TAGS = {"injected-parameters", "papermill-error-cell-tag"}
_ANSI = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)?", flags=re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TRACEBACK_CHARACTERS = 6000
_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Outcome:
    """The status of a run and, unless it is ok, the error that the record keeps."""

    status: Status
    error: dict[str, Any] | None = None


def error(
    name: str, message: str, *, cell: int | None = None, tags: list[str] | None = None, traceback: str = ""
) -> dict[str, Any]:
    """Build the `error` of a record; all of it plain text, fit for a terminal and a page."""
    return {
        "cell": cell,
        "tags": tags or [],
        "name": plain(name),
        "message": plain(message),
        "traceback": plain(traceback)[-_TRACEBACK_CHARACTERS:],
    }


def judge(content: Mapping[str, Any]) -> Outcome:
    """Return the outcome of a notebook that papermill ran to its end: ok, or failed at a cell."""
    for position, cell in enumerate(content["cells"]):
        if cell["metadata"].get("papermill", {}).get("exception"):
            raised: Mapping[str, Any] = next(
                (output for output in cell.get("outputs", []) if output["output_type"] == "error"), {}
            )
            found = error(
                raised.get("ename") or "CellExecutionError",
                raised.get("evalue", ""),
                cell=source_index(content["cells"], position),
                tags=cell["metadata"].get("tags", []),
                traceback="\n".join(raised.get("traceback", [])),
            )
            return Outcome("failed", found)
    return Outcome("ok")


def conclude(ended: Ended, timeout_s: float | None, memory_mb: float | None = None) -> Outcome:
    """Return how a run ended, from all that is known after its processes are gone."""
    how = ended.ending.get("how")
    if ended.over_memory:
        message = f"stopped at {ended.peak_mb:.0f} MB, the limit for all its processes is {memory_mb:g} MB"
        return Outcome("killed", error("MemoryLimit", message, cell=ended.cell))
    if ended.timed_out:
        message = f"stopped after {timeout_s:g} s, the limit for the whole notebook"
        return Outcome("timeout", error("TimeoutError", message, cell=ended.cell))
    if how == "finished":
        if ended.notebook is None:
            return Outcome("failed", error("OSError", "the executed notebook could not be read back"))
        return judge(ended.notebook)
    if how == "dead kernel":
        return Outcome("killed", error("DeadKernelError", ended.ending["message"], cell=ended.cell))
    if how == "error":
        raised = {key: ended.ending[key] for key in ("name", "message", "traceback")}
        return Outcome("failed", error(**raised, cell=ended.cell))
    message = f"the process that ran the notebook ended without a word, with exit code {ended.exit_code}"
    return Outcome("killed", error("ProcessDied", message, cell=ended.cell, traceback=ended.words))


def source_index(cells: list[dict[str, Any]], position: int) -> int:
    """The index in the source notebook of a cell of the executed one, which has papermill's own cells too.

    Examples
    --------
    >>> injected = {"metadata": {"tags": ["injected-parameters"]}}
    >>> source_index([{"metadata": {}}, injected, {"metadata": {}}], 2)
    1
    """
    return position - sum(is_added(cell) for cell in cells[:position])


def is_added(cell: Mapping[str, Any]) -> bool:
    """Whether papermill put this cell into the notebook."""
    return not _ADDED_TAGS.isdisjoint(cell["metadata"].get("tags", []))


def tidy(content: dict[str, Any], name: str) -> dict[str, Any]:
    """Remove from an executed notebook, in place, what is dead without a kernel, and paths of this machine.

    Saved widget state shadows the picture beside it, in nbconvert and in JupyterLab, and no kernel answers
    it.
    """
    content["metadata"].pop("widgets", None)
    content["metadata"].get("papermill", {}).update(input_path=f"{name}.ipynb", output_path="notebook.ipynb")
    for cell in content["cells"]:
        for output in cell.get("outputs", []):
            shown = output.get("data", {})
            if len(shown) > 1:
                shown.pop(_WIDGET_VIEW, None)
    # What papermill marks `completed` although it never started did not run.
    for cell in content["cells"]:
        state = cell["metadata"].get("papermill", {})
        if state.get("status") == "completed" and not state.get("start_time"):
            state["status"] = "pending"
    return content


def plain(text: object) -> str:
    """Take terminal escapes and control characters out of a text that came from a notebook.

    Examples
    --------
    >>> plain("\\x1b[31mred\\x1b[0m\\x07")
    'red'
    """
    return _CONTROL.sub("", _ANSI.sub("", str(text)))
