"""Where runs run: workers on this machine, an existing Dask scheduler, or jobs of Slurm.

Dask only carries calls of `attempt` to processes. Whatever it believes about them is checked against the
ledger.
"""

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import ParameterError
from ..engine import cores
from ..values import is_plain, shortened
from .plain_yaml import read_yaml

if TYPE_CHECKING:
    from distributed import Client

Connect = Callable[[], "Client"]

PATIENCE_S = 60.0
_OURS = {
    # A worker that dies is no reason to try a run again behind the ledger's back.
    "distributed.scheduler.allowed-failures": 0,
    # Runs are limited one by one; memory of the worker itself is of no interest.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
}


# Dask opens a port for health checks all the same: any free one, for this machine alone.
_NO_DASHBOARD = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
_NOT_TO_SET = {"self", "scheduler", "name", "base_class_kwargs", "security", "protocol", "config_name"}


@contextmanager
def local(jobs: int) -> Iterator[Connect]:
    """Have `jobs` worker processes on this machine, closed to others, for the time of the block."""
    distributed, dask = _import("distributed"), _import("dask")
    # Dask would give each worker one thread; runs are told their share of the cores instead.
    ours = {**_OURS, "distributed.nanny.pre-spawn-environ": {}}
    with (
        dask.config.set(ours),
        distributed.LocalCluster(
            n_workers=jobs,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=_NO_DASHBOARD["dashboard_address"],
            scheduler_kwargs=_NO_DASHBOARD,
            memory_limit=0,
            preload=[f"{__package__}.deaf"],
            silence_logs=50,
        ) as cluster,
    ):
        yield lambda: distributed.Client(cluster)


@contextmanager
def existing(address: str) -> Iterator[Connect]:
    """Use the workers of the scheduler at `address`; they need this package and the sweep's folder."""
    distributed = _import("distributed")

    def connect() -> "Client":
        try:
            return distributed.Client(address, timeout=PATIENCE_S)
        except (OSError, ValueError) as error:
            raise ParameterError(
                f"scheduler {shortened(address)}",
                expected=f"a Dask scheduler that answers within {PATIENCE_S:.0f} s",
                got=shortened(str(error)),
                next_step="Start it (dask scheduler), check the address; then go on with --resume.",
            ) from error

    yield connect


@contextmanager
def slurm(config: Mapping[str, Any]) -> Iterator[Connect]:
    """Submit jobs with workers to Slurm, and cancel them when the block ends."""
    distributed, dask, jobqueue = _import("distributed"), _import("dask"), _import("dask_jobqueue")
    options = dict(config)
    jobs, host = options.pop("jobs"), options.pop("host", None)
    scheduler = {**_NO_DASHBOARD, **({"host": host} if host else {})}
    with dask.config.set(_OURS), jobqueue.SLURMCluster(**options, scheduler_options=scheduler) as cluster:
        cluster.scale(jobs=jobs)
        yield lambda: distributed.Client(cluster)


def read_slurm(source: str | Path | Mapping[str, Any]) -> dict[str, Any]:
    """Read the settings of Slurm jobs from a YAML file or a mapping.

    `jobs` says how many to submit; the rest are arguments of `dask_jobqueue.SLURMCluster`: queue, account,
    cores, processes, memory, walltime, job_extra_directives, ... They become a shell script that runs in the
    name of whoever submits it: take them from nobody you would not take a script from.

    Raises
    ------
    ParameterError
        For a name that is none of these, or a value of more than one line.
    """
    if isinstance(source, Mapping):
        name, config = "slurm", dict(source)
    else:
        document = read_yaml(Path(source).read_text(encoding="utf-8"), Path(source).name)
        name, config = document.name, document.data
    if not isinstance(config, dict) or not is_plain(config):
        raise _wrong(name, "a mapping of plain values", config)
    known = {"jobs", *_arguments()}
    for key, value in config.items():
        if key not in known:
            raise _wrong(f"{name}: {key}", "one of " + ", ".join(sorted(known)), key)
        if any("\n" in str(part) for part in (value if isinstance(value, list) else [value])):
            raise _wrong(f"{name}: {key}", "values of one line each", value)
    jobs = config.get("jobs", 1)
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise _wrong(f"{name}: jobs", "an integer of 1 or more", jobs)
    return {"cores": 1, "processes": 1, "memory": "2GB", **config, "jobs": jobs}


def _arguments() -> set[str]:
    jobqueue, core = _import("dask_jobqueue"), _import("dask_jobqueue.core")
    found: set[str] = set()
    for owner in (jobqueue.slurm.SLURMJob, core.Job):
        found |= set(inspect.signature(owner.__init__).parameters)
    return {*found, "host"} - _NOT_TO_SET


def default_jobs() -> int:
    return cores()


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ParameterError(
            "astrokit sweep",
            expected=f"the package {name}",
            got="an environment without it",
            next_step="Run: pip install 'astrokit[cluster]' (make setup does).",
        ) from error


def _wrong(what: str, expected: str, got: Any) -> ParameterError:
    return ParameterError(
        what, expected=expected, got=shortened(got), next_step="docs/sweeps.md has an example."
    )
