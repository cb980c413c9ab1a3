"""Long work: a bar after a second, in a terminal or a notebook, or a listener; and a way to stop it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from .errors import AstrokitError

Listener = Callable[[str, int, int], object]
Cancel = Callable[[], bool]  # asked between the parts of long work; True stops it

_listener: ContextVar[Listener | None] = ContextVar("progress_listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have `listener(what, done, total)` called in place of a bar, by all work started in this block.

    Work that was told to show no progress tells it to a listener all the same. A thread started inside has
    its own context: listen there.

    Examples
    --------
    >>> heard = []
    >>> with listening(lambda *said: heard.append(said)), Progress(10, "reading") as bar:
    ...     bar.advance(4)
    >>> heard
    [('reading', 0, 10), ('reading', 4, 10)]
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


class Progress:
    """A bar for `total` units of work. Quick work shows none, nor does a notebook run by `astrokit run`.

    Examples
    --------
    >>> with Progress(10, "reading", unit="files") as bar:
    ...     bar.advance(10)
    """

    def __init__(self, total: int, what: str, *, unit: str = "steps", enabled: bool = True) -> None:
        self._bar = None
        self._what, self._done, self._total = what, 0, total
        self._listener = _listener.get()
        if self._listener is not None:
            self._listener(what, 0, total)
        elif enabled and "ASTROKIT_RECORD" not in os.environ:
            from tqdm.auto import tqdm

            self._bar = tqdm(total=total, desc=what, unit=f" {unit}", unit_scale=True, delay=1.0, leave=False)

    def advance(self, n: int) -> None:
        """Tell that `n` more units are done."""
        self._done += n
        if self._listener is not None:
            self._listener(self._what, self._done, self._total)
        if self._bar is not None:
            self._bar.update(n)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()


class Cancelled(AstrokitError):
    """Work that was stopped on purpose. `partial` holds what was done until then, None where there is
    nothing.

    Examples
    --------
    >>> stop_if(lambda: False, "projection", 3, 10)
    >>> try:
    ...     stop_if(lambda: True, "projection", 3, 10, partial=[1, 2, 3])
    ... except Cancelled as stopped:
    ...     stopped.partial
    [1, 2, 3]
    """

    partial: Any = None


def stop_if(cancelled: Cancel | None, what: str, done: int, total: int, partial: Any = None) -> None:
    """Raise `Cancelled`, with `partial` on it, when `cancelled()` says so."""
    if cancelled is None or not cancelled():
        return
    stopped = Cancelled(
        what,
        expected=f"{total:,} rows",
        got=f"{done:,} when it was cancelled",
        next_step="Call again to start over; what was done until then is in `partial` of this error.",
    )
    stopped.partial = partial
    raise stopped
