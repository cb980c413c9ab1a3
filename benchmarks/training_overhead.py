"""What `training.fit` costs: samples per second of each model beside the same network in a bare torch loop.

The bare loop shuffles with `torch.randperm`, takes rows of tensors in memory, computes the same terms, calls
`backward` and the same AdamW: no checks, no history, no bar. The two take turns, epoch by epoch, on one
thread, and the seconds are that thread's own. The fastest epoch of each counts, since what else runs on the
machine can only slow it down; the goal is 0.95. Beside them: `lightning.Trainer` with everything switched
off, which is why `fit` has a loop of its own (docs/decisions/0006); the batches alone, without a network, and
those of a `DataLoader` over the same tensors; peak memory. Of one model: `training_overhead.py histogram`.
"""

import copy
import logging
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from astrokit.models import (
    AttentionEncoder,
    GaussianLikelihood,
    HistogramEncoder,
    HistogramLikelihood,
    Model,
    PoissonLikelihood,
    RecurrentEncoder,
    TransformerAutoencoder,
    VariationalAutoencoder,
    VectorDecoder,
    VectorEncoder,
)
from astrokit.progress import listening
from astrokit.training import fit
from astrokit.training.split import order_of_epoch, split

GOAL = 0.95
BATCH, N_BATCHES, ROUNDS = 256, 16, 25
STEPS = 400  # of an epoch with a network of one weight
LEARNING_RATE = 1e-3
Arrays = dict[str, Tensor]


def spectra(n: int) -> tuple[Model, Arrays]:
    parts = VectorEncoder(60), VectorDecoder(5, (60,)), GaussianLikelihood()
    values = torch.randn(n, 60)
    return VariationalAutoencoder(*parts, n_latent=5), {"values": values, "errors": torch.ones(n, 60)}


def histogram(n: int) -> tuple[Model, Arrays]:
    parts = HistogramEncoder((20, 10)), VectorDecoder(5, (20, 10)), HistogramLikelihood()
    return VariationalAutoencoder(*parts, n_latent=5), {"values": torch.rand(n, 20, 10).softmax(1)}


def light_curves(n: int) -> dict[str, Tensor]:
    times = torch.rand(n, 40).sort(1).values
    return {"values": torch.randn(n, 40), "errors": torch.ones(n, 40), "positions": times}


def recurrent(n: int) -> tuple[Model, Arrays]:
    parts = RecurrentEncoder(32), VectorDecoder(5, (40,)), GaussianLikelihood()
    return VariationalAutoencoder(*parts, n_latent=5), light_curves(n)


def attention(n: int) -> tuple[Model, Arrays]:
    parts = AttentionEncoder((0, 1), width=32, n_layers=1), VectorDecoder(5, (40,)), GaussianLikelihood()
    return VariationalAutoencoder(*parts, n_latent=5), light_curves(n)


def transformer(n: int) -> tuple[Model, Arrays]:
    counts = torch.poisson(torch.full((n, 60), 5.0))
    energy = torch.linspace(0.5, 8.0, 60).expand(n, 60)
    data = {"counts": counts, "values": counts.sqrt(), "positions": energy}
    return TransformerAutoencoder(PoissonLikelihood(), (0.5, 8.0), width=32, n_layers=1), data


MODELS = {make.__name__: make for make in (spectra, histogram, recurrent, attention, transformer)}


def batches(data: Arrays) -> Iterator[Arrays]:
    n = len(next(iter(data.values())))
    for rows in torch.randperm(n).split(BATCH):
        yield {name: part[rows] for name, part in data.items()}


