"""Latents onto a plane: UMAP, PaCMAP or principal components, at any number of rows."""

from __future__ import annotations

import importlib
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ParameterError
from ..progress import Progress
from ..random import RandomState, as_generator, as_seed
from .cancel import Cancel, stop_if
from .landmarks import choose_landmarks
from .scaling import as_latents, finite_rows, fit_scaling

CHUNK = 5_000  # rows transformed between two looks at progress and cancel

Transform = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Projection:
    """A map of latents.

    Attributes
    ----------
    xy : (n_samples, 2), float32
        Positions; NaN for rows with NaN among their latents.
    method : str
    landmarks : (n_landmarks,)
        Rows that the map was fitted on; the others were placed on it afterwards.
    seconds : float
    parameters : dict
        What the map was made with: numbers and texts, ready for JSON.
    """

    xy: np.ndarray
    method: str
    landmarks: np.ndarray
    seconds: float
    parameters: dict[str, Any]


def project(
    latents: Any,
    method: str = "umap",
    *,
    n_neighbors: int = 15,
    min_dist: float = 0.1,
    n_landmarks: int = 50_000,
    scale: str | None = "standard",
    random_state: RandomState = 0,
    progress: bool = True,
    cancelled: Cancel | None = None,
) -> Projection:
    """Make a map of latents.

    Up to `n_landmarks` rows are fitted; of more, that many are chosen (`choose_landmarks`: rare and sparse
    regions too), and the others placed on their map in blocks. With a `random_state` UMAP fits in one
    thread; None uses all, and the map differs from run to run. Positions also differ between versions and
    machines: rely on `Neighbourhoods(latents, xy).quality()`, never on a place.

    Parameters
    ----------
    latents : (n_samples, n_latent)
        At least two latents.
    method : "umap", "pacmap" or "pca"
        UMAP (McInnes, Healy & Melville 2018, arXiv 1802.03426), PaCMAP (Wang et al. 2021, JMLR 22, 201; needs
        the package `pacmap`), or the first two principal components, always of all rows.
    n_neighbors : int
        Of UMAP and PaCMAP: few show detail, many the large structure.
    min_dist : float
        Of UMAP: how tightly points may lie.
    n_landmarks : int
    scale : "standard", "robust" or None
        Each latent by mean and standard deviation, by median and interquartile range, or not at all.
    random_state, progress
    cancelled : callable, optional
        Asked before the fit and between blocks, not during the fit; True raises `Cancelled`, whose `partial`
        is the `Projection` so far, NaN where no row was placed yet.

    Raises
    ------
    ParameterError
        Unknown method or scale, constant latents, too few finite rows, PaCMAP not installed.

    Examples
    --------
    >>> latents = np.random.default_rng(0).normal(size=(100, 5))
    >>> project(latents, "pca").xy.shape
    (100, 2)
    """
    started = time.perf_counter()
    latents = as_latents(latents)
    _check(method, latents, n_neighbors, n_landmarks)
    rows = finite_rows(latents, 3 if method == "pca" else n_neighbors + 2, "projection")
    points = fit_scaling(latents[rows], scale).apply(latents[rows]).astype(np.float32)
    rng = as_generator(random_state)
    n_fitted = len(rows) if method == "pca" else n_landmarks
    learn = choose_landmarks(points, n_fitted, random_state=rng)
    parameters: dict[str, Any] = {"scale": scale, "n_landmarks": len(learn)}
    if method != "pca":
        parameters |= {"n_neighbors": n_neighbors} | ({"min_dist": min_dist} if method == "umap" else {})

    xy = np.full((len(latents), 2), np.nan, np.float32)

    def so_far() -> Projection:
        return Projection(xy, method, rows[learn], time.perf_counter() - started, parameters)

    with Progress(len(points), f"projecting with {method}", unit="rows", enabled=progress) as bar:
        stop_if(cancelled, "projection", 0, len(points))
        seed = None if random_state is None else as_seed(rng)
        fitted, transform = _FITS[method](points[learn], n_neighbors, min_dist, seed)
        xy[rows[learn]] = fitted
        bar.advance(len(learn))
        rest = np.setdiff1d(np.arange(len(points)), learn, assume_unique=True)
        for start in range(0, len(rest), CHUNK):
            stop_if(cancelled, "projection", len(learn) + start, len(points), so_far())
            part = rest[start : start + CHUNK]
            xy[rows[part]] = transform(points[part])
            bar.advance(len(part))
    return so_far()


def _check(method: str, latents: np.ndarray, n_neighbors: int, n_landmarks: int) -> None:
    for what, expected, got, fits in (
        ("projection", f"one of {', '.join(_FITS)}", repr(method), method in _FITS),
        ("latents", "at least 2 columns", latents.shape[1], latents.shape[1] >= 2),
        ("n_neighbors", "2 or more", n_neighbors, n_neighbors >= 2),
        (
            "n_landmarks",
            f"more than n_neighbors + 1 = {n_neighbors + 1}",
            n_landmarks,
            n_landmarks > n_neighbors + 1,
        ),
    ):
        if not fits:
            step = "`project` names what it can do; a map of your own is any array (n_samples, 2)."
            raise ParameterError(what, expected=expected, got=got, next_step=step)


def _fit_umap(
    points: np.ndarray, n_neighbors: int, min_dist: float, seed: int | None
) -> tuple[np.ndarray, Transform]:
    with warnings.catch_warnings():
        # It tells at import that there is no Tensorflow, which nobody asked for.
        warnings.simplefilter("ignore", ImportWarning)
        import umap
    model = umap.UMAP(
        n_neighbors=n_neighbors, min_dist=min_dist, random_state=seed, n_jobs=-1 if seed is None else 1
    )
    with warnings.catch_warnings():
        # Clusters that no neighbour connects, and the start that UMAP then takes instead: expected here.
        warnings.simplefilter("ignore", UserWarning)
        return model.fit_transform(points), model.transform


def _fit_pacmap(
    points: np.ndarray, n_neighbors: int, min_dist: float, seed: int | None
) -> tuple[np.ndarray, Transform]:
    try:
        pacmap = importlib.import_module("pacmap")  # optional: not in the lock
    except ImportError:
        raise ParameterError(
            "projection 'pacmap'",
            expected="the package pacmap",
            got="none installed",
            next_step="Install it with `pip install pacmap`, or choose 'umap'.",
        ) from None
    model = pacmap.PaCMAP(n_neighbors=n_neighbors, random_state=seed, save_tree=True)
    return model.fit_transform(points), lambda rest: model.transform(rest, basis=points)


def _fit_pca(
    points: np.ndarray, n_neighbors: int, min_dist: float, seed: int | None
) -> tuple[np.ndarray, Transform]:
    from sklearn.decomposition import PCA

    model = PCA(2, svd_solver="covariance_eigh")
    return model.fit_transform(points), model.transform


_FITS = {"umap": _fit_umap, "pacmap": _fit_pacmap, "pca": _fit_pca}
