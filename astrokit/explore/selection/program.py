"""Running a program: which of its steps still matter, and the rows that they select."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from .steps import Clear, Gesture, Invert, Load, Save, Step

MEMORY_BYTES = 64_000_000


def live_steps(steps: Sequence[Step], keep: Iterable[str] = ()) -> list[Step]:
    """Return the steps on which the selected rows, and the names to `keep`, depend, in order.

    What stands before a "new" or a clear is forgotten, unless a name that is loaded later keeps it.

    Examples
    --------
    >>> from .steps import Ids
    >>> [step.kind for step in live_steps([Ids([1]), Clear(), Ids([2]), Invert()])]
    ['ids', 'invert']
    """
    live: list[Step] = []
    matters, names = True, set(keep)
    for step in reversed(steps):
        if isinstance(step, Save) and step.name in names:
            names.discard(step.name)
            live.append(step)
            matters = True
        elif matters and not isinstance(step, Save):
            begins_anew = isinstance(step, Clear) or getattr(step, "how", None) == "new"
            matters = not begins_anew
            names |= {step.name} if isinstance(step, Load) else set()
            live.append(step)
    return _without_idle_clears(live[::-1])


def _without_idle_clears(steps: list[Step]) -> list[Step]:
    """Drop clears at the beginning, where nothing is selected anyway."""
    while steps and isinstance(steps[0], Clear):
        steps = steps[1:]
    return steps


def names_of(steps: Sequence[Step]) -> tuple[str, ...]:
    """Return the saved names, the first saved first."""
    return tuple(dict.fromkeys(step.name for step in steps if isinstance(step, Save)))


def run(steps: Sequence[Step], n_samples: int, gesture_mask: Callable[[Step], np.ndarray]) -> np.ndarray:
    """Return the mask (n_samples,) that steps select; they start with no row selected."""
    mask = np.zeros(n_samples, dtype=bool)
    saved: dict[str, np.ndarray] = {}
    for step in steps:
        if isinstance(step, Invert):
            mask = ~mask
        elif isinstance(step, Clear):
            mask = np.zeros(n_samples, dtype=bool)
        elif isinstance(step, Save):
            saved[step.name] = np.packbits(mask)
        elif isinstance(step, Load):
            mask = combine(mask, unpack(saved[step.name], n_samples), step.how)
        elif isinstance(step, Gesture):
            mask = combine(mask, gesture_mask(step), step.how)
    return mask


def combine(mask: np.ndarray, other: np.ndarray, how: str) -> np.ndarray:
    """Return two masks combined: "new" is the other one, "minus" what is not in it.

    Examples
    --------
    >>> combine(np.array([True, True]), np.array([True, False]), "minus")
    array([False,  True])
    """
    if how == "and":
        return mask & other
    if how == "or":
        return mask | other
    return mask & ~other if how == "minus" else other


def unpack(bits: np.ndarray, n_samples: int) -> np.ndarray:
    """Return a mask from its bits."""
    return np.unpackbits(bits, count=n_samples).view(bool)


class Memory:
    """Masks of gestures as bits, the latest used ones, so that undo and redo cost no second lasso.

    Examples
    --------
    >>> from .steps import Ids
    >>> memory, step = Memory(2, lambda step: np.array([True, False])), Ids([0])
    >>> memory(step)
    array([ True, False])
    """

    def __init__(
        self, n_samples: int, gesture_mask: Callable[[Step], np.ndarray], max_bytes: int = MEMORY_BYTES
    ) -> None:
        self._n_samples = n_samples
        self._gesture_mask = gesture_mask
        self._n_kept = max(1, max_bytes // (n_samples // 8 + 1))
        self._bits: OrderedDict[Step, np.ndarray] = OrderedDict()

    def __call__(self, step: Step) -> np.ndarray:
        bits = self._bits.pop(step, None)
        mask = self._gesture_mask(step) if bits is None else unpack(bits, self._n_samples)
        self._bits[step] = np.packbits(mask) if bits is None else bits
        while len(self._bits) > self._n_kept:
            self._bits.popitem(last=False)
        return mask
