"""What does each latent mean? Its correlations with measured properties, with intervals and false discoveries
held down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import false_discovery_control, norm, rankdata

from ..errors import ParameterError
from ..evaluation.bootstrap import LEVEL
from ..random import RandomState, as_generator
from .scaling import as_latents

if TYPE_CHECKING:
    import pandas as pd

MAX_BLOCKS = 5_000  # more groups than this are dealt into so many, which leaves intervals as wide as they are
FEWEST = 10  # sources, or groups of them, below which a correlation is not stated
KINDS = ("linear", "rank")


def correlates(
    latents: Any,
    properties: Mapping[str, ArrayLike] | pd.DataFrame,
    *,
    groups: ArrayLike | None = None,
    names: list[str] | None = None,
    n_resamples: int = 500,
    level: float = LEVEL,
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """Correlate every latent with every property, linearly (Pearson) and by ranks (Spearman).

    Intervals are percentiles over resamples of whole groups, the same ones for all pairs. The p-value is
    that of Fisher's z = arctanh r, normal with the spread that the resamples give it; q-values hold the
    false discovery rate over the whole table (Benjamini & Hochberg 1995). Ranks are those of the sample, in
    the resamples too.

    Parameters
    ----------
    latents : (n_samples, n_latent)
    properties : {name: (n_samples,)} or table
        Numbers; each pair uses the sources that have both.
    groups : (n_samples,), optional
        Sources that belong together, for instance repeated observations; without it every row is its own.
    names : list of str, optional
        Of the latents; "latent 0", "latent 1", ... by default.
    n_resamples, level, random_state

    Returns
    -------
    pandas.DataFrame
        A row a pair, the strongest rank correlation first: `latent`, `property`, `n`, and for `linear` and
        `rank` the correlation, its `_low` and `_high`, its `_p` and `_q`. A pair with fewer than 10 sources
        or groups, or without variation, has NaN.

    Raises
    ------
    ParameterError
        When lengths do not fit or a property is not numbers.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> latents = rng.normal(size=(300, 2))
    >>> table = correlates(latents, {"log period": 2 * latents[:, 1] + rng.normal(size=300)})
    >>> table.loc[0, "latent"], bool(table.loc[0, "rank_low"] > 0.7)
    ('latent 1', True)
    """
    import pandas as pd

    latents = as_latents(latents)
    n_samples, n_latent = latents.shape
    names = names or [f"latent {column}" for column in range(n_latent)]
    _check_length("names of latents", names, n_latent)
    rng = as_generator(random_state)
    block = _blocks(groups, n_samples, rng)
    counts = _resamples(int(block.max(initial=0)) + 1, n_resamples, rng)
    rows: list[dict[str, Any]] = []
    for name in properties:
        values = _numbers(name, properties[name], n_samples)
        for column in range(n_latent):
            both = np.isfinite(values) & np.isfinite(latents[:, column])
            pair: dict[str, Any] = {"latent": names[column], "property": name, "n": int(both.sum())}
            x, y, of = latents[both, column].astype(float), values[both], block[both]
            for kind, (a, b) in zip(KINDS, ((x, y), (rankdata(x), rankdata(y))), strict=True):
                found = _compare(_moments(a, b, of, counts.shape[1]), counts, level)
                keys = kind, f"{kind}_low", f"{kind}_high", f"{kind}_p"
                pair |= dict(zip(keys, found, strict=True))
            rows.append(pair)
    table = pd.DataFrame(rows)
    for kind in KINDS:
        table.insert(
            table.columns.get_loc(f"{kind}_p") + 1, f"{kind}_q", _q_values(table[f"{kind}_p"].to_numpy())
        )
    return table.sort_values("rank", key=np.abs, ascending=False, ignore_index=True)


def _blocks(groups: ArrayLike | None, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    """The block (n_samples,) that each row is resampled with: its group, or several groups together."""
    code = np.arange(n_samples)
    if groups is not None:
        _check_length("groups", np.asarray(groups), n_samples)
        code = np.unique(np.asarray(groups), return_inverse=True)[1]
    n_groups = int(code.max(initial=0)) + 1
    return code if n_groups <= MAX_BLOCKS else (rng.permutation(n_groups) % MAX_BLOCKS)[code]


def _resamples(n_blocks: int, n_resamples: int, rng: np.random.Generator) -> np.ndarray:
    """How often each block is in each resample: (n_resamples, n_blocks)."""
    drawn = (rng.integers(n_blocks, size=n_blocks) for _ in range(n_resamples))
    return np.array([np.bincount(each, minlength=n_blocks) for each in drawn], float)


def _moments(x: np.ndarray, y: np.ndarray, block: np.ndarray, n_blocks: int) -> np.ndarray:
    """Sums of 1, x, y, xx, yy, xy over each block, (n_blocks, 6): enough for any resample."""
    if len(x) == 0:
        return np.zeros((n_blocks, 6))
    x, y = (x - x.mean()) / (x.std() or 1), (y - y.mean()) / (y.std() or 1)
    columns = (np.ones_like(x), x, y, x * x, y * y, x * y)
    return np.column_stack([np.bincount(block, weights=each, minlength=n_blocks) for each in columns])


def _correlation(sums: np.ndarray) -> np.ndarray:
    """Pearson's r from sums (..., 6)."""
    n, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    variances = (n * xx - x * x) * (n * yy - y * y)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = (n * xy - x * y) / np.sqrt(variances)
    return np.where(variances > 1e-12 * n**4, np.clip(r, -1, 1), np.nan)


def _compare(sums: np.ndarray, counts: np.ndarray, level: float) -> tuple[float, float, float, float]:
    """(r, low, high, p) from the sums of each block and how often it is in each resample."""
    r, resampled = float(_correlation(sums.sum(0))), _correlation(counts @ sums)
    resampled = resampled[np.isfinite(resampled)]
    if (sums[:, 0] > 0).sum() < FEWEST or not np.isfinite(r) or len(resampled) == 0:
        return (np.nan,) * 4
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return r, float(low), float(high), _p_value(r, resampled)


def _p_value(r: float, resampled: np.ndarray) -> float:
    within = 1 - 1e-12  # a perfect correlation has an infinite z
    spread = np.arctanh(np.clip(resampled, -within, within)).std()
    z = abs(np.arctanh(np.clip(r, -within, within)))
    return float(2 * norm.sf(z / spread)) if spread > 0 else 0.0


def _q_values(p_values: np.ndarray) -> np.ndarray:
    stated = np.isfinite(p_values)
    q_values = np.full(len(p_values), np.nan)
    if stated.any():
        q_values[stated] = false_discovery_control(p_values[stated])
    return q_values


def _numbers(name: str, values: ArrayLike, n_samples: int) -> np.ndarray:
    _check_length(f"property {name!r}", np.asarray(values), n_samples)
    try:
        return np.asarray(values, float)
    except (TypeError, ValueError):
        raise ParameterError(
            f"property {name!r}",
            expected="numbers",
            got=str(np.asarray(values).dtype),
            next_step="Leave classes and names out; compare classes by colour on the map.",
        ) from None


def _check_length(what: str, values: Any, expected: int) -> None:
    if len(values) != expected:
        raise ParameterError(
            what, expected=f"{expected:,} entries", got=f"{len(values):,}", next_step="Pass one for each."
        )
