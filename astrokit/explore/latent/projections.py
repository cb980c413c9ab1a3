"""The projections of an explorer: arrays, or names that the `latent` room resolves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import ParameterError
from ...latent import project
from ...random import RandomState

MOST = 2  # maps side by side


def resolve(
    latents: np.ndarray, projection: Any, *, random_state: RandomState = 0, progress: bool = True
) -> dict[str, np.ndarray]:
    """One or two maps of the same sources: {name: (n_samples, 2)}.

    Parameters
    ----------
    latents : (n_samples, n_latent)
    projection : array (n_samples, 2), name, two of them, or dict {name: array or name}
        Names are methods of `latent.project`, which fits up to 50,000 landmarks and shows its progress.
    random_state, progress

    Raises
    ------
    ParameterError
        More than two, another shape, an unknown name.

    Examples
    --------
    >>> latents = np.random.default_rng(0).normal(size=(100, 3))
    >>> {name: xy.shape for name, xy in resolve(latents, ["pca", latents[:, :2]]).items()}
    {'pca': (100, 2), 'second': (100, 2)}
    """
    given = _named(projection, len(latents))
    if not 1 <= len(given) <= MOST:
        raise _wrong(f"one or {MOST}", len(given))
    resolved = {
        name: each if isinstance(each, str) else _as_map(each, len(latents)) for name, each in given.items()
    }
    return {
        name: project(latents, each, random_state=random_state, progress=progress).xy
        if isinstance(each, str)
        else each
        for name, each in resolved.items()
    }


def _named(projection: Any, n_samples: int) -> dict[str, Any]:
    if isinstance(projection, Mapping):
        return {str(name): each for name, each in projection.items()}
    if isinstance(projection, str):
        return {projection: projection}
    is_one = np.shape(projection) == (n_samples, 2) if _is_numeric(projection) else False
    if is_one or not isinstance(projection, list | tuple):
        return {"projection": projection}
    names = [each if isinstance(each, str) else None for each in projection]
    places = ("first", "second", *map(str, range(2, len(names))))
    return {name or place: each for name, place, each in zip(names, places, projection, strict=False)}


def _is_numeric(projection: Any) -> bool:
    return not isinstance(projection, list | tuple) or not any(isinstance(e, str) for e in projection)


def _as_map(xy: Any, n_samples: int) -> np.ndarray:
    array = np.asarray(xy)
    if array.shape != (n_samples, 2) or array.dtype.kind not in "iuf":
        raise _wrong(f"numbers of shape ({n_samples:,}, 2)", f"{array.dtype} of shape {array.shape}")
    return array


def _wrong(expected: str, got: Any) -> ParameterError:
    step = "Pass an array with a place for each source, a name such as 'umap', or two of them."
    return ParameterError("projection", expected=expected, got=got, next_step=step)
