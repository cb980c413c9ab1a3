"""Hand tasks to the workers of a Dask client, a few ahead, until each has come to an end."""

import contextlib
import queue
import time
import uuid
from collections import Counter, deque
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import AstrokitError
from .attempt import BUSY, Result, Runner, Task, attempt, run_notebook, settle
from .folder import unwritable
from .ledger import OK, STOPPED, Ledger
from .tally import Progress, Tally

if TYPE_CHECKING:
    from distributed import Client, Future

_LOOK_EVERY_S = 0.5
_COUNT_WORKERS_EVERY_S = 2.0
_ASK_AGAIN_S = 1.0  # for a run that another driver works on
_PATIENCE_S = 20.0  # for runs to end that were told to stop
_MOST_VAIN = 20  # workers that may die before they so much as begin a certain run


class SchedulerLost(Exception):
    """The scheduler is gone; what it knew is not needed, a new one can go on."""


class Dispatcher:
    """Runs tasks through one client after the other; between them it keeps what is left.

    Parameters
    ----------
    tasks : what to run
    tally : counts that this keeps up to date
    progress : called with (tally, result of a run that ended or None), at least every half second
    """

    def __init__(
        self, tasks: Iterable[Task], tally: Tally, progress: Progress, runner: Runner = run_notebook
    ) -> None:
        self._waiting = deque(tasks)
        self._later: deque[tuple[float, Task]] = deque()
        self._in_flight: dict[str, tuple[Future, Task]] = {}
        self._vain: Counter[str] = Counter()
        self._tally, self._progress, self._runner = tally, progress, runner
        self._threads, self._count_at = 0, 0.0

    def run(self, client: "Client") -> None:
        """Return when every task has come to an end.

        Raises
        ------
        SchedulerLost
            When the connection broke. Call again with another client.
        DataError
            When results cannot be written.
        """
        ended: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._waiting.extendleft(task for _, task in self._in_flight.values())
        self._in_flight.clear()
        while self._waiting or self._later or self._in_flight:
            self._fill(client, ended)
            with contextlib.suppress(queue.Empty):
                self._take(ended.get(timeout=_LOOK_EVERY_S))
            self._tell(None)
            if client.status != "running":
                raise SchedulerLost

    def stop(self, client: "Client") -> None:
        """Take back what has not begun, and wait until what runs has heard that it should stop."""
        left = {task.key: task for _, task in self._in_flight.values()}
        with contextlib.suppress(Exception):  # a scheduler that is gone cancels nothing
            client.cancel([future for future, _ in self._in_flight.values()], force=True)
        deadline = time.monotonic() + _PATIENCE_S
        while left and time.monotonic() < deadline:
            left = {key: task for key, task in left.items() if _is_held(task)}
            time.sleep(0.1)

    def _fill(self, client: "Client", ended: "queue.SimpleQueue[Future]") -> None:
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            self._waiting.append(self._later.popleft()[1])
        if now >= self._count_at:
            with _connection_errors():
                self._threads = sum(client.nthreads().values())
            self._count_at = now + _COUNT_WORKERS_EVERY_S
        # One for each thread, and one more in its hands when that ends: a scheduler that dies, or a driver,
        # loses nothing that it was told too early.
        while self._waiting and len(self._in_flight) < 2 * self._threads + 1:
            task = self._waiting.popleft()
            # One word before the hexadecimal part: Dask keeps statistics for each word for ever.
            name = f"attempt-{uuid.uuid4().hex}"
            with _connection_errors():
                future = client.submit(attempt, task, self._runner, key=name, pure=False)
            self._in_flight[name] = future, task
            future.add_done_callback(ended.put)

    def _take(self, future: "Future") -> None:
        if future.key not in self._in_flight:
            return  # of an earlier connection
        _, task = self._in_flight[future.key]
        if future.status in ("cancelled", "lost"):
            raise SchedulerLost
        del self._in_flight[future.key]
        self._weigh(task, future.result() if future.status == "finished" else self._failed(future, task))

    def _failed(self, future: "Future", task: Task) -> Result:
        """What came of a task that raised: mostly that its worker died."""
        from distributed.scheduler import KilledWorker

        error = future.exception()
        if isinstance(error, OSError):
            raise unwritable(Path(task.out), error) from error
        if not isinstance(error, KilledWorker):
            raise _worker_error(f"{type(error).__name__}: {error}") from error
        result = settle(task)
        if result.status == BUSY:
            self._vain[task.key] += 1
            if self._vain[task.key] > _MOST_VAIN:
                raise _worker_error("workers that die before they begin a run") from error
        return result

    def _weigh(self, task: Task, result: Result) -> None:
        if result.status == BUSY:
            self._later.append((time.monotonic() + _ASK_AGAIN_S, task))
        elif result.status == OK:
            self._tally.done += 1
            self._tell(result)
        elif result.number < task.allowed and result.status != STOPPED:
            self._waiting.append(task)
        else:
            self._tally.failed += 1
            self._tell(result)

    def _tell(self, result: Result | None) -> None:
        self._tally.running = min(len(self._in_flight), self._threads)
        self._progress(self._tally, result)


@contextlib.contextmanager
def _connection_errors() -> Any:
    """Errors of Dask's connection as `SchedulerLost`."""
    from distributed.client import CommClosedError

    try:
        yield
    except (CommClosedError, OSError, TimeoutError) as error:
        raise SchedulerLost from error


def _is_held(task: Task) -> bool:
    with Ledger(Path(task.out)).held(task.key) as mine:
        return not mine


def _worker_error(got: str) -> AstrokitError:
    return AstrokitError(
        "the workers of the sweep",
        expected="processes that can import this astrokit and see the sweep's folder",
        got=got,
        next_step="Mend them, then go on with --resume.",
    )
