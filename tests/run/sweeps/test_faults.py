"""What a sweep survives: real workers, real kernels, real signals."""

import importlib.util
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pandas
import pytest

from astrokit.errors import ParameterError
from astrokit.run.sweeps import sweep as sweep_here

_spec = importlib.util.spec_from_file_location("driving", Path(__file__).with_name("driving.py"))
driving = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(driving)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals: run on Linux or macOS")

FAULTS = """
import os, signal, sys, time
from astrokit.run import record
record("square", i * i)
if how == "kernel killed":
    os.kill(os.getpid(), signal.SIGKILL)
if how == "exit":
    sys.exit(3)
if how == "too long":
    time.sleep(600)
if how == "memory":
    block = bytearray(700 * 2**20)
    for at in range(0, len(block), 4096):
        block[at] = 1
    time.sleep(600)
if how == "poison":
    import psutil
    _, runner, worker, *_ = [psutil.Process(), *psutil.Process().parents()]
    worker.kill()
    time.sleep(600)
"""


@pytest.fixture
def sweep(notebook, tmp_path):
    """Start a sweep of the notebook above over runs.csv; all it left is killed after the test."""
    started = []
    notebook(tmp_path / "faults.ipynb", ('i = 0\nhow = "good"', "parameters"), FAULTS)

    def start(rows, *words, limits="retries: 1", environment=None):
        table = "i,how\n" + "".join(f"{i},{how}\n" for i, how in rows)
        (tmp_path / "runs.csv").write_text(table)
        (tmp_path / "spec.yaml").write_text(f"notebooks: ./faults.ipynb\ntable: runs.csv\n{limits}\n")
        running = driving.Driving(tmp_path / "spec.yaml", tmp_path / "out", *words, environment=environment)
        started.append(running)
        return started[-1]

    yield start
    for one in started:
        one.kill_all()


def good(n):
    return [(i, "good") for i in range(n)]


EACH_ONCE = [(100, "kernel killed"), (101, "exit"), (102, "too long"), (103, "memory")]
REASONS = {
    "kernel killed": "killed: the kernel died",
    "exit": "failed: SystemExit",
    "too long": "timeout: time",
    "memory": "killed: memory",
}


@pytest.mark.parametrize("n_good", [2, pytest.param(16, marks=pytest.mark.full)])
def test_each_way_to_fail_is_recorded_with_its_reason_and_the_others_are_done(sweep, n_good, tmp_path):
    rows = [*EACH_ONCE, *good(n_good)]
    code, output = sweep(rows, "-j", 2, limits="retries: 0\ntimeout_s: 15\nmemory_mb: 500").end()
    assert code == 1
    table = pandas.read_parquet(tmp_path / "out" / "results.parquet").set_index("p_how")
    words = (table["status"] + ": " + table["reason"].fillna("")).to_dict()
    assert {how: words[how] for how in REASONS} == REASONS
    assert (table.loc["good", "status"] == "ok").all()
    assert (table.loc["good", "square"] == table.loc["good", "p_i"] ** 2).all()
    assert (table["attempts"] == 1).all()
    assert table.loc["memory", "peak_mb"] > 500
    assert f"{n_good} of {n_good + 4} runs done" in output
    for how, reason in REASONS.items():
        assert any(how in line and reason in line and "cell 1" in line for line in output.splitlines())


@pytest.mark.parametrize("n_good", [2, pytest.param(20, marks=pytest.mark.full)])
def test_a_run_that_kills_the_worker_harms_no_other_and_is_not_tried_for_ever(sweep, n_good, tmp_path):
    code, output = sweep([(100, "poison"), *good(n_good)], "-j", 2, limits="retries: 2").end()
    found = driving.attempts(tmp_path / "out")
    assert [attempt.words for attempt in found.pop((100, "poison"))] == ["lost: the worker died"] * 3
    assert all(attempts[-1].ok for attempts in found.values())
    assert code == 1
    assert "lost: the worker died" in output


@pytest.mark.full
@pytest.mark.parametrize("n_runs", [6, 60])
def test_killed_workers_and_a_killed_driver_lose_nothing(sweep, n_runs, tmp_path):
    out, n_jobs, n_kills = tmp_path / "out", 2, 1 if n_runs == 6 else 3
    chance = random.Random(5)
    running = sweep(good(n_runs), "-j", n_jobs, limits="retries: 4")
    running.wait_until(lambda: driving.n_attempts(out) >= n_jobs)
    for _ in range(n_kills):
        time.sleep(chance.uniform(0, 3))
        running.wait_until(running.workers)
        chance.choice(running.workers()).kill()
    time.sleep(chance.uniform(0, 3))
    running.process.kill()
    assert running.leftovers() == []

    again = sweep(good(n_runs), "-j", n_jobs, "--resume", limits="retries: 4")
    code, output = again.end()
    assert (code, driving.unparsable(out)) == (0, []), output
    assert f"{n_runs} of {n_runs} runs done" in output
    assert driving.n_attempts(out) <= n_runs + (n_kills + 1) * n_jobs
    assert driving.half_written(out) == []
    assert again.leftovers() == []

    code, output = sweep(good(n_runs), "--resume").end()
    assert code == 0
    assert f"{n_runs} of {n_runs} runs done, 0 in this call" in output


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.full)])
def test_a_signal_stops_cleanly_and_resume_goes_on(sweep, tmp_path, number):
    out = tmp_path / "out"
    rows = [*good(2), (102, "too long")]
    running = sweep(rows, "-j", 2)
    running.wait_until(lambda: driving.n_done(out) == 2)
    if number == signal.SIGINT:
        os.killpg(running.process.pid, number)  # as a terminal does: to the whole group
    else:
        os.kill(running.process.pid, number)
    code, output = running.end(timeout=60)
    assert code == 130
    assert running.leftovers() == []
    assert "2 of 3 runs done" in output
    assert "Traceback" not in output
    assert driving.half_written(out) == []
    assert [attempt.status for attempt in driving.attempts(out)[(102, "too long")]] == ["stopped"]
    code, output = sweep(rows, "-j", 1, "--resume", limits="retries: 0\ntimeout_s: 3").end()
    assert "2 of 3 runs done, 1 in this call" in output


