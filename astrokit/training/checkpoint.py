"""A fit on disk, from which it goes on as if it had never stopped.

A checkpoint holds the weights, the best ones so far, the optimizer's moments, all random state and the place
in the data. It is one safetensors file, written beside and renamed: whenever a process is killed, the last
whole checkpoint is there, and what was done after it is done again, with the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor

from ..errors import DataError, ParameterError
from .isolation import chance, set_chance
from .loop import Loop, State
from .tensor_file import read_tensors, write_tensors

KIND = "astrokit checkpoint 1"
FILE = "checkpoint.safetensors"
LOCK = "fit.lock"


class Checkpoint(NamedTuple):
    """Tensors of a fit by name, what the fit was (`fit`), and where it was (`state`)."""

    tensors: dict[str, Tensor]
    fit: dict[str, Any]
    state: dict[str, Any]


@contextmanager
def only_fit(folder: Path | None) -> Iterator[None]:
    """Hold the folder of a fit; the system lets go of it when the process dies."""
    if folder is None:
        yield
        return
    import filelock

    if folder.exists() and not folder.is_dir():
        raise ParameterError("resume", expected="a folder", got=str(folder), next_step="Name a folder.")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(folder / LOCK, timeout=0):
            yield
    except filelock.Timeout as error:
        raise ParameterError(
            "resume",
            expected="a folder that no other fit is using",
            got=str(folder),
            next_step="Wait for the other process, or name another folder.",
        ) from error


def write_checkpoint(folder: Path, loop: Loop, fit: Mapping[str, Any]) -> None:
    """Write where the loop is."""
    loop.take_time()
    moments = loop.optimizer.state_dict()["state"]
    tensors = {f"model.{name}": tensor for name, tensor in loop.model.state_dict().items()}
    tensors |= {f"best.{name}": tensor for name, tensor in loop.best.items()}
    tensors |= {f"chance.{name}": tensor for name, tensor in chance(loop.generator).items()}
    tensors |= {f"optimizer.{i}.{name}": tensor for i, of in moments.items() for name, tensor in of.items()}
    write_tensors(folder / FILE, tensors, {"kind": KIND, "fit": fit, "state": asdict(loop.state)})


def read_checkpoint(folder: Path | None) -> Checkpoint | None:
    """The checkpoint of a folder, None where there is none yet.

    Raises
    ------
    DataError
        When the file is damaged, or not a checkpoint of astrokit.
    """
    if folder is None or not (folder / FILE).exists():
        return None
    tensors, about = read_tensors(folder / FILE)
    if about.get("kind") != KIND:
        raise DataError(
            str(folder / FILE),
            expected=KIND,
            got=about.get("kind"),
            next_step="Name another folder, or remove the file to begin anew.",
        )
    return Checkpoint(tensors, about["fit"], about["state"])


def require_same_fit(folder: Path, then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raise ParameterError unless a checkpoint is of the fit that is asked for; `epochs` may grow.

    With a schedule other than "constant" the learning rate depends on `epochs`, and they must be the same.
    """
    then, now = _flat(then), _flat(now)
    free = {"n_threads"} | ({"epochs"} if now["schedule"] == "constant" else set())
    differing = [name for name in {**then, **now} if name not in free and then.get(name) != now.get(name)]
    if differing:
        raise ParameterError(
            f"resume={str(folder)!r}",
            expected=f"the fit that was begun there, with {_listed(then, differing)}",
            got=_listed(now, differing),
            next_step="Pass the same arguments and data, or name another folder.",
        )


def restore(loop: Loop, checkpoint: Checkpoint) -> None:
    """Put the loop where the checkpoint is."""
    tensors = checkpoint.tensors
    loop.model.load_state_dict(_under("model.", tensors))
    device = loop.generator.device
    loop.best = {name: tensor.to(device) for name, tensor in _under("best.", tensors).items()}
    moments: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _under("optimizer.", tensors).items():
        number, _, key = name.partition(".")
        moments.setdefault(int(number), {})[key] = tensor
    groups = loop.optimizer.state_dict()["param_groups"]
    loop.optimizer.load_state_dict({"state": moments, "param_groups": groups})
    set_chance(loop.generator, _under("chance.", tensors))
    loop.state = State(**checkpoint.state)


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _flat(fit: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested names as one, such as `model.encoder.n_out`, so that a difference can be named."""
    flat: dict[str, Any] = {}
    for name, value in fit.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {prefix + name: value}
    return flat


def _listed(fit: Mapping[str, Any], names: list[str]) -> str:
    return ", ".join(f"{name} {str(fit.get(name))[:80]}" for name in names)
