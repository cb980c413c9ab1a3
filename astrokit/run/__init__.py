"""Execute notebooks, one process each, and keep what they found: `execute`, `record`, `Record`.

Importing this room is cheap on purpose: every notebook does it to call `record`.
"""

from ..reporting import record
from .catalogue import Notebook, find, notebook_set
from .engine import execute
from .events import Event
from .records import Record

__all__ = ["Event", "Notebook", "Record", "execute", "find", "notebook_set", "record"]
