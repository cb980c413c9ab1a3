"""From inputs to ratios without the chemistry: networks and Gaussian processes, weighed by rows unseen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...data.uclchem import INPUT_NAMES
from ...evaluation import out_of_fold
from ...evaluation.conformal import conformal_radius
from ...random import RandomState, as_generator
from .errors import ErrorMap
from .features import physical
from .likelihood import Law, fit_law, wall_nearness
from .networks import Networks, fit_networks
from .processes import Processes, fit_processes

LEVEL = 0.9  # of intervals
N_FOLDS = 5


class Families(NamedTuple):
    """Both kinds of regression, fitted to the same rows.

    Attributes
    ----------
    mean, spread : (n_features,)
        By which features are scaled.
    centre, width : (n_outputs,)
        By which ratios are scaled.
    processes
    networks : Networks or None
        None for processes alone.
    """

    mean: np.ndarray
    spread: np.ndarray
    centre: np.ndarray
    width: np.ndarray
    processes: Processes
    networks: Networks | None

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """(n_samples, 7) -> (2, n_samples, n_outputs): by the processes, and by the networks if there are."""
        features = self.scaled(inputs)
        by_processes = self.processes.predict(features)
        others = by_processes if self.networks is None else self.networks.predict(features)
        return np.stack([by_processes, others]) * self.width + self.centre

    def scaled(self, inputs: np.ndarray) -> np.ndarray:
        """Features (n_samples, 14) of inputs, as both families have them."""
        return (physical(inputs) - self.mean) / self.spread

    def inputs(self) -> np.ndarray:
        """Inputs (n_rows, 7) of the rows that were fitted."""
        return (self.processes.points * self.spread + self.mean)[:, : len(INPUT_NAMES)]

    def error_map(self, sizes: np.ndarray) -> ErrorMap:
        """Where the errors (n_rows, n_outputs) of the rows that were fitted lie, by the processes' scales."""
        return ErrorMap(self.processes.points, np.exp(self.processes.thetas[:, 1:-1]), sizes)


class Emulator(NamedTuple):
    """log10 ratios from the seven inputs of a model, with intervals.

    Attributes
    ----------
    families : Families
    shares : (n_outputs,)
        Of the processes in the prediction of each ratio; the rest is the networks'.
    errors : ErrorMap
    radii : (n_outputs,)
        Half the width of a 90% interval, in units of the local error.
    """

    families: Families
    shares: np.ndarray
    errors: ErrorMap
    radii: np.ndarray

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """(n_samples, 7) -> (n_samples, n_outputs), in dex."""
        return blend(self.families.predict(inputs), self.shares)

    def error(self, inputs: np.ndarray) -> np.ndarray:
        """Typical absolute error, (n_samples, n_outputs), in dex."""
        return self.errors.at(self.families.scaled(inputs))

    def interval(self, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ends of the 90% intervals, (n_samples, n_outputs) each."""
        middle, half = self.predict(inputs), self.radii * self.error(inputs)
        return middle - half, middle + half

    def law(self) -> Law:
        """What its errors on models unseen have in common.

        Their sizes are those of `errors`, their signs those of the processes' errors: of an emulator that is
        processes alone, both are the same.
        """
        errors = np.sign(self.families.processes.left_out()) * self.errors.sizes
        return fit_law(errors, self.errors.at_own_rows(), wall_nearness(self.families.inputs()))


def fit_families(
    inputs: np.ndarray,
    ratios: np.ndarray,
    *,
    thetas: np.ndarray | None = None,
    with_networks: bool = True,
    random_state: RandomState = 0,
) -> Families:
    """Fit processes and networks to rows (n_samples, 7) and (n_samples, n_outputs)."""
    features, rng = physical(inputs), as_generator(random_state)
    mean, spread, centre, width = features.mean(0), features.std(0), ratios.mean(0), ratios.std(0)
    scaled, targets = (features - mean) / spread, (ratios - centre) / width
    processes = fit_processes(scaled, targets, thetas=thetas, random_state=rng)
    networks = fit_networks(scaled, targets, random_state=rng) if with_networks else None
    return Families(mean, spread, centre, width, processes, networks)


def fit_emulator(
    inputs: np.ndarray, ratios: np.ndarray, *, n_folds: int = N_FOLDS, random_state: RandomState = 0
) -> Emulator:
    """Fit both families, weigh them and measure their errors on rows that they have not seen.

    Parameters
    ----------
    inputs : (n_samples, 7)
    ratios : (n_samples, n_outputs), dex
    n_folds : int
        Each family is fitted so many times without a part of the rows, and then once to all.
    random_state

    Returns
    -------
    Emulator
    """
    rng = as_generator(random_state)
    families = fit_families(inputs, ratios, random_state=rng)
    thetas = families.processes.thetas  # a few numbers chosen on all rows, and not again in each fold

    def predict(learn: np.ndarray, judge: np.ndarray) -> np.ndarray:
        fitted = fit_families(inputs[learn], ratios[learn], thetas=thetas, random_state=rng)
        return fitted.predict(inputs[judge]).swapaxes(0, 1)  # -> (n_judged, 2, n_outputs)

    unseen = out_of_fold(predict, deal(len(inputs), n_folds, rng)).swapaxes(0, 1)
    shares = best_shares(unseen, ratios)
    errors = families.error_map(np.abs(blend(unseen, shares) - ratios))
    return Emulator(families, shares, errors, radii_of(errors))


def fit_processes_alone(
    inputs: np.ndarray, ratios: np.ndarray, *, thetas: np.ndarray | None = None
) -> Emulator:
    """An emulator without networks, in seconds: its errors on rows unseen are known in closed form.

    Parameters
    ----------
    inputs : (n_samples, 7)
    ratios : (n_samples, n_outputs), dex
    thetas : (n_outputs, 16), optional
        Kernels that were chosen before (`Processes`).
    """
    families = fit_families(inputs, ratios, thetas=thetas, with_networks=False)
    errors = families.error_map(np.abs(families.processes.left_out()) * families.width)
    return Emulator(families, np.ones(ratios.shape[1]), errors, radii_of(errors))


def radii_of(errors: ErrorMap) -> np.ndarray:
    """Half widths (n_outputs,) of 90% intervals in units of the local error, by rows unseen."""
    scores = errors.sizes / errors.at_own_rows()
    return np.array([conformal_radius(of_output, level=LEVEL) for of_output in scores.T])


def best_shares(predicted: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Share (n_outputs,) of the first of two predictions (2, n_samples, n_outputs) with the least squares.

    Examples
    --------
    >>> truth = np.array([[0.0], [1.0], [2.0]])
    >>> best_shares(np.stack([truth + [[1], [-1], [1]], truth - [[1], [-1], [1]]]), truth).tolist()
    [0.5]
    """
    first, second = predicted
    apart = first - second
    differ = (apart**2).sum(0)
    along = ((truth - second) * apart).sum(0)
    return np.clip(np.divide(along, differ, out=np.ones_like(along), where=differ > 0), 0, 1)


def blend(predicted: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The first of two predictions times its share, and the second times the rest."""
    return shares * predicted[0] + (1 - shares) * predicted[1]


def deal(n_samples: int, n_folds: int, rng: np.random.Generator) -> np.ndarray:
    """Fold of each row, (n_samples,), of equal sizes."""
    return rng.permutation(np.arange(n_samples) % n_folds)
