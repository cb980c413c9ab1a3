"""From observations to features: what the clustering of ULX observations sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...data import Provenance
from ...data import load as load_dataset
from ...data.simulate.ulx import CITATION, simulate_ulx
from ...data.ulx import log_luminosity, read_observations
from ...errors import DataError, ParameterError
from ...evaluation import fit_censored_normal
from ...random import RandomState

if TYPE_CHECKING:
    import pandas as pd

FEATURES = ("log_luminosity", "hardness", "log_peak", "log_scatter")
FEATURE_LABELS = {
    "log_luminosity": "luminosity (log erg/s)",
    "hardness": "hardness (H-S)/(H+S)",
    "log_peak": "peak luminosity (log erg/s)",
    "log_scatter": "variability (log dex)",
}
ULX_LOG_LUMINOSITY = 39.0  # erg/s: the conventional threshold (Kaaret, Feng & Roberts 2017, ARA&A 55, 303)
MIN_SIGNIFICANCE = 3.0  # of a detection; below it the 2-second exposures of slewing make spurious maxima
MIN_DETECTIONS = 5  # of a source; fewer cannot tell scatter from noise
SCATTER_FLOOR_DEX = 0.05  # added in quadrature: a smaller scatter says more of the noise than of the source


class UlxData(NamedTuple):
    """Observations of ULXs, where they come from, and the truth where they are simulated (else None)."""

    observations: pd.DataFrame
    provenance: Provenance
    truth: pd.DataFrame | None


class Sample(NamedTuple):
    """Features for clustering.

    Attributes
    ----------
    points : DataFrame, a row a usable detection
        `source`, `mjd`, `known_pulsar`, the four `FEATURES` and their errors `FEATURE_error`.
    limits : DataFrame, a row an upper limit
        The same columns; `log_luminosity` is the limit, `hardness` is NaN.
    sources : DataFrame, a row a source, index its name
        `known_pulsar`, `n_detections`, `n_limits`, `log_peak` with `log_peak_error`, `hardness` (median; NaN
        where never measured), `scatter_dex` (limits used) and `scatter_detections_dex` (limits dropped).
    left_out : DataFrame
        `source` and the `reason` why it is not in the sample.
    """

    points: pd.DataFrame
    limits: pd.DataFrame
    sources: pd.DataFrame
    left_out: pd.DataFrame


def load(
    source: str = "embedded", *, path: str | None = None, n_sources: int = 60, random_state: RandomState = 0
) -> UlxData:
    """Load observations: simulated ("embedded"), Swift's ("real"), or a user's table ("file").

    Parameters
    ----------
    source : {"embedded", "real", "file"}
    path : str, optional
        For "file": a table with the columns of `astrokit.data.ulx.OBSERVATION_COLUMNS`.
    n_sources, random_state
        Of the simulated population.

    Raises
    ------
    ParameterError, DataError

    Examples
    --------
    >>> data = load("embedded", n_sources=20)
    >>> data.provenance.simulated, len(data.truth)
    (True, 20)
    """
    if source == "embedded":
        population = simulate_ulx(n_sources, random_state=random_state)
        provenance = Provenance.of_simulation("ulx-population", citation=CITATION, random_state=random_state)
        return UlxData(population.observations, provenance, population.truth)
    if source == "real":
        loaded = load_dataset("swift-ulx")
        return UlxData(loaded.data, loaded.provenance, None)
    if source == "file" and path:
        return UlxData(read_observations(path), Provenance.of_file(path), None)
    raise ParameterError(
        "source of the ULX observations",
        expected='"embedded", "real", or "file" with a path',
        got=f"{source!r} with path {path!r}",
        next_step='Set `source` (and `path` for "file").',
    )


def prepare(observations: pd.DataFrame) -> Sample:
    """Turn observations into features: luminosity, hardness, the source's peak luminosity and its
    variability.

    Upper limits are neither dropped nor taken as detections: they enter the variability of their source (a
    normal distribution of log luminosity fitted to detections and limits) and are scored later by the
    probability of lying below them. Of the rows flagged `bad` (unreliable centroid), upper limits are used
    and detections are not; nor are detections below `MIN_SIGNIFICANCE`. Sources whose `role` is neither "ulx"
    nor "pulsar", that never reach 1e39 erg/s, or that have fewer than `MIN_DETECTIONS` detections are left
    out, by name.

    Raises
    ------
    DataError
        When fewer than two sources or no known pulsar remain; the message counts the reasons.

    Examples
    --------
    >>> sample = prepare(load("embedded", n_sources=20).observations)
    >>> set(FEATURES) <= set(sample.points.columns)
    True
    """
    import pandas as pd

    table = observations.assign(
        log_luminosity=log_luminosity(observations["rate"], observations["distance_mpc"]),
        log_luminosity_error=observations["rate_error"] / observations["rate"] / np.log(10),
        bad=observations.get("bad", False),
    )
    significant = table["rate_error"] * MIN_SIGNIFICANCE <= table["rate"]
    table["detected"] = ~table["upper_limit"] & ~table["bad"] & significant
    rows, reasons = {}, {}
    for name, group in table.groupby("source"):
        reason = _why_left_out(group)
        if reason:
            reasons[name] = reason
        else:
            rows[name] = _summarise(group)
    left_out = pd.DataFrame({"source": list(reasons), "reason": list(reasons.values())})
    sources = pd.DataFrame.from_dict(rows, orient="index").rename_axis("source")
    _check_sample(sources, left_out, table)
    kept = table[table["source"].isin(sources.index)]
    detected = kept[kept["detected"] & kept["hardness"].notna()]
    limited = kept[kept["upper_limit"]]
    return Sample(_features(detected, sources), _features(limited, sources), sources, left_out)


def arrays(points: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The features and their errors as arrays (n_samples, 4)."""
    errors = [f"{name}_error" for name in FEATURES]
    return points[list(FEATURES)].to_numpy(float), points[errors].to_numpy(float)


