"""Execute notebooks, one process each, and keep what they found: `execute`, `sweep`, `record`, `Record`.

Importing this room is cheap on purpose: every notebook does it to call `record`.
"""

from typing import Any

from ..reporting import record
from .catalogue import Notebook, find, notebook_set
from .engine import execute
from .events import Event
from .records import Record

__all__ = ["Event", "Notebook", "Record", "execute", "find", "notebook_set", "record", "sweep"]


def __getattr__(name: str) -> Any:
    if name == "sweep":  # only those who sweep wait for what it needs
        from .sweeps import sweep

        return sweep
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
