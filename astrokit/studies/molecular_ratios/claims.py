"""What the paper says about its ratios, put to these attributions: confirmed, refuted, or not decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .attribution import LABELS, shares
from .intervals import SOURCES, Interval
from .sample import RATIOS

if TYPE_CHECKING:
    import pandas as pd

EVEN = 1 / len(LABELS)  # the share of each input if all mattered the same: above it, a ratio traces an input
OXYGEN_RATIO = "CS/SO"
STATEMENTS = {
    "temperature and density lead": "their smaller share over the largest other, mean of the nine ratios",
    "CN/HCN traces carbon": "share of carbon over an even share",
    "HNC/HCN traces carbon": "share of carbon over an even share",
    "CS/SO traces oxygen": "share of oxygen over an even share",
    "no other ratio traces oxygen": "an even share over the largest share of oxygen among the others",
    "CS/SO traces oxygen more than the others do": "its share of oxygen over the largest of the others",
}


def margins(importance: np.ndarray) -> np.ndarray:
    """By how much each statement of the paper holds, in shares of importance: above 0 if it does.

    Parameters
    ----------
    importance : (9, 7)
        Of `importances`.

    Returns
    -------
    (6,)
        In the order of `STATEMENTS`.
    """
    share = shares(importance)
    of = {label: share[:, k] for k, label in enumerate(LABELS)}
    is_cs = np.array([ratio == OXYGEN_RATIO for ratio in RATIOS])
    oxygen, others = (
        of["oxygen"],
        [of[name].mean() for name in LABELS if name not in ("temperature", "density")],
    )
    return np.array(
        [
            min(of["temperature"].mean(), of["density"].mean()) - max(others),
            of["carbon"][RATIOS.index("CN/HCN")] - EVEN,
            of["carbon"][RATIOS.index("HNC/HCN")] - EVEN,
            oxygen[is_cs][0] - EVEN,
            EVEN - oxygen[~is_cs].max(),
            oxygen[is_cs][0] - oxygen[~is_cs].max(),
        ]
    )


def verdicts(found: Interval) -> pd.DataFrame:
    """Each statement of the paper with the margin by which it holds here, and what that means.

    Parameters
    ----------
    found : Interval
        Of `margins`, (6,).

    Returns
    -------
    DataFrame
        `statement`, `measured` (what the margin is), `margin` with its 90% interval `low` and `high`, half
        the width that each of `SOURCES` alone would give it, and `verdict`: "confirmed" where the interval is
        above 0, "refuted" where it is below.
    """
    import pandas as pd

    table = pd.DataFrame(
        {
            "statement": list(STATEMENTS),
            "measured": list(STATEMENTS.values()),
            "margin": found.value,
            "low": found.low,
            "high": found.high,
            **dict(zip(SOURCES, found.halves, strict=True)),
        }
    )
    chosen = np.select([found.low > 0, found.high < 0], ["confirmed", "refuted"], "not decided")
    return table.assign(verdict=chosen)
