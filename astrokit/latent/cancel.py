"""How a user stops long work: a callable that is asked between its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import AstrokitError

Cancel = Callable[[], bool]


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
