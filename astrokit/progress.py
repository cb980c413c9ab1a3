"""Progress of long work: a bar that appears after a second, in a terminal or a notebook."""

from __future__ import annotations

import os
from types import TracebackType


class Progress:
    """A bar for `total` units of work. Quick work shows none, nor does a notebook run by `astrokit run`.

    Examples
    --------
    >>> with Progress(10, "reading", unit="files") as bar:
    ...     bar.advance(10)
    """

    def __init__(self, total: int, what: str, *, unit: str = "steps", enabled: bool = True) -> None:
        self._bar = None
        if enabled and "ASTROKIT_RECORD" not in os.environ:
            from tqdm.auto import tqdm

            self._bar = tqdm(total=total, desc=what, unit=f" {unit}", unit_scale=True, delay=1.0, leave=False)

    def advance(self, n: int) -> None:
        """Tell that `n` more units are done."""
        if self._bar is not None:
            self._bar.update(n)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
