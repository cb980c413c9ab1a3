"""Ten latents of light curves beside features made by hand, as inputs of one forest on the same folds.

The features are those of the `light-curve` package, which is no dependency of astrokit (GPL-3): install it
for this comparison with `pip install light-curve`, best into an environment of its own. The light curves are
those of Catalina (`ASTROKIT_DATA`): the 6,000 sources that the networks have not seen.
"""

import importlib.util
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from astrokit.errors import AstrokitError
from astrokit.evaluation import accuracy_gain, probe
from astrokit.studies import gaia_variables as study
from astrokit.studies.gaia_variables.curves.observations import LightCurves
from astrokit.studies.gaia_variables.curves.results import load_held_out
from astrokit.studies.gaia_variables.curves.sample import SCORED

PAIRS = (
    ("ten latents", "features"),
    ("latents, log period", "features, log period"),
    ("latents, features, log period", "features, log period"),
    ("latents, features, log period", "latents, log period"),
)
HIGHEST_FREQUENCY = 2 * np.pi * 25  # per day, in radians


def feature_maker() -> Any:
    """What the package offers for one band; no brightness and no number of observations."""
    import light_curve as lc

    quantiles = [lc.InterPercentileRange(q) for q in (0.02, 0.1, 0.25)]
    ratios = [lc.MagnitudePercentageRatio(*q) for q in ((0.4, 0.05), (0.2, 0.05))]
    plain = (
        "Amplitude AndersonDarlingNormal Cusum EtaE ExcessVariance Kurtosis LinearFit LinearTrend "
        "MaximumSlope MedianAbsoluteDeviation OtsuSplit PercentAmplitude ReducedChi2 Skew "
        "PercentDifferenceMagnitudePercentile StandardDeviation StetsonK"
    )
    power = [lc.Amplitude(), lc.BeyondNStd(2), lc.BeyondNStd(3), lc.StandardDeviation()]
    grid = np.linspace(0.0, HIGHEST_FREQUENCY, 2**18 + 1)
    return lc.Extractor(
        *(getattr(lc, name)() for name in plain.split()),
        *quantiles,
        *ratios,
        *(lc.BeyondNStd(n) for n in (1, 2)),
        lc.MedianBufferRangePercentage(0.1),
        lc.Periodogram(peaks=3, freqs=grid, fast=True, features=power),
    )


def features_of(curves: LightCurves) -> np.ndarray:
    """(n_sources, n_features); 0 where the package makes none."""
    make = feature_maker()
    pieces = [slice(*ends) for ends in pairwise(curves.first)]
    # The package wants times that differ, and `gather` made them so.
    rows = [
        make(curves.mjd[piece], curves.mag[piece], curves.error[piece], sorted=True, fill_value=0.0)
        for piece in pieces
    ]
    return np.nan_to_num(np.asarray(rows, float), posinf=0.0, neginf=0.0)


def timed(call: Callable[..., np.ndarray], *arguments: Any) -> tuple[np.ndarray, float]:
    started = time.perf_counter()
    return call(*arguments), time.perf_counter() - started


def main() -> None:
    if importlib.util.find_spec("light_curve") is None:
        sys.exit("light-curve, the peer of this benchmark, is not installed: pip install light-curve")
    try:
        sample = load_held_out()
    except AstrokitError as error:
        sys.exit(str(error))
    curves = study.gather(sample.observations, sample.sources)
    study.embed(*study.take_sources(sample, np.arange(20))[:2])  # imports and first call
    latents, ours = timed(study.embed, sample.observations, sample.sources)
    features, theirs = timed(features_of, curves)
    print(f"{len(latents)} sources: embed {ours:.1f} s, {features.shape[1]} features {theirs:.1f} s")
    types = sample.sources["type"].to_numpy(int)
    rows, period = np.isin(types, SCORED), np.log10(curves.period_day)[:, None]
    inputs = {
        "ten latents": latents,
        "features": features,
        "latents, log period": np.hstack([latents, period]),
        "features, log period": np.hstack([features, period]),
        "latents, features, log period": np.hstack([latents, features, period]),
    }
    found = {name: probe(x[rows], types[rows], "forest", random_state=0) for name, x in inputs.items()}
    for name, each in found.items():
        print(f"forest on {name}: balanced accuracy {each.accuracy:.3f}")
    for name, rival in PAIRS:
        gain = accuracy_gain(types[rows], found[name].predicted, found[rival].predicted)
        print(f"  {name} minus {rival}: {gain:+.3f}")


if __name__ == "__main__":
    main()
