"""What every part of this room asks of latents: numbers in a table, finite rows, comparable widths."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..errors import ParameterError

SCALES = ("standard", "robust", None)
IQR_OF_NORMAL = 1.349  # interquartile range of a normal distribution of unit standard deviation


class Scaling(NamedTuple):
    """Latents become `(latents - centre) / width`; both (n_latent,)."""

    centre: np.ndarray
    width: np.ndarray

    def apply(self, latents: np.ndarray) -> np.ndarray:
        """Scaled latents, in the precision of those given."""
        return (latents - self.centre.astype(latents.dtype)) / self.width.astype(latents.dtype)

    def undo(self, scaled: np.ndarray) -> np.ndarray:
        """Latents in their own units."""
        return scaled * self.width + self.centre


def as_latents(latents: Any) -> np.ndarray:
    """A float array (n_samples, n_latent); float32 stays float32.

    Raises
    ------
    ParameterError
        When it is no table of numbers.
    """
    try:
        array = np.asarray(latents)
        array = array if array.dtype in (np.float32, np.float64) else array.astype(float)
    except (TypeError, ValueError):
        array = np.empty(0)
    if array.ndim != 2 or array.shape[1] == 0:
        raise ParameterError(
            "latents",
            expected="numbers of shape (n_samples, n_latent)",
            got=f"{type(latents).__name__} of shape {np.shape(latents)}",
            next_step="Pass one row a source and one column a latent.",
        )
    return array


def finite_rows(latents: np.ndarray, at_least: int, what: str) -> np.ndarray:
    """Indices of the rows without NaN or infinity; a ParameterError when they are fewer than `at_least`."""
    rows = np.flatnonzero(np.isfinite(latents).all(1))
    if len(rows) < at_least:
        raise ParameterError(
            what,
            expected=f"at least {at_least:,} rows without NaN",
            got=f"{len(rows):,} of {len(latents):,}",
            next_step="Ask for fewer neighbours, or give more rows.",
        )
    return rows


def fit_scaling(latents: np.ndarray, scale: str | None) -> Scaling:
    """Measure centre and width of each latent on finite rows.

    Parameters
    ----------
    latents : (n_samples, n_latent)
        Finite.
    scale : "standard", "robust" or None
        Mean and standard deviation; median and interquartile range over 1.349, which outliers do not move;
        nothing.

    Raises
    ------
    ParameterError
        When the scale has another name, or a latent is constant.

    Examples
    --------
    >>> fit_scaling(np.array([[0.0], [2.0]]), "standard").apply(np.array([[3.0]]))
    array([[2.]])
    """
    if scale not in SCALES:
        raise ParameterError(
            "scale",
            expected=f"one of {SCALES}",
            got=repr(scale),
            next_step="None leaves latents as they are.",
        )
    n_latent = latents.shape[1]
    if scale == "robust":
        low, centre, high = np.quantile(latents, [0.25, 0.5, 0.75], axis=0)
        width = (high - low) / IQR_OF_NORMAL
    else:
        centre, width = latents.mean(0, dtype=float), latents.std(0, dtype=float)
    flat = np.flatnonzero((width <= 0) | (latents.min(0) == latents.max(0)))
    if len(flat):
        spread = "interquartile range" if scale == "robust" else "spread"
        raise ParameterError(
            "latents",
            expected=f"{n_latent} columns with a {spread} above zero",
            got=f"none in column {', '.join(map(str, flat[:10]))}",
            next_step="Leave these columns out: np.delete(latents, columns, axis=1).",
        )
    return Scaling(centre, width) if scale else Scaling(np.zeros(n_latent), np.ones(n_latent))