def _check_sample(sources: pd.DataFrame, left_out: pd.DataFrame, table: pd.DataFrame) -> None:
    n_given = table["source"].nunique()
    if len(sources) < 2:
        raise DataError(
            "ULX sample",
            expected="at least 2 usable sources",
            got=f"{len(sources)} usable of {n_given}; left out: {_named(left_out)}",
            next_step="Add observations of those sources, or check their rates, errors and distances.",
        )
    if not sources["known_pulsar"].any():
        pulsars = table.loc[table["known_pulsar"].astype(bool), "source"]
        unusable = left_out[left_out["source"].isin(pulsars)]
        raise DataError(
            "ULX sample",
            expected="at least 1 known pulsar among the usable sources: it sets the threshold",
            got=f"0 among {len(sources)} usable of {n_given}; known pulsars left out: {_named(unusable)}",
            next_step="Set `known_pulsar` to true in all rows of the sources with published pulsations.",
        )


def _named(left_out: pd.DataFrame, most: int = 3) -> str:
    shown = [f"{row.source} ({row.reason})" for row in left_out.head(most).itertuples()]
    more = [f"{len(left_out) - most} more"] if len(left_out) > most else []
    return ", ".join(shown + more) or "none"


def _why_left_out(group: pd.DataFrame) -> str | None:
    role = group["role"].iloc[0] if "role" in group else "ulx"
    if role not in ("ulx", "pulsar"):
        return {"blended": "blended with a neighbour", "imbh": "intermediate-mass black hole"}.get(
            role, "not a ULX"
        )
    n_detected = int(group["detected"].sum())
    if n_detected < MIN_DETECTIONS:
        return f"{n_detected} usable detections, {MIN_DETECTIONS} needed"
    peak = group.loc[group["detected"], "log_luminosity"].max()
    return None if peak >= ULX_LOG_LUMINOSITY else f"peak of 10^{peak:.1f} erg/s is no ULX"


def _summarise(group: pd.DataFrame) -> dict[str, Any]:
    detected, limited = group[group["detected"]], group[group["upper_limit"]]
    values, errors = (detected[name].to_numpy() for name in ("log_luminosity", "log_luminosity_error"))
    limits = limited["log_luminosity"]
    brightest = values.argmax()
    return {
        "known_pulsar": bool(group["known_pulsar"].iloc[0]),
        "n_detections": len(detected),
        "n_limits": len(limited),
        "log_peak": float(values[brightest]),
        "log_peak_error": float(errors[brightest]),
        "hardness": float(detected["hardness"].median()),
        "scatter_dex": fit_censored_normal(values, errors, limits).scatter,
        "scatter_detections_dex": fit_censored_normal(values, errors).scatter,
    }


def _features(table: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    features = table[["source", "mjd", "known_pulsar", "log_luminosity", "log_luminosity_error"]].copy()
    features["hardness"], features["hardness_error"] = table["hardness"], table["hardness_error"]
    features["log_peak"] = table["source"].map(sources["log_peak"])
    features["log_scatter"] = np.log10(
        np.hypot(table["source"].map(sources["scatter_dex"]), SCATTER_FLOOR_DEX)
    )
    # Only the counting error of the brightest visit. Distance and the factor from rate to flux shift peak and
    # luminosity of a source together: no independent error of a row, which is all that the mixture knows, so
    # what they differ by between sources stays in the widths of its components.
    features["log_peak_error"] = table["source"].map(sources["log_peak_error"])
    # A standard deviation of n values is good to 1 / sqrt(2 n), in natural logarithm.
    features["log_scatter_error"] = 1 / np.sqrt(2 * table["source"].map(sources["n_detections"])) / np.log(10)
    return features.reset_index(drop=True)
