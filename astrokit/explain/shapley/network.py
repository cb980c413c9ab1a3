"""Torch modules: values along straight lines by gradients, or over all coalitions of few features.

Along the line from a background row b to a row x the change f(x) - f(b) splits among the features,

    phi_j = (x_j - b_j) * integral over t in [0, 1] of df/dx_j (b + t (x - b)),

and the mean over the background adds up to f(x) less the mean answer to the background: integrated gradients
(Sundararajan, Taly & Yan 2017) from many baselines, the value of Aumann & Shapley (1974). It equals the
Shapley value against the same background for sums of functions of one feature and of products of different
features; it differs where a feature is bent in company, as in x1^2 x2 or max(x1, x2).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .coalitions import by_coalitions
from .lines import along_lines
from .raw import Raw, allowed_error, bad, with_main_effects

BATCH = 200_000  # numbers that a network is given at a time
ROUNDS = 4  # of refinement


def is_network(model: Any) -> bool:
    """Whether a model is a torch module; torch is not loaded to be told that it is not."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(model, torch.nn.Module)


def of_network(
    model: Any, data: np.ndarray, background: np.ndarray | None, kind: str, interactions: bool
) -> Raw:
    """Values of a module that maps (n, n_features) to (n,) or (n, n_outputs), in evaluation mode."""
    if background is None:
        raise bad(
            "background", "rows from which absent features come", "none",
            "Pass background=, for instance rows that the network was fitted on.",
        )  # fmt: skip
    if interactions and kind == "path":
        raise bad("interactions", 'kind "interventional"', '"path"', "Gradients along lines see no pairs.")
    with _evaluating(model):
        network = _Network(model)
        answers, behind = network.answer(data), network.answer(background)
        if kind == "interventional":
            values, pairs = by_coalitions(network.answer, data, background, interactions)
            how = "all coalitions of the features of a network"
        else:
            values, pairs = _by_gradients(network, data, background, answers, behind), None
            how = "gradients of a network along lines"
    return Raw(
        values, behind.mean(0), answers, "", f"{how}, {len(background):,} background rows",
        None if pairs is None else with_main_effects(pairs, values), network.rounding,
    )  # fmt: skip


def _by_gradients(network, data, background, answers, behind) -> np.ndarray:
    """Values refined until each row adds up within what is allowed, or halving has no more to give."""
    base = behind.mean(0)
    allowed = allowed_error(answers, base, network.rounding)
    floor = network.rounding * max(np.abs(answers).max(), np.abs(behind).max())
    values = np.zeros((*data.shape, answers.shape[1]))
    rows, limit = np.arange(len(data)), allowed / 4
    for _ in range(ROUNDS):
        values[rows] = along_lines(
            network.slope, data[rows], background, answers[rows], behind, np.maximum(limit, floor)
        )
        error = np.abs(base + values.sum(1) - answers)
        rows, limit = np.flatnonzero((error > allowed).any(1)), limit / 8
        if not len(rows):
            break
    return values


class _Network:
    """A module as functions of float64 arrays, in batches."""

    def __init__(self, model: Any) -> None:
        import torch

        tensors = [t for t in (*model.parameters(), *model.buffers()) if t.is_floating_point()]
        like = tensors[0] if tensors else torch.empty(0)
        self.model, self.device, self.dtype = model, like.device, like.dtype
        self.rounding = 8 * float(torch.finfo(self.dtype).eps)

    def answer(self, rows: np.ndarray) -> np.ndarray:
        """(n, n_outputs)"""
        import torch

        with torch.no_grad():
            return np.concatenate([_as_array(self._forward(part)[1]) for part in _batches(rows)])

    def slope(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Answers (n, n_outputs) and gradients (n, n_features, n_outputs)."""
        import torch

        # An answer that ignores the features has gradients of zero.
        options: Any = {"retain_graph": True, "allow_unused": True, "materialize_grads": True}
        answers, gradients = [], []
        for part in _batches(rows):
            with torch.enable_grad():
                leaf, found = self._forward(part)
                columns = found.sum(0)
                slopes = [torch.autograd.grad(column, leaf, **options)[0] for column in columns]
            answers.append(_as_array(found))
            gradients.append(_as_array(torch.stack(slopes, -1)))
        return np.concatenate(answers), np.concatenate(gradients)

    def _forward(self, rows: np.ndarray) -> tuple[Any, Any]:
        import torch

        sloped = torch.is_grad_enabled()
        leaf = torch.tensor(rows, dtype=self.dtype, device=self.device, requires_grad=sloped)
        try:
            found = self.model(leaf).reshape(len(rows), -1)
        except (RuntimeError, ValueError, TypeError, AttributeError) as error:
            raise bad(
                "model", f"a module from (n, {rows.shape[1]}) to (n, n_outputs)", str(error).splitlines()[0],
                "Pass the columns that it was fitted on, or wrap it in a module that reshapes.",
            ) from error  # fmt: skip
        if not found.isfinite().all():
            raise bad("model", "finite answers", "NaN or infinity", "Scale the data as in fitting.")
        if sloped and not found.requires_grad:
            raise bad(
                "model", "answers with gradients", "answers without",
                'Leave out argmax and the like, or take kind="interventional".',
            )  # fmt: skip
        return leaf, found


def _as_array(tensor: Any) -> np.ndarray:
    return tensor.detach().cpu().double().numpy()


def _batches(rows: np.ndarray) -> list[np.ndarray]:
    size = max(1, BATCH // rows.shape[1])
    return [rows[start : start + size] for start in range(0, len(rows), size)]


@contextmanager
def _evaluating(model: Any) -> Iterator[None]:
    """Evaluation mode (no dropout, stored moments) inside, each part's own mode afterwards."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
