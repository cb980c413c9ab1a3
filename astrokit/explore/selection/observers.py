"""Callbacks that hear of each change once, whoever made it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .checks import wrong

MAX_NESTED = 100


class Observers:
    """A list of callbacks, called one after another in the order in which they came.

    A callback that makes a change itself does not call the others from within: they hear of it in a round of
    their own, after the present one. One that fails does not keep the others from being called.

    Examples
    --------
    >>> heard = []
    >>> observers = Observers()
    >>> observers.add(heard.append)
    >>> observers.tell("changed")
    >>> heard
    ['changed']
    """

    def __init__(self) -> None:
        self._callbacks: list[Callable[[Any], object]] = []
        self._lock = threading.Lock()
        self._pending = 0
        self._teller: int | None = None  # the thread that is calling callbacks
        self._nested = 0  # changes that callbacks made

    def add(self, callback: Callable[[Any], object]) -> None:
        """Add a callback; one that is there already stays where it is."""
        if not callable(callback):
            raise wrong(
                "callback", "a function of the selection", type(callback).__name__, "Pass a function."
            )
        if callback not in self._callbacks:
            self._callbacks = [*self._callbacks, callback]

    def remove(self, callback: Callable[[Any], object]) -> None:
        """Remove a callback; one that is not there is no error."""
        self._callbacks = [other for other in self._callbacks if other != callback]

    def tell(self, subject: Any) -> None:
        """Call each callback with `subject`, then raise what they raised."""
        with self._lock:
            self._pending += 1
            if self._teller is not None:  # who tells now will tell this change too
                self._nested += self._teller == threading.get_ident()
                return
            self._teller, self._nested = threading.get_ident(), 0
        errors: list[Exception] = []
        try:
            self._rounds(subject, errors)
        except BaseException:
            with self._lock:
                self._teller, self._pending = None, 0
            raise
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise ExceptionGroup("callbacks of a selection failed", errors)

    def _rounds(self, subject: Any, errors: list[Exception]) -> None:
        while self._nested <= MAX_NESTED:
            for callback in self._callbacks:
                try:
                    callback(subject)
                except Exception as error:  # kept, and raised once all have been called
                    errors.append(error)
            with self._lock:
                self._pending -= 1
                if self._pending == 0:
                    self._teller = None  # a change from here on is told by whoever makes it
                    return
        got = f"{MAX_NESTED} changes that callbacks made"
        raise wrong("callbacks", "callbacks that come to rest", got, "Let none change what another one sets.")
