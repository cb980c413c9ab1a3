"""What the paper says of its galaxies, asked of simulated ones: of the truth, and of the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ...data.simulate.galaxies import OPTICAL
from ...evaluation.bootstrap import Estimate
from .coverage import LESS

if TYPE_CHECKING:
    import pandas as pd

BAND = "g"
SYNERGY = "synergistic (pointwise)"
# The paper's sentence -> the number that is above zero if it holds; the first has none of its own. What
# images add is all of it, told by them alone or only together: the synergy of two whole sides is negative
# here, in truth as well.
SENTENCES = {
    "synergy is strongest with g": None,
    "images add synergy beyond parameters of the shape": "images after optical and shape",
    "optical images shrink WISE's increment": LESS,
}


def synergy_by_band(numbers: Mapping[str, Estimate]) -> dict[str, float]:
    """Mean synergy of the pairs of optical bands that hold each, of what is known: (band -> value).

    Examples
    --------
    >>> numbers = {"g, r: synergistic (pointwise)": Estimate(1.0, 0.9, 1.1)}
    >>> synergy_by_band(numbers)
    {'g': 1.0, 'r': 1.0}
    """
    ending = f": {SYNERGY}"
    pairs = {
        tuple(name.removesuffix(ending).split(", ")): estimate.value
        for name, estimate in numbers.items()
        if name.endswith(ending)
    }
    of_band = {band: [value for pair, value in pairs.items() if band in pair] for band in OPTICAL}
    return {band: float(np.mean(values)) for band, values in of_band.items() if values}


def compare(
    found: Mapping[str, Estimate], known: Mapping[str, Estimate], bands: pd.DataFrame
) -> pd.DataFrame:
    """The paper's sentences beside what the network and the truth of the simulation say.

    Parameters
    ----------
    found, known : mapping
        `numbers` of the network and of the truth; what is missing is "not asked".
    bands : DataFrame
        `synergy_of_bands` of the network.

    Returns
    -------
    DataFrame, index the sentence
        `number` that decides, in bits; `network` and `truth`, each with its 90% interval as text, but for the
        truth of the first, of which the strongest band is named.
    """
    import pandas as pd

    rows = {}
    for sentence, number in SENTENCES.items():
        if number is not None:
            rows[sentence] = [number, _text(found, number), _text(known, number)]
            continue
        above = bands.loc[BAND, ["above_others", "above_low", "above_high"]] if BAND in bands.index else None
        truth = synergy_by_band(known)
        rows[sentence] = [
            f"synergy with {BAND} less that of the other bands",
            "not asked" if above is None else str(Estimate(*map(float, above))),
            _lead(truth) if BAND in truth else "not asked",
        ]
    return pd.DataFrame.from_dict(rows, orient="index", columns=["number", "network", "truth"]).rename_axis(
        "the paper"
    )


def _text(numbers: Mapping[str, Estimate], name: str) -> str:
    return str(numbers[name]) if name in numbers else "not asked"


def _lead(of_band: Mapping[str, float]) -> str:
    others = [value for band, value in of_band.items() if band != BAND]
    strongest = max(of_band, key=lambda band: of_band[band])
    return f"{of_band[BAND] - np.mean(others):.2f}, strongest: {strongest}"
