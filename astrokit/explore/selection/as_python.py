"""A program as Python: a few readable lines for a script, that select the same rows again.

Every value is written by `repr`, so that no label or name, whatever it holds, can become code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

import numpy as np

from .program import live_steps
from .rows import pack_rows, runs
from .steps import Box, Category, Cluster, Ids, Lasso, Load, Nearest, Range, Save, Step

MAX_LISTED = 20
_PAIRS_A_LINE = 2


def write_python(steps: Sequence[Step], n_samples: int, sources: Sequence[str], sentence: str) -> str:
    """Return code that leaves `selection` and `indices`; `sources` names what the script must have.

    Examples
    --------
    >>> print(write_python([Box(0, 1, 0, 1)], 10, ["x", "y"], "3 of 10 rows: box"))
    # 3 of 10 rows: box
    from astrokit.explore.selection import Selection
    <BLANKLINE>
    selection = Selection(10, x=x, y=y)
    selection.box(0.0, 1.0, 0.0, 1.0)
    indices = selection.indices
    <BLANKLINE>
    """
    live = live_steps(steps)
    calls = [line for step in live for line in _call(step)]
    arguments = ", ".join([str(n_samples), *(f"{name}={name}" for name in sources)])
    head = ["from astrokit.explore.selection import Selection", "", f"selection = Selection({arguments})"]
    lines = [f"# {sentence}", *_imports(calls), *head, *calls, "indices = selection.indices", ""]
    return "\n".join(lines)


def _imports(calls: list[str]) -> list[str]:
    if any(line.startswith("gaps = ") for line in calls):
        return ["import base64", "import zlib", "", "import numpy as np", ""]
    return ["import numpy as np", ""] if any(line.startswith("rows = ") for line in calls) else []


def _call(step: Step) -> Iterator[str]:
    if isinstance(step, Lasso):
        yield "polygon = ["
        for first in range(0, len(step.polygon), _PAIRS_A_LINE):
            pairs = step.polygon[first : first + _PAIRS_A_LINE].tolist()
            yield "    " + " ".join(f"({x!r}, {y!r})," for x, y in pairs)
        yield "]"
    elif isinstance(step, Ids):
        yield from _rows(step.rows)
    yield f"selection.{step.kind}({', '.join(_arguments(step))})"


def _arguments(step: Step) -> list[str]:
    values: list[object] = []
    if isinstance(step, Box):
        values = [step.x0, step.x1, step.y0, step.y1]
    elif isinstance(step, Cluster):
        values = [*step.labels]
    elif isinstance(step, Category):
        values = [step.channel, *step.labels]
    elif isinstance(step, Range):
        values = [step.channel, step.low, step.high]
    elif isinstance(step, Nearest):
        values = [step.x, step.y, step.k]
    elif isinstance(step, Save | Load):
        values = [step.name]
    written = [repr(value) for value in values]
    if isinstance(step, Lasso | Ids):
        written.append("polygon" if isinstance(step, Lasso) else "rows")
    if isinstance(step, Nearest) and step.aspect != 1.0:
        written.append(f"aspect={step.aspect!r}")
    how = getattr(step, "how", "new")
    return written + ([f"how={how!r}"] if how != "new" else [])


def _rows(rows: np.ndarray) -> Iterator[str]:
    """Row numbers as a list if there are few, as ranges if there are few of those, else packed."""
    ranges = runs(rows)
    if len(rows) <= MAX_LISTED:
        yield f"rows = np.array({rows.tolist()}, dtype=int)"
    elif len(ranges) <= MAX_LISTED:
        yield f"rows = np.r_[{', '.join(f'{first}:{last}' for first, last in ranges)}]"
    else:
        yield "packed = ("
        yield from (f'    "{line}"' for line in wrap(pack_rows(rows), 96))
        yield ")"
        yield 'gaps = np.frombuffer(zlib.decompress(base64.b64decode(packed)), dtype="<u4")'
        yield "rows = np.cumsum(gaps, dtype=np.int64)"
