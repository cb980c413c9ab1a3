"""The papermill engine that says which cell runs, how a kernel died, and that `exit()` is not success."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

# The longest path of a Unix socket is 103 or 107 bytes, by system; jupyter_client appends "-1" to "-5".
_LONGEST_SOCKET = 100


def register(
    scratch: Path, on_cell: Callable[[list[Any], int], None], on_death: Callable[[int | None], None]
) -> None:
    """Make the engine known to papermill as "astrokit".

    Parameters
    ----------
    scratch : Path
        A private folder for the sockets.
    on_cell : called with (cells, position) before a cell runs
    on_death : called with the kernel's exit code, if known, when it dies
    """

    class Client(PapermillNotebookClient):
        def create_kernel_manager(self) -> AsyncKernelManager:
            self.km = AsyncKernelManager(kernel_name=self.kernel_name, config=self.config)
            prefix = os.fspath(scratch / "k")
            if sys.platform != "win32" and len(os.fsencode(prefix)) < _LONGEST_SOCKET:
                # Unlike ports, sockets in a private folder cannot be taken by another kernel that starts at
                # the same time, are closed to other users, and work where there is no network at all.
                self.km.transport, self.km.ip = "ipc", prefix
            return self.km

        def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> Any:
            on_cell(self.nb.cells, cell_index)
            try:
                return super().execute_cell(cell, cell_index, **options)
            except DeadKernelError:
                on_death(_exit_code(self.km))
                raise

    class Engine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> NotebookNode:
            client = Client(
                nb_man,
                kernel_name=kernel_name,
                startup_timeout=options["start_timeout"],
                # Cells may take as long as they need: the limit is on the whole notebook, and kept by the
                # parent.
                timeout=None,
                iopub_timeout=60,
                on_cell_executed=_refuse_exit,
            )
            return client.execute()

    papermill_engines.register("astrokit", Engine)


def _exit_code(manager: Any) -> int | None:
    process = getattr(getattr(manager, "provisioner", None), "process", None)
    return process.poll() if process is not None else None


def _refuse_exit(cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
    """Turn `exit()` and `quit()`, which the kernel answers with "ok", into the SystemExit that they mean."""
    payload = execute_reply["content"].get("payload", [])
    if any(item.get("source") == "ask_exit" for item in payload):
        message = "the cell called exit() or quit()"
        cell.outputs.append(new_output("error", ename="SystemExit", evalue=message, traceback=[]))
        raise CellExecutionError(message, "SystemExit", message)
