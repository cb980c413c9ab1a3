"""Many processes start cold at once: one downloads, all read right bytes, and a dead one holds nobody up."""

import json
import os
import signal
import sys
import time

import pytest

N_PROCESSES = 40


def reports(clients):
    return [json.loads(client.communicate(timeout=60)[0].splitlines()[-1]) for client in clients]


def go(*clients):
    for client in clients:
        client.stdin.write("go\n")
        client.stdin.flush()


def ready(*clients):
    for client in clients:
        assert client.stdout.readline() == "ready\n", client.stderr.read()


def half_then_hang(server):
    """Make the server send half of a file and then nothing more, the first time it is asked."""

    def fault(handler, body, n_before):
        if n_before:
            return handler.answer(body)
        handler.answer(body[: len(body) // 2], length=len(body))
        server.reached.set()
        time.sleep(60)

    server.fault = fault


def test_forty_cold_processes_make_one_download_of_each_file(small, server, contents, start_client):
    server.delay_s = 0.2  # long enough for all forty to find the file missing
    clients = [start_client() for _ in range(N_PROCESSES)]
    ready(*clients)
    go(*clients)
    assert reports(clients) == [dict.fromkeys(contents, True)] * N_PROCESSES
    assert {path: server.hits_of(path) for path in contents} == dict.fromkeys(contents, 1)


def test_a_killed_downloader_frees_the_others(small, server, contents, cache, start_client):
    half_then_hang(server)
    first, *others = [start_client() for _ in range(4)]
    ready(first, *others)
    go(first)
    assert server.reached.wait(20)
    go(*others)
    time.sleep(0.5)
    assert all(client.poll() is None for client in others)  # they wait
    assert (cache / "large.bin.part").stat().st_size > 0
    first.kill()
    started = time.monotonic()
    assert reports(others) == [dict.fromkeys(contents, True)] * 3
    assert time.monotonic() - started < 5
    assert server.hits_of("large.bin") == 2
    assert server.hits_of("plain.csv") == 1  # what was complete is not fetched again
    assert not list(cache.rglob("*.part"))


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGSTOP; run on Linux or macOS")
def test_a_suspended_downloader_is_reported_and_not_waited_for_without_end(small, server, start_client):
    half_then_hang(server)
    impatient = "sys.modules['astrokit.data.fetch'].PATIENCE_S = 0.5"
    first, other = start_client(), start_client(impatient)
    ready(first, other)
    go(first)
    assert server.reached.wait(20)
    os.kill(first.pid, signal.SIGSTOP)
    go(other)
    said = other.communicate(timeout=20)[0]
    assert "FetchError download of small: expected the process that holds" in said
    assert "nothing new in 0.5 s" in said
    assert "some-body+some_data.lock" in said


def test_a_slow_downloader_is_waited_for_as_long_as_bytes_arrive(small, server, contents, start_client):
    def drip(handler, body, n_before):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        server.reached.set()
        for start in range(0, len(body), 1 << 16):
            handler.wfile.write(body[start : start + (1 << 16)])
            handler.wfile.flush()
            time.sleep(0.3)

    server.fault = drip
    first, other = start_client(), start_client("sys.modules['astrokit.data.fetch'].PATIENCE_S = 0.6")
    ready(first, other)
    go(first)
    assert server.reached.wait(20)
    go(other)
    assert reports([first, other]) == [dict.fromkeys(contents, True)] * 2
    assert server.hits_of("large.bin") == 1