def bare_step(model: Model) -> Callable[[Arrays], None]:
    """A step of a loop without anything that could be left out."""
    optimizer = torch.optim.AdamW(model.parameters(), LEARNING_RATE, weight_decay=0.0, fused=True)
    generator = torch.Generator().manual_seed(0)

    def step(batch: Arrays) -> None:
        terms = list(model.loss_terms(batch, generator=generator).values())
        loss = sum(terms[1:], terms[0]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def bare_epoch(model: Model, data: Arrays) -> Callable[[], None]:
    """One epoch of such steps."""
    step = bare_step(model)

    def epoch() -> None:
        model.train()
        for batch in batches(data):
            step(batch)

    return epoch


def run_fit(model: Model, data: Arrays, pause: Callable[[], None], epochs: int) -> None:
    """`fit`, with a pause after the last batch of each epoch."""

    def hear(what: str, done: int, total: int) -> None:
        if done and done % N_BATCHES == 0:
            pause()

    with listening(hear):
        fit(model, data, epochs=epochs, batch_size=BATCH, validation=None, threads=1, device="cpu")


def run_trainer(model: Model, data: Arrays, pause: Callable[[], None], epochs: int) -> None:
    """`lightning.Trainer` without logger, checkpoints, bar, summary, validation; batches from memory."""
    import lightning

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.model, self.generator = model, torch.Generator().manual_seed(0)

        def training_step(self, batch: Arrays) -> Tensor:
            terms = list(self.model.loss_terms(batch, generator=self.generator).values())
            return sum(terms[1:], terms[0]).mean()

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.AdamW(self.parameters(), LEARNING_RATE, weight_decay=0.0, fused=True)

        def on_train_epoch_end(self) -> None:
            pause()

    class Batches:
        def __iter__(self) -> Iterator[Arrays]:
            return batches(data)

        def __len__(self) -> int:
            return N_BATCHES

    off = dict.fromkeys(
        ("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary"), False
    )
    trainer = lightning.Trainer(accelerator="cpu", devices=1, max_epochs=epochs, **off)
    trainer.fit(Module(), Batches())


Run = Callable[[Model, Arrays, Callable[[], None], int], None]


def in_turns(run: Run, make: Callable[[int], tuple[Model, Arrays]]) -> tuple[float, float]:
    """Samples per second of a run and of the bare loop: an epoch of the one, an epoch of the other."""
    torch.manual_seed(0)
    model, data = make(BATCH * N_BATCHES)
    rival = bare_epoch(copy.deepcopy(model), data)
    own, bare = [], []
    mark = time.thread_time()

    def pause() -> None:
        nonlocal mark
        own.append(time.thread_time() - mark)
        bare.append(seconds(rival))
        mark = time.thread_time()

    run(model, data, pause, ROUNDS + 1)
    n = BATCH * N_BATCHES
    return n / min(own[1:]), n / min(bare[1:])  # the first epoch warms up


def compare(what: str, run: Run, name: str) -> float:
    own, bare = in_turns(run, MODELS[name])
    print(f"{what}, {name}: {own:,.0f} samples/s, bare loop {bare:,.0f}: {own / bare:.3f} x", flush=True)
    return own / bare


def loading(make: Callable[[int], tuple[Model, Arrays]]) -> dict[str, float]:
    """Samples per second of the batches alone."""
    from torch.utils.data import DataLoader, TensorDataset

    _, data = make(BATCH * N_BATCHES)
    part, _ = split(data, None, 0, torch.float32)
    loader = DataLoader(TensorDataset(*data.values()), BATCH, shuffle=True)

    def of_fit() -> None:
        for rows in order_of_epoch(part, 0, 0).split(BATCH):
            part.rows.batch(rows)

    ways: dict[str, Callable[[], object]] = {
        "fit": of_fit,
        "bare": lambda: list(batches(data)),
        "DataLoader": lambda: list(loader),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            taken[name].append(seconds(way))
    return {name: BATCH * N_BATCHES / min(times) for name, times in taken.items()}


def seconds(call: Callable[[], object]) -> float:
    started = time.thread_time()
    call()
    return time.thread_time() - started


class OneWeight(Model):
    """A network that computes next to nothing, so that what surrounds a step is seen."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def loss_terms(self, batch: Arrays, *, generator: torch.Generator) -> Arrays:
        return {"slope": (batch["x"] * self.weight)[:, 0], "offset": batch["x"][:, 0]}


def step_overhead() -> tuple[float, float]:
    """Microseconds of a step of `fit` and of the bare loop, with a network of one weight: the fastest 2%."""
    data = {"x": torch.randn(BATCH * STEPS, 1), "y": torch.randn(BATCH * STEPS, 1)}
    taken: dict[str, list[float]] = {"fit": [], "bare": []}
    mark = time.perf_counter()

    def hear(*said: object) -> None:
        nonlocal mark
        now = time.perf_counter()
        taken["fit"].append(now - mark)
        mark = now

    with listening(hear):
        fit(OneWeight(), data, epochs=3, batch_size=BATCH, validation=None, threads=1, device="cpu")
    step = bare_step(OneWeight())
    for _ in range(3):
        for rows in torch.randperm(BATCH * STEPS).split(BATCH):
            mark = time.perf_counter()
            step({name: part[rows] for name, part in data.items()})
            taken["bare"].append(time.perf_counter() - mark)
    own, bare = (1e6 * sorted(times)[len(times) // 50] for times in taken.values())
    return own, bare


def peak_memory(way: str) -> float:
    """MB that a process gains while it learns from 96 MB of spectra, beyond imports and data."""
    run = subprocess.run(
        [sys.executable, __file__, "--memory", way], capture_output=True, text=True, check=True
    )
    return float(run.stdout)


def tell_memory(way: str) -> None:
    import lightning.fabric  # noqa: F401 - counted as an import, not as learning

    model, data = spectra(200_000)
    rival = bare_epoch(copy.deepcopy(model), {name: part[:BATCH] for name, part in data.items()})
    rival()  # what torch loads when it is first used
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if way == "fit":
        fit(model, data, epochs=1, batch_size=BATCH, validation=None, threads=1, device="cpu", progress=False)
    else:
        bare_epoch(model, data)()
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


def main() -> None:
    if sys.argv[1:2] == ["--memory"]:
        return tell_memory(sys.argv[2])
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # of the trainer, about the batches that it is given
    ratios = []
    for name in sys.argv[1:] or MODELS:
        ratios.append(compare("fit", run_fit, name))
        compare("  lightning.Trainer", run_trainer, name)
        rates = ", ".join(f"{way} {rate:,.0f}" for way, rate in loading(MODELS[name]).items())
        print(f"  batches alone, samples/s: {rates}")
    print(
        f"lowest ratio {min(ratios):.3f}, the goal {GOAL}: {'met' if min(ratios) >= GOAL else 'missed'} here"
    )
    own, bare = step_overhead()
    print(f"a step with a network of one weight: fit {own:.0f} us, bare loop {bare:.0f} us")
    memory = {way: peak_memory(way) for way in ("fit", "bare")}
    print(f"peak memory beyond 96 MB of data: fit {memory['fit']:.0f} MB, bare loop {memory['bare']:.0f} MB")


if __name__ == "__main__":
    main()
