"""The loop: batches, steps, epochs. All that its future depends on can be saved between any two batches."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from .cost import Cost, cost_of
from .finite import not_finite
from .schedule import learning_rate_at
from .settings import Settings
from .split import Part, order_of_epoch

if TYPE_CHECKING:
    from lightning.fabric import Fabric


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
        self._device = fabric.device
        fused = fabric.device.type in ("cpu", "cuda")
        weights = [weight for weight in model.parameters() if weight.requires_grad]
        self.optimizer = torch.optim.AdamW(
            weights, settings.learning_rate, weight_decay=settings.weight_decay, fused=fused
        )
        # Fabric's wrapper of a forward pass would change nothing in full precision but cost 45 us a step.
        _, self._optimizer = fabric.setup(model, self.optimizer)
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
        for rows, batch in self._training.rows.batches(order, size, self._device, first=state.batch):
            add(state.sums, self._step(rows, batch), len(rows))
            state.batch, state.n_summed = state.batch + 1, state.n_summed + len(rows)
            after_batch()

    def _step(self, rows: Tensor, batch: dict[str, Tensor]) -> dict[str, float]:
        """Learn from one batch; return the mean of each term."""
        cost = cost_of(self.model, batch, self.generator)
        means = cost.numbers()
        self._require_finite(means, cost, batch, rows, self.state.batch, "training")
        self.optimizer.zero_grad()
        self._fabric.backward(cost.loss)
        if self.settings.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip_norm)
        self.optimizer.param_groups[0]["lr"] = self.learning_rate
        self._optimizer.step()
        return means

    def _close_epoch(self) -> None:
        state, rate = self.state, self.learning_rate
        terms = {name: total / state.n_summed for name, total in state.sums.items()}
        row: dict[str, float] = {"epoch": state.epoch, **_with_total(terms)}
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
        generator = torch.Generator(self._device).manual_seed(self.settings.seed)
        sums: dict[str, float] = {}
        with torch.no_grad():
            batches = part.rows.batches(part.chosen, self.settings.batch_size, self._device)
            for number, (rows, batch) in enumerate(batches):
                cost = cost_of(self.model, batch, generator)
                means = cost.numbers()
                self._require_finite(means, cost, batch, rows, number, "validation")
                add(sums, means, len(rows))
        return _with_total({name: total / len(part.chosen) for name, total in sums.items()})

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
        means: dict[str, float],
        cost: Cost,
        batch: dict[str, Tensor],
        rows: Tensor,
        number: int,
        where: str,
    ) -> None:
        if all(map(isfinite, means.values())):
            return
        place: dict[str, Any] = {"epoch": self.state.epoch, "number": number, "where": where}
        raise not_finite(cost.terms, batch, rows.tolist(), self.model, **place)


def add(sums: dict[str, float], means: dict[str, float], n: int) -> None:
    """Add the means over n samples to sums over samples, in place.

    Examples
    --------
    >>> sums = {"kl": 1.0}
    >>> add(sums, {"kl": 2.0}, 10)
    >>> sums
    {'kl': 21.0}
    """
    for name, mean in means.items():
        sums[name] = sums.get(name, 0.0) + n * mean


def _with_total(means: dict[str, float]) -> dict[str, float]:
    return {"loss": sum(means.values()), **means}
