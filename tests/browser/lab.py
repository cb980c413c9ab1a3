"""JupyterLab on this machine, and what the tests do in it through a browser."""

import contextlib
import secrets
import socket
import subprocess
import sys
import time
import urllib.request

from tests.notebooks.execution import stranger
from tools.lab import write_settings


class Lab:
    """A running server: its folder of notebooks, and the address of each."""

    def __init__(self, folder, port, token):
        self.folder, self.base, self.token = folder, f"http://127.0.0.1:{port}", token

    def address(self, name):
        """A workspace for each notebook: JupyterLab would open again what other tests have had open."""
        return f"{self.base}/lab/workspaces/{name.partition('.')[0]}/tree/{name}?reset&token={self.token}"

    def answers(self):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.base}/api", timeout=5) as reply:
            return reply.status == 200
        return False


@contextlib.contextmanager
def running_lab(folder):
    """Start JupyterLab on `folder/notebooks` with a new home and no network; end it with its kernels.

    It has the settings that `make lab` gives it, and none of a reader's own.
    """
    notebooks, home = folder / "notebooks", folder / "home"
    notebooks.mkdir(parents=True)
    environment = stranger(home)
    write_settings(folder)
    port, token = free_port(), secrets.token_hex(16)
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": notebooks,
        "ServerApp.allow_root": True,
        "LabApp.open_browser": False,
        "LabApp.expose_app_in_browser": True,
        "LabApp.extension_manager": "readonly",
        "LabApp.app_settings_dir": folder / "share" / "jupyter" / "lab" / "settings",
    }
    command = [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]
    with open(folder / "server.log", "wb") as log:
        server = subprocess.Popen(
            command, cwd=notebooks, env={**environment, "JUPYTER_TOKEN": token}, stdout=log, stderr=log
        )
        try:
            lab = Lab(notebooks, port, token)
            wait_until(lab.answers, 60, lambda: (folder / "server.log").read_text())
            yield lab
        finally:
            # The server ends its kernels when it is asked to stop.
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(is_true, seconds, tell):
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end, tell()
        time.sleep(0.2)
