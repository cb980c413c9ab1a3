"""`fit`: from a model and arrays to a fitted model and its history."""

from __future__ import annotations

import copy
import os
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from ..errors import ParameterError
from ..progress import Progress
from ..random import RandomState, as_seed
from .checkpoint import (
    Checkpoint,
    only_fit,
    read_checkpoint,
    require_same_fit,
    restore,
    write_checkpoint,
)
from .cost import cost_of
from .history import History
from .isolation import isolated
from .loop import Loop
from .settings import Settings
from .split import Part, split
from .threads import choose_threads
from .weights import config_of, weights_hash

if TYPE_CHECKING:
    from lightning.fabric import Fabric

TRIED = 8  # samples on which the loss is tried before anything is learned


def fit(
    model: nn.Module,
    data: Mapping[str, Any],
    *,
    epochs: int,
    batch_size: int = 256,
    random_state: RandomState = 0,
    validation: float | Mapping[str, Any] | None = 0.1,
    patience: int | None = None,
    learning_rate: float = 1e-3,
    schedule: str = "constant",
    weight_decay: float = 0.0,
    clip_norm: float | None = None,
    resume: str | os.PathLike[str] | None = None,
    checkpoint_s: float = 30.0,
    threads: int | None = None,
    device: str = "auto",
    progress: bool = True,
) -> History:
    """Fit a model to arrays with AdamW (Loshchilov & Hutter 2017, arXiv:1711.05101).

    Parameters
    ----------
    model : torch module
        With `loss_terms(batch, *, generator)`, as `astrokit.models.Model` describes it. It is fitted in place
        and left in `eval` mode, with the weights of the best epoch.
    data : mapping of name -> (n_samples, ...)
        Arrays or tensors by the names that the model reads. Memory-mapped arrays stay on disk.
    epochs, batch_size : int
    random_state : int, Generator or None
        Decides the order of samples, what is held out, and every draw of the model.
    validation : float, mapping or None
        Share of samples that is held out at random, or arrays of other samples: pass these where several
        samples belong to one source.
    patience : int, optional
        Stop after so many epochs without a lower validation loss.
    learning_rate, weight_decay : float
    schedule : {"constant", "cosine"}
        Of the learning rate; "cosine" rises over the first 5% of all steps and falls to zero.
    clip_norm : float, optional
        Largest norm of the gradient.
    resume : path, optional
        Folder of checkpoints. What was begun there goes on; the same call, repeated after any interruption,
        ends with the same weights (on a CPU, bit for bit). Without it nothing is written.
    checkpoint_s : float
        Seconds between checkpoints; there is one at the end in any case.
    threads : int, optional
        Of torch, during the fit. By default one, or all idle cores where that is measurably faster; a resumed
        fit goes on with as many as it began. For the same weights in another run pass a number.
    device : {"auto", "cpu", "cuda", "mps"}
    progress : bool
        A bar in a terminal or a notebook, none under `astrokit run`.

    Returns
    -------
    History

    Notes
    -----
    torch's random state and number of threads are as before afterwards.

    Raises
    ------
    ParameterError
        When an argument is out of range, the data do not suit the model, or `resume` holds another fit.
    NotFinite
        When a loss becomes NaN or infinite: at once, with the batch and its rows.
    DataError
        When a checkpoint is damaged.

    Examples
    --------
    >>> from ..models import GaussianLikelihood, VariationalAutoencoder, VectorDecoder, VectorEncoder
    >>> parts = VectorEncoder(5, hidden=()), VectorDecoder(2, (5,), hidden=()), GaussianLikelihood()
    >>> model = VariationalAutoencoder(*parts, n_latent=2)
    >>> values = torch.randn(500, 5, generator=torch.Generator().manual_seed(0))
    >>> history = fit(model, {"values": values, "errors": torch.ones(500, 5)}, epochs=3, threads=1)
    >>> len(history.epochs), history.stopped
    (3, 'epochs')
    """
    folder = None if resume is None else Path(resume)
    with only_fit(folder), _moved(model, device) as fabric:
        checkpoint = read_checkpoint(folder)
        seed = _seed(random_state, checkpoint)
        settings = Settings(
            epochs, batch_size, patience, learning_rate, schedule, weight_decay, clip_norm, seed
        )
        training, held_out = split(data, validation, seed, _dtype(model))
        _require_fit(model, training, held_out, settings, fabric)
        identity = _identity(model, training, held_out, settings)
        n_threads = _threads(threads, model, training, settings, fabric, checkpoint)
        with isolated(fabric.device, seed, n_threads) as generator:
            loop = Loop(fabric, model, training, held_out, settings, generator)
            if folder is not None and checkpoint is not None:
                require_same_fit(folder, checkpoint.fit, identity)
                restore(loop, checkpoint)
            _run(loop, folder, identity | {"n_threads": n_threads}, checkpoint_s, progress)
        if loop.best:
            model.load_state_dict(loop.best)
    epochs_done, best = tuple(loop.state.epochs), loop.state.best_epoch
    return History(epochs_done, best, loop.stopped, seed, n_threads, weights_hash(model))


