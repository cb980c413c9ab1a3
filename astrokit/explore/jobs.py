"""Long work beside a map: in a thread, with a bar once it takes a second, and a way to stop it."""

from __future__ import annotations

import html
import os
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import ipywidgets

from ..errors import AstrokitError
from ..latent import Cancelled
from ..progress import listening
from ..reporting import RECORD_VARIABLE

PATIENCE_S = 1.0  # work that takes less shows no bar
EVERY_S = 0.1  # between two movements of the bar

Stop = Callable[[], bool]


class Jobs(ipywidgets.HBox):
    """The place of an explorer where long work is started, seen and stopped.

    One piece of work at a time for each key: a new one takes the place of an older one, whose result is
    dropped. Work that calls `astrokit.progress.Progress` moves the bar. Under `astrokit run` work is done at
    once, so that the pictures of the notebook show its result.

    Examples
    --------
    >>> jobs, results = Jobs(), []
    >>> jobs.start("sum", "adding up", lambda stop: sum(range(10)), results.append)
    >>> jobs.wait()
    >>> results
    [45]
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._running: dict[str, _Job] = {}
        self._what = ipywidgets.HTML()
        self._bar = ipywidgets.FloatProgress(min=0, max=1, layout=ipywidgets.Layout(width="160px"))
        self._cancel = ipywidgets.Button(
            description="cancel",
            icon="stop",
            tooltip="Stop this work; what is shown stays",
            layout={"width": "auto"},
        )
        self._cancel.on_click(lambda _: self.cancel())
        self._work = ipywidgets.HBox([self._what, self._bar, self._cancel])
        self._work.layout.display = "none"
        self._trouble = ipywidgets.HTML()
        super().__init__([self._work, self._trouble])
        self.layout.align_items = "center"

    def start(
        self,
        key: str,
        what: str,
        work: Callable[[Stop], Any],
        done: Callable[[Any], object],
    ) -> None:
        """Do `work(stop)` in a thread, then `done(result)`.

        Parameters
        ----------
        key : str
            Work under the same key that is still going on is stopped, and its result dropped.
        what : str
            What the bar says.
        work : callable
            Gets a function that is True once nobody wants the result any more, and asks it now and then.
        done : callable
        """
        job = _Job(key, what, work, done)
        with self._lock:  # until it has begun, for `wait` cannot wait for a thread that has not
            if key in self._running:
                self._running[key].stopped.set()
            self._running[key] = job
            self._trouble.value = ""
            if RECORD_VARIABLE not in os.environ:
                name = f"astrokit-{key}"
                job.thread = threading.Thread(target=self._run, args=(job,), daemon=True, name=name)
                job.thread.start()
        if job.thread is None:
            self._run(job)

    def cancel(self) -> None:
        """Stop all that is going on; what was shown before stays."""
        with self._lock:
            jobs = list(self._running.values())
        for job in jobs:
            job.stopped.set()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until all work is done, also such as is started by its results.

        Raises
        ------
        TimeoutError
        """
        end = None if timeout is None else time.monotonic() + timeout
        while job := self._one_in_a_thread():
            left = None if end is None else max(end - time.monotonic(), 0)
            job.thread.join(left)  # type: ignore[union-attr]
            if job.thread.is_alive():  # type: ignore[union-attr]
                raise TimeoutError(f"{job.what} is not done after {timeout} s")

    def _one_in_a_thread(self) -> _Job | None:
        with self._lock:
            return next((job for job in self._running.values() if job.thread is not None), None)

    @property
    def busy(self) -> bool:
        """Whether anything is going on."""
        return bool(self._running)

    def running(self, key: str) -> bool:
        """Whether work of this key is going on."""
        return key in self._running

    def complain(self, text: str) -> None:
        """Say what is wrong, in place of what was wrong before."""
        said = f'<span role="alert" class="ak-trouble">{html.escape(text)}</span>'
        self._trouble.value = said if text else ""

    def _run(self, job: _Job) -> None:
        ticker = threading.Timer(PATIENCE_S, self._show, [job])
        ticker.daemon = True
        ticker.start()
        try:
            with listening(lambda what, done, total: self._move(job, what, done, total)):
                result = job.work(job.stopped.is_set)
            if not job.stopped.is_set():
                job.done(result)
        except Cancelled:
            pass
        except AstrokitError as error:
            self.complain(str(error))
        except Exception as error:
            # Nobody waits for a thread's exception: say it here, and leave the traceback where kernels log.
            self.complain(f"{job.what}: {type(error).__name__}: {error}")
            traceback.print_exc()
        finally:
            ticker.cancel()
            with self._lock:
                if self._running.get(job.key) is job:
                    del self._running[job.key]
                if job.seen:
                    self._work.layout.display = "none"

    def _show(self, job: _Job) -> None:
        with self._lock:
            if self._running.get(job.key) is job and not job.stopped.is_set():
                job.seen = True
                self._what.value = html.escape(f"{job.what} …")
                self._bar.value = job.share
                self._work.layout.display = ""

    def _move(self, job: _Job, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        job.share = done / max(total, 1)
        if not job.seen or now - job.moved < EVERY_S:
            return
        job.moved = now
        self._what.value = html.escape(f"{what} …")
        self._bar.value = job.share


class _Job:
    def __init__(
        self, key: str, what: str, work: Callable[[Stop], Any], done: Callable[[Any], object]
    ) -> None:
        self.key, self.what, self.work, self.done = key, what, work, done
        self.stopped = threading.Event()
        self.thread: threading.Thread | None = None
        self.share, self.seen, self.moved = 0.0, False, 0.0
