"""What folding and counting compile, ahead of time."""

from __future__ import annotations

import numpy as np


def warm() -> None:
    """Compile, or read from numba's cache, what `fold` and `histogram_of` need: some ten seconds once."""
    import pandas as pd

    from .folding import fold
    from .histograms import histogram_of
    from .observations import gather

    mjd = np.arange(50) * 0.37
    seen = pd.DataFrame({"source_id": 1, "mjd": mjd, "mag": np.sin(mjd), "mag_err": 0.1})
    curves = gather(seen, pd.DataFrame({"source_id": [1], "period": [2 * np.pi]}))
    fold(curves)
    histogram_of(curves)