def _run(
    loop: Loop, folder: Path | None, fit: Mapping[str, Any], checkpoint_s: float, progress: bool
) -> None:
    """Run the loop to its end, with a bar and, given a folder, with checkpoints."""
    total = loop.settings.epochs * loop.n_batches
    with Progress(total, "training", unit="batches", enabled=progress) as bar:
        bar.advance(loop.n_done)
        last = time.monotonic()

        def after_batch() -> None:
            nonlocal last
            bar.advance(1)
            if folder is not None and time.monotonic() - last >= checkpoint_s:
                write_checkpoint(folder, loop, fit)
                last = time.monotonic()

        loop.run(after_batch)
    if folder is not None:
        write_checkpoint(folder, loop, fit)


@contextmanager
def _moved(model: nn.Module, device: str) -> Iterator[Fabric]:
    """Have the model on a device within this block, and where it was, in `eval` mode, afterwards."""
    if not hasattr(model, "loss_terms"):
        raise ParameterError(
            "model",
            expected="a module with loss_terms(batch, *, generator)",
            got=type(model).__name__,
            next_step="Derive it from astrokit.models.Model, or wrap it, as Classifier does.",
        )
    fabric, before = _fabric(device), next(model.parameters()).device
    model.to(fabric.device)
    try:
        yield fabric
    finally:
        model.to(before).eval()


def _fabric(device: str) -> Fabric:
    before = random.getstate()  # from which something behind lightning draws while it is imported
    from lightning.fabric import Fabric
    from lightning.fabric.plugins.environments import LightningEnvironment

    random.setstate(before)
    # One process on one device: what a cluster's variables say of many is not about this fit.
    return Fabric(accelerator=device, devices=1, plugins=[LightningEnvironment()])


def _seed(random_state: RandomState, checkpoint: Checkpoint | None) -> int:
    if random_state is None and checkpoint is not None:
        return int(checkpoint.fit["seed"])
    return as_seed(random_state)


def _dtype(model: nn.Module) -> torch.dtype:
    return next(model.parameters()).dtype


def _identity(model: nn.Module, training: Part, held_out: Part | None, settings: Settings) -> dict[str, Any]:
    """What must be the same for a fit to go on: settings, model, data."""
    parts = {"data": training, "validation": held_out}
    prints = {
        name: None if part is None else f"{part.rows.fingerprint():08x} ({len(part.chosen):,} samples)"
        for name, part in parts.items()
    }
    return asdict(settings) | {"model": config_of(model)} | prints


def _require_fit(
    model: nn.Module, training: Part, held_out: Part | None, settings: Settings, fabric: Fabric
) -> None:
    """Try the loss on a few samples, so that what does not suit is told before anything is learned."""
    if settings.patience is not None and held_out is None:
        raise ParameterError(
            "patience",
            expected="None where no samples are held out",
            got=settings.patience,
            next_step="Pass validation=0.1, or arrays.",
        )
    model.eval()
    for part in (training, held_out):
        if part is not None:
            rows = part.chosen[:TRIED]
            with (
                torch.no_grad(),
                isolated(fabric.device, settings.seed, torch.get_num_threads()) as generator,
            ):
                batch = part.rows.batch(rows, fabric.device)
                terms = model.loss_terms(batch, generator=generator)  # type: ignore[operator]
            _require_terms(terms, len(rows))


def _require_terms(terms: Any, n: int) -> None:
    shapes = {name: tuple(term.shape) for name, term in terms.items()}
    if not shapes or set(shapes.values()) != {(n,)}:
        raise ParameterError(
            "loss_terms of the model",
            expected=f"named tensors of shape ({n},), one number a sample",
            got=shapes,
            next_step="Sum or average over everything but the samples.",
        )


def _threads(
    asked: int | None,
    model: nn.Module,
    training: Part,
    settings: Settings,
    fabric: Fabric,
    checkpoint: Checkpoint | None,
) -> int:
    if asked is not None or fabric.device.type != "cpu":
        return asked or 1
    if checkpoint is not None:
        return int(checkpoint.fit["n_threads"])
    with isolated(fabric.device, settings.seed, torch.get_num_threads()) as generator:
        trial = copy.deepcopy(model).train()
        batch = training.rows.batch(training.chosen[: settings.batch_size])
        return choose_threads(lambda: cost_of(trial, batch, generator).loss.backward())
