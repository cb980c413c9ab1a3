"""The loop: batches, steps, epochs. All that its future depends on can be saved between any two batches."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from .finite import not_finite
from .schedule import learning_rate_at
from .settings import Settings
from .split import Part, order_of_epoch

if TYPE_CHECKING:
    from lightning.fabric import Fabric


class Cost(nn.Module):
    """The loss terms of a model as a forward pass, which is what lightning wraps."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.names: tuple[str, ...] = ()

    def forward(self, batch: dict[str, Tensor], generator: torch.Generator) -> Tensor:
        """-> (n_terms, n)"""
        terms: dict[str, Tensor] = self.model.loss_terms(batch, generator=generator)  # type: ignore[operator]
        self.names = tuple(terms)
        return torch.stack(tuple(terms.values()))  # n_terms of (n,) -> (n_terms, n)


@dataclass
class State:
    """Where a fit is: which batch of which epoch comes next, and what was seen."""

    epoch: int = 0
    batch: int = 0
    sums: dict[str, float] = field(default_factory=dict)  # of each term over the samples of this epoch
    n_summed: int = 0
    seconds: float = 0.0  # of this epoch
    epochs: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = -1


class Loop:
    """A model, its optimizer and data, on their way through the epochs."""

    def __init__(
        self,
        fabric: Fabric,
        model: nn.Module,
        training: Part,
        held_out: Part | None,
        settings: Settings,
        generator: torch.Generator,
    ) -> None:
        self.model, self.settings, self.generator = model, settings, generator
        self.state = State()
        self.best: dict[str, Tensor] = {}  # weights of the best epoch, if some samples are held out
        self._fabric, self._training, self._held_out = fabric, training, held_out
        self._inner = Cost(model)
        fused = fabric.device.type in ("cpu", "cuda")
        weights = [weight for weight in model.parameters() if weight.requires_grad]
        self.optimizer = torch.optim.AdamW(
            weights, settings.learning_rate, weight_decay=settings.weight_decay, fused=fused
        )
        self._cost, self._wrapped = fabric.setup(self._inner, self.optimizer)
        self._mark = time.perf_counter()

    @property
    def n_batches(self) -> int:
        """Of one epoch."""
        return -(-len(self._training.chosen) // self.settings.batch_size)

    @property
    def stopped(self) -> str:
        """Why the fit is over; empty as long as it is not."""
        state, patience = self.state, self.settings.patience
        if patience is not None and state.epochs and state.epoch - 1 - state.best_epoch >= patience:
            return "patience"
        return "epochs" if state.epoch >= self.settings.epochs else ""

    @property
    def n_done(self) -> int:
        """Batches so far, of all epochs."""
        return self.state.epoch * self.n_batches + self.state.batch

    @property
    def learning_rate(self) -> float:
        """Of the batch that comes next."""
        total = self.settings.epochs * self.n_batches
        return learning_rate_at(self.n_done, total, self.settings.learning_rate, self.settings.schedule)

    def run(self, after_batch: Callable[[], object]) -> None:
        """Go on to the end; `after_batch` may save the loop."""
        self._mark = time.perf_counter()
        while not self.stopped:
            self._train(after_batch)
            self._close_epoch()

    def take_time(self) -> None:
        """Add the time since the last call to that of the epoch."""
        now = time.perf_counter()
        self.state.seconds += now - self._mark
        self._mark = now

    def _train(self, after_batch: Callable[[], object]) -> None:
        state, size = self.state, self.settings.batch_size
        order = order_of_epoch(self._training, self.settings.seed, state.epoch)
        self.model.train()
        for number in range(state.batch, self.n_batches):
            rows = order[number * size : (number + 1) * size]
            self._add(self._step(rows), len(rows))
            state.batch = number + 1
            after_batch()

    def _step(self, rows: Tensor) -> list[float]:
        """Learn from one batch; return the mean of each term."""
        batch = self._training.rows.batch(rows, self._fabric.device)
        terms = self._cost(batch, self.generator)
        means = terms.mean(1)  # (n_terms, n) -> (n_terms,)
        values = means.tolist()
        self._require_finite(values, terms, batch, rows, self.state.batch, "training")
        self.optimizer.zero_grad()
        self._fabric.backward(means.sum())
        if self.settings.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip_norm)
        self.optimizer.param_groups[0]["lr"] = self.learning_rate
        self._wrapped.step()
        return values

    def _add(self, means: Sequence[float], n: int) -> None:
        sums = self.state.sums
        for name, mean in zip(self._inner.names, means, strict=True):
            sums[name] = sums.get(name, 0.0) + n * mean
        self.state.n_summed += n

    def _close_epoch(self) -> None:
        state, rate = self.state, self.learning_rate
        terms = {name: total / state.n_summed for name, total in state.sums.items()}
        row: dict[str, float] = {"epoch": state.epoch, "loss": sum(terms.values()), **terms}
        if self._held_out is not None:
            held_out = self._judge(self._held_out)
            row |= {f"validation_{name}": value for name, value in held_out.items()}
        self.take_time()
        state.epochs.append({**row, "learning_rate": rate, "seconds": state.seconds})
        self._keep_if_best()
        state.epoch, state.batch, state.sums, state.n_summed, state.seconds = state.epoch + 1, 0, {}, 0, 0.0

    def _judge(self, part: Part) -> dict[str, float]:
        """Means over a part of the data, with the same draws of chance in every epoch."""
        self.model.eval()
        generator = torch.Generator(self._fabric.device).manual_seed(self.settings.seed)
        sums, device = torch.zeros(0), self._fabric.device
        with torch.no_grad():
            for number, rows in enumerate(part.chosen.split(self.settings.batch_size)):
                batch = part.rows.batch(rows, device)
                terms = self._cost(batch, generator)
                totals = terms.sum(1).double().cpu()  # (n_terms, n) -> (n_terms,)
                self._require_finite(totals.tolist(), terms, batch, rows, number, "validation")
                sums = totals if number == 0 else sums + totals
        means = (sums / len(part.chosen)).tolist()
        return {"loss": sum(means), **dict(zip(self._inner.names, means, strict=True))}

    def _keep_if_best(self) -> None:
        """Keep the weights if no validation loss was lower; without validation the last are the best."""
        state = self.state
        if self._held_out is None:
            state.best_epoch = state.epoch
            return
        losses = [epoch["validation_loss"] for epoch in state.epochs]
        if len(losses) == 1 or losses[-1] < losses[state.best_epoch]:
            state.best_epoch = state.epoch
            self.best = {name: tensor.detach().clone() for name, tensor in self.model.state_dict().items()}

    def _require_finite(
        self,
        values: list[float],
        terms: Tensor,
        batch: dict[str, Tensor],
        rows: Tensor,
        number: int,
        where: str,
    ) -> None:
        if all(map(isfinite, values)):
            return
        by_name: dict[str, Any] = dict(zip(self._inner.names, terms.detach(), strict=True))
        epoch = self.state.epoch
        raise not_finite(by_name, batch, rows.tolist(), self.model, epoch=epoch, number=number, where=where)
