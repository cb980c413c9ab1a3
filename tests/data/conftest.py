"""A small registered data set, a web server on this machine that serves it well or badly, more processes."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from astrokit.data import Dataset, RemoteFile
from astrokit.data import registry as registry_module

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CONTENTS = {
    "tables/[LB2005]_NGC 253 X2,curve+join.csv": b"mjd,rate\n57000,0.1\n" * 3000,
    "tables/plain.csv": b"source,d\nX-1,3.6\n",
    "large.bin": bytes(range(256)) * 1200,
}


@pytest.fixture
def contents():
    """Path in the repository -> bytes, of the data set `small`; a name has all that addresses must escape."""
    return dict(CONTENTS)


@pytest.fixture
def small(monkeypatch):
    """Register the data set `small`; its reader is `dict`, so its data are the local paths."""
    dataset = small_dataset(CONTENTS)
    monkeypatch.setattr(registry_module, "_registry", lambda: {"small": dataset})
    return dataset


def small_dataset(contents):
    files = tuple(
        RemoteFile(path, len(content), hashlib.sha256(content).hexdigest())
        for path, content in contents.items()
    )
    return Dataset(
        "small",
        "A small one",
        "some-body/some_data",
        COMMIT,
        files,
        "none stated",
        "us",
        "builtins:dict",
        False,
    )


@pytest.fixture(autouse=True)
def own_environment(monkeypatch, tmp_path):
    """Each test has its own cache and no network beyond this machine, whatever the environment says."""
    monkeypatch.setenv("ASTROKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("ASTROKIT_DATA", "ASTROKIT_MIRROR", "ASTROKIT_RECORD"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def cache(tmp_path):
    """The folder in which the files of `small` are cached."""
    return tmp_path / "cache" / "some-body+some_data"


class Server(ThreadingHTTPServer):
    """Serves `small` as the public server would, and counts; `fault` answers instead for the file `bad`."""

    daemon_threads = True
    request_queue_size = 100

    def __init__(self, contents):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.contents = {f"/some-body/some_data/{COMMIT}/{path}": body for path, body in contents.items()}
        self.hits = Counter()
        self.fault = None
        self.bad = "large.bin"
        self.delay_s = 0.0
        self.reached = threading.Event()  # set when a `hang` has sent its first half
        self.count_lock = threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def hits_of(self, path):
        return sum(n for asked, n in self.hits.items() if asked.endswith(path))


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        path = unquote(urlsplit(self.path).path)
        with server.count_lock:
            server.hits[path] += 1
            n_before = server.hits[path] - 1
        body = server.contents.get(path)
        time.sleep(server.delay_s)
        if body is None:
            self.send_error(404)
        elif path.endswith(server.bad) and server.fault is not None:
            server.fault(self, body, n_before)
        else:
            self.answer(body)

    def answer(self, body, *, length=None):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    running = Server(CONTENTS)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    monkeypatch.setenv("ASTROKIT_MIRROR", running.url)
    yield running
    running.shutdown()
    running.server_close()


CLIENT = """
import json, sys, time
from pathlib import Path
sys.path.insert(0, {here!r})
from conftest import CONTENTS, small_dataset
import astrokit.data.registry as registry
import pooch, requests, filelock
dataset = small_dataset(CONTENTS)
registry._registry = lambda: {{"small": dataset}}
from astrokit.data import fetch
from astrokit.errors import AstrokitError
{setup}
print("ready", flush=True)
sys.stdin.readline()
try:
    files = fetch("small")
    right = {{path: local.read_bytes() == CONTENTS[path] for path, local in files.items()}}
    print(json.dumps(right), flush=True)
except AstrokitError as error:
    print(type(error).__name__, error, flush=True)
"""


@pytest.fixture
def start_client():
    """Start a process that is ready to fetch `small` and waits for a line; it is ended with the test."""
    processes = []

    def start(setup=""):
        code = CLIENT.format(here=str(Path(__file__).parent), setup=setup)
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()
