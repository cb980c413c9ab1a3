"""What a worker on this machine loads first: Ctrl-C is for the driver, which then stops the worker."""

import signal
from typing import Any


def dask_setup(worker: Any) -> None:
    """Called by Dask in the main thread of the worker's process."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
