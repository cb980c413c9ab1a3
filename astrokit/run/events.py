"""What a run tells the one who watches it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .records import Record


@dataclass(frozen=True)
class Event:
    """One step of a run: a notebook started, is in a cell, or ended.

    A cell that takes long is told again about every second.

    Parameters
    ----------
    kind : "start", "cell" or "end"
    notebook : str
    cell, n_cells : int
        Position in the notebook as it is executed, for "cell"; 0 otherwise.
    record : Record or None
        The finished record, for "end".
    """

    kind: Literal["start", "cell", "end"]
    notebook: str
    cell: int = 0
    n_cells: int = 0
    record: Record | None = None


Progress = Callable[[Event], None]
