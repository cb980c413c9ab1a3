"""How far a sweep has come: counts, rate and the time that is left."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .attempt import Result


@dataclass
class Tally:
    """Counts of a sweep that goes on.

    Attributes
    ----------
    total : int
        Runs of the sweep.
    before : int
        Those that were done before this call.
    done, failed, running : int
        Since then.
    """

    total: int
    before: int = 0
    done: int = 0
    failed: int = 0
    running: int = 0
    began: float = field(default_factory=lambda: time.monotonic())

    @property
    def ended(self) -> int:
        return self.before + self.done + self.failed

    @property
    def left(self) -> int:
        return self.total - self.ended

    @property
    def rate(self) -> float:
        """Runs that ended in a second, since this call began."""
        return (self.done + self.failed) / max(time.monotonic() - self.began, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """At this rate; None while nothing has ended."""
        return self.left / self.rate if self.done + self.failed else None

    @property
    def words(self) -> str:
        """In one line.

        Examples
        --------
        >>> Tally(total=40, before=10, running=2).words
        '10 of 40 done, 2 running, 0 failed'
        """
        done = f"{self.before + self.done:,} of {self.total:,} done"
        counts = f"{done}, {self.running} running, {self.failed} failed"
        if self.seconds_left is None or not self.left:
            return counts
        return f"{counts}, {60 * self.rate:.3g} a minute, {duration(self.seconds_left)} left"


Progress = Callable[[Tally, Result | None], None]


def duration(seconds: float) -> str:
    """Seconds as people say them.

    Examples
    --------
    >>> duration(41.2), duration(600), duration(9000)
    ('41 s', '10 min', '2.5 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
