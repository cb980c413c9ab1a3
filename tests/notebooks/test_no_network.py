"""That the other tests run without a network is itself tested: in a kernel, started as theirs are."""

import socket

import nbformat
import pytest

from tests.notebooks.execution import Execution, astrokit_run, refused_connections
from tests.notebooks.no_network.sitecustomize import is_here

ATTEMPTS = """
import os, socket, subprocess, sys, urllib.request
from astrokit.run import record

def attempt(connect):
    try:
        connect()
    except OSError as error:
        return str(error)
    return "connected"

def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as box:
        box.sendto(b"?", ("192.0.2.1", 53))

child = "import socket; socket.create_connection(('192.0.2.3', 80), timeout=5)"
record("address", attempt(lambda: socket.create_connection(("192.0.2.1", 80), timeout=5)))
record("name", attempt(lambda: urllib.request.urlopen("http://example.org", timeout=5)))
record("datagram", attempt(udp))
record("child", subprocess.run([sys.executable, "-c", child], capture_output=True, text=True).stderr)
record("here", attempt(lambda: socket.create_connection(("127.0.0.1", port), timeout=5)))
record("home", os.path.expanduser("~"))
record("astrokit_variables", " ".join(sorted(name for name in os.environ if name.startswith("ASTROKIT_"))))
"""
PORT = "port = 0"


@pytest.fixture(scope="module")
def attempts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("no-network")
    cells = [
        nbformat.v4.new_code_cell(PORT, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(ATTEMPTS),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "attempts.ipynb")
    with pytest.MonkeyPatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as server:
        patch.setenv("ASTROKIT_DATA", "somewhere")
        port = f"port={server.getsockname()[1]}"
        ended = astrokit_run(str(folder / "attempts.ipynb"), "-p", port, out=folder / "out")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    record = Execution(folder / "out" / "attempts").record
    return {name: metric["value"] for name, metric in record.metrics.items()}, refused_connections(
        folder / "out"
    )


@pytest.mark.parametrize("way", ["address", "name", "datagram", "child"])
def test_a_kernel_cannot_leave_the_machine(attempts, way):
    assert "refused by the tests" in attempts[0][way]


def test_what_was_refused_is_written_down(attempts):
    log = "\n".join(attempts[1])
    assert all(host in log for host in ("192.0.2.1", "192.0.2.3", "example.org"))


def test_a_kernel_reaches_its_own_machine(attempts):
    assert attempts[0]["here"] == "connected"


def test_a_kernel_has_a_new_home_and_nothing_set(attempts):
    values = attempts[0]
    assert values["home"].endswith("out-home")
    assert values["astrokit_variables"] == "ASTROKIT_RECORD"


@pytest.mark.parametrize(
    "host", [("127.0.0.1", 80), ("::1", 80, 0, 0), "localhost", "", "/tmp/socket", b"\0x", None]
)
def test_this_machine_is_here(host):
    assert is_here(host)


@pytest.mark.parametrize("host", [("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0), "example.org", "10.0.0.1"])
def test_other_machines_are_not(host):
    assert not is_here(host)
