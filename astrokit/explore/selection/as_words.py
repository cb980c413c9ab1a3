"""A program as one sentence, for captions, file headers and screen readers."""

from __future__ import annotations

from collections.abc import Sequence

from .checks import plain
from .program import live_steps
from .steps import Invert, Save, Step

_JOINS = {"and": ", and ", "or": ", or ", "minus": ", without "}


def describe_steps(steps: Sequence[Step]) -> str:
    """Return what a program selects, in words, leaving out what no longer matters.

    Examples
    --------
    >>> from .steps import Box, Category
    >>> describe_steps([Box(0, 1, 0, 1), Category("class", ("RRAB", "RRC"), how="and")])
    'box x in [0, 1), y in [0, 1), and class in RRAB, RRC'
    """
    text, definitions = "", []
    for step in live_steps(steps):
        if isinstance(step, Save):
            definitions.append(f"'{plain(step.name)}' is {text or 'nothing'}")
            text = f"'{plain(step.name)}'"
        else:
            text = _joined(text, step)
    return (text or "nothing") + (f"; where {'; '.join(definitions)}" if definitions else "")


def _joined(text: str, step: Step) -> str:
    if isinstance(step, Invert):
        return f"all but ({text})" if text else "all rows"
    how = getattr(step, "how", "new")  # a clear: what follows begins anew
    if how == "new" or (how == "or" and not text):
        return "" if step.kind == "clear" else step.words()
    return (text or "nothing") + _JOINS[how] + step.words()