@pytest.mark.full
def test_two_drivers_on_one_folder_run_each_key_once(sweep, tmp_path):
    both = [sweep(good(6), "-j", 1, "--resume") for _ in range(2)]
    for one in both:
        code, output = one.end()
        assert code == 0, output
        assert "6 of 6 runs done" in output
    assert [len(attempts) for attempts in driving.attempts(tmp_path / "out").values()] == [1] * 6


def listening_port():
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return chosen.getsockname()[1]


def start_scheduler(port):
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard", "--no-jupyter"]
    return subprocess.Popen([*command, "--host", "127.0.0.1", "--port", str(port)], stderr=subprocess.DEVNULL)


def start_worker(port):
    command = [sys.executable, "-m", "distributed.cli.dask_worker", f"tcp://127.0.0.1:{port}"]
    options = ["--nthreads", "1", "--no-dashboard"]
    return subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL)


@pytest.mark.full
def test_a_scheduler_that_is_started_anew_goes_on(sweep, tmp_path):
    out, port = tmp_path / "out", listening_port()
    servers = [start_scheduler(port)]
    try:
        servers.append(start_worker(port))
        running = sweep(good(6), "--scheduler", f"tcp://127.0.0.1:{port}", limits="retries: 3")
        running.wait_until(lambda: driving.n_done(out) >= 2)
        servers[0].kill()
        servers[0].wait()
        servers.append(start_scheduler(port))
        servers.append(start_worker(port))
        code, output = running.end()
        assert code == 0, output
        assert "6 of 6 runs done" in output
        assert driving.unparsable(out) == []
    finally:
        for server in reversed(servers):
            server.terminate()
            server.wait()


def test_a_scheduler_that_is_not_there_is_an_error_in_words(sweep, monkeypatch, tmp_path):
    monkeypatch.setattr("astrokit.run.sweeps.clusters.PATIENCE_S", 1)
    path = tmp_path / "faults.ipynb"
    with pytest.raises(ParameterError, match="a Dask scheduler that answers"):
        sweep_here(
            {"notebooks": [path]}, out=tmp_path / "out", scheduler=f"tcp://127.0.0.1:{listening_port()}"
        )


SBATCH = """#!/bin/sh
# A Slurm of one machine: run the script at once, in a session of its own whose number is the job's.
for script; do :; done
cp "$script" "{folder}/job-$$.sh"
setsid sh "{folder}/job-$$.sh" > "{folder}/job-$$.log" 2>&1 &
echo $! >> "{folder}/jobs"
echo "Submitted batch job $!"
"""
SCANCEL = '#!/bin/sh\nfor job; do echo $job >> "{folder}/cancelled"; kill -- -$job 2>/dev/null; done\n'
CONFIG = """
jobs: 2
cores: 1
memory: 1GB
queue: short
walltime: "00:10:00"
host: 127.0.0.1
"""


@pytest.mark.full
def test_slurm_gets_jobs_that_run_the_sweep_and_they_are_cancelled_at_its_end(sweep, tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in (("sbatch", SBATCH), ("scancel", SCANCEL)):
        (folder / name).write_text(text.format(folder=folder))
        (folder / name).chmod(0o755)
    (tmp_path / "slurm.yaml").write_text(CONFIG)
    environment = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    running = sweep(good(4), "--slurm", tmp_path / "slurm.yaml", environment=environment)
    code, output = running.end()
    assert code == 0, output + "".join(path.read_text() for path in folder.glob("*.log"))
    assert "4 of 4 runs done" in output
    assert running.leftovers() == []
    jobs = sorted((folder / "jobs").read_text().split())
    assert jobs == sorted((folder / "cancelled").read_text().split())
    assert len(jobs) == 2
    script = next(folder.glob("job-*.sh")).read_text()
    assert "#SBATCH -p short" in script
    assert "#SBATCH -t 00:10:00" in script


@pytest.mark.full
def test_five_hundred_kernels_start_eight_at_a_time(sweep, tmp_path):
    code, _ = sweep(good(500), "-j", 8, limits="retries: 1").end(timeout=3000)
    assert code == 0
    assert driving.n_done(tmp_path / "out") == 500
