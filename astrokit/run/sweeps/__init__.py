"""Many runs of notebooks, from a spec to a table, on any number of workers; truth is on disk: `sweep`."""

from .driver import sweep
from .results import Summary, read_results, summarise
from .spec import Spec, read_spec
from .tally import Tally

__all__ = ["Spec", "Summary", "Tally", "read_results", "read_spec", "summarise", "sweep"]
