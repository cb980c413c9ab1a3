"""Does each latent stand for one property, and each property for one latent?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError
from ..random import RandomState, as_seed
from .scaling import as_latents

if TYPE_CHECKING:
    import pandas as pd

N_TREES = 100
HELD_OUT = 0.25


class Disentanglement(NamedTuple):
    """Three scores in [0, 1] (Eastwood & Williams 2018, ICLR): the higher, the better.

    Attributes
    ----------
    disentanglement : float
        Near 1 when each latent matters for one property alone.
    completeness : float
        Near 1 when each property is in one latent alone.
    informativeness : pandas.Series
        R^2 of each property on held-out sources; below 0 where nothing is learned. The first two scores
        mean nothing of a property that the latents do not hold.
    importance : pandas.DataFrame
        (n_latent, n_properties): share of each latent in the prediction of a property; columns add up to one.
    """

    disentanglement: float
    completeness: float
    informativeness: pd.Series
    importance: pd.DataFrame


def measure_disentanglement(
    latents: Any,
    properties: Mapping[str, ArrayLike],
    *,
    names: list[str] | None = None,
    n_trees: int = N_TREES,
    random_state: RandomState = 0,
) -> Disentanglement:
    """Measure how latents and known properties belong together, by forests that predict each property.

    With the importances p of latents for a property as columns: a latent's disentanglement is 1 minus the
    entropy of its row (normalised, to the base n_properties), averaged with the rows' sums as weights; a
    property's completeness is 1 minus the entropy of its column, to the base n_latent.

    Parameters
    ----------
    latents : (n_samples, n_latent)
    properties : mapping of name -> (n_samples,), or pandas.DataFrame
        At least two, numbers; sources without one of them (NaN) are left out.
    names : list of str, optional
        Of the latents.
    n_trees : int
    random_state

    Raises
    ------
    DataError
        When there are fewer than two properties or latents, or fewer than 40 sources with all of them.

    Examples
    --------
    >>> factors = np.random.default_rng(0).normal(size=(400, 2))
    >>> properties = {"mass": factors[:, 0], "age": factors[:, 1]}
    >>> turned = factors @ np.array([[1.0, 1.0], [1.0, -1.0]])
    >>> scores = [measure_disentanglement(z, properties, n_trees=20) for z in (factors, turned)]
    >>> scores[0].disentanglement > 0.9, scores[1].disentanglement < 0.3
    (True, True)
    """
    import pandas as pd

    latents = as_latents(latents)
    table = pd.DataFrame({name: np.asarray(values, float) for name, values in properties.items()})
    names = names or [f"latent {k}" for k in range(latents.shape[1])]
    _check(latents, table)
    usable = np.isfinite(latents).all(1) & np.isfinite(table.to_numpy()).all(1)
    columns, r2 = {}, {}
    for name in table.columns:
        columns[name], r2[name] = _importance(
            latents[usable], table[name].to_numpy()[usable], n_trees, as_seed(random_state)
        )
    importance = pd.DataFrame(columns, index=names)
    share = importance.to_numpy()
    of_latents, of_properties = share.sum(1), share.sum(0)
    return Disentanglement(
        float(np.average(1 - _entropy(share.T), weights=of_latents)) if of_latents.any() else 0.0,
        float(np.mean(1 - _entropy(share)[of_properties > 0])) if of_properties.any() else 0.0,
        pd.Series(r2, name="r2"),
        importance,
    )


def _importance(latents: np.ndarray, values: np.ndarray, n_trees: int, seed: int) -> tuple[np.ndarray, float]:
    """Shares of the latents in a forest for one property, and its R^2 on sources held out."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import train_test_split

    learned, judged, truth, held_out = train_test_split(
        latents, values, test_size=HELD_OUT, random_state=seed
    )
    forest = RandomForestRegressor(n_trees, max_features=1.0, min_samples_leaf=5, random_state=seed)
    forest.fit(learned, truth)
    return forest.feature_importances_, float(forest.score(judged, held_out))


def _entropy(share: np.ndarray) -> np.ndarray:
    """Normalised entropy of each column: 1 where all rows are alike, 0 where one has everything."""
    total = share.sum(0)
    p = share / np.where(total > 0, total, 1)
    return -(p * np.log(np.where(p > 0, p, 1))).sum(0) / np.log(len(share))


def _check(latents: np.ndarray, table: pd.DataFrame) -> None:
    same = len(table) == len(latents)
    whole = np.isfinite(latents).all(1) & np.isfinite(table.to_numpy()).all(1) if same else np.zeros(0, bool)
    if table.shape[1] < 2 or latents.shape[1] < 2 or not same or whole.sum() < 40:
        raise DataError(
            "disentanglement",
            expected="2 latents and 2 properties or more, and 40 sources or more that have all of them",
            got=f"{latents.shape[1]} latents of {len(latents)} sources, {table.shape[1]} properties of"
            f" {len(table)}, {int(whole.sum())} with all",
            next_step="Leave out properties that few sources have.",
        )
