"""What does one network for all subsets lose against networks of their own, for two of them?"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...evaluation import read_results, write_results
from ...evaluation.bootstrap import Estimate, bootstrap_groups
from ...explain.information.units import nats_per
from .network import EPOCHS, IMAGE_EPOCHS, N_LEARNED, SEED_LEARNED, Reading, load_network, train
from .sample import Sample, draw_sample

if TYPE_CHECKING:
    import pandas as pd

    from ...models import BinnedPosterior

FILE = "separate.json"
SUBSETS = ("optical", "images")
N_ASKED = 4000
SEED_ASKED = 12
_TABLES = ("subsets",)


def compare_separate(
    network: BinnedPosterior,
    learned: Sample,
    asked: Sample,
    *,
    subsets: tuple[str, ...] = SUBSETS,
    epochs: int = EPOCHS,
    image_epochs: int = IMAGE_EPOCHS,
    **options: Any,
) -> pd.DataFrame:
    """Train a network for each subset alone, and ask it and the one for all about the same galaxies.

    Parameters
    ----------
    network : BinnedPosterior
        For all subsets, trained on `learned`.
    learned, asked : Sample
    subsets : names of inputs or groups
    epochs, image_epochs, **options
        Of `train`.

    Returns
    -------
    DataFrame, a row a subset
        `subset`; `one` and `own`, the bounds in bits by the network for all and by that of the subset's own;
        `lost`, what the first falls short of the second by, with its paired 90% interval `low`, `high`.
    """
    import pandas as pd

    reading = Reading(network, asked)
    rows = []
    for subset in subsets:
        own, _ = train(learned, inputs=subset, epochs=epochs, image_epochs=image_epochs, **options)
        local = [one.local_information(subset) / nats_per("bits") for one in (reading, Reading(own, asked))]
        lost = paired(local[1] - local[0])
        rows.append([subset, *(float(part.mean()) for part in local), *lost])
    return pd.DataFrame(rows, columns=["subset", "one", "own", "lost", "low", "high"])


def paired(difference: np.ndarray) -> Estimate:
    """Mean of a difference (n_samples,) and its 90% interval, over galaxies."""
    rows = np.arange(len(difference))
    return bootstrap_groups(lambda drawn: float(difference[drawn].mean()), rows)


def freeze_separate(path: str | Path) -> None:
    """Draw again what the network that ships has learned from, compare, and write the results as JSON."""
    learned = draw_sample(N_LEARNED, random_state=SEED_LEARNED)
    write_separate(path, load_network(), learned)


def write_separate(path: str | Path, network: BinnedPosterior, learned: Sample) -> None:
    """Compare with separate networks that learn from `learned`, and write the results as JSON."""
    asked = draw_sample(N_ASKED, random_state=SEED_ASKED)
    found = compare_separate(network, learned, asked, progress=False)
    results = {"n_learned": len(learned.log_mass), "n_asked": N_ASKED, "subsets": found}
    write_results(path, results, _TABLES)


def load_separate() -> dict[str, Any]:
    """Return what `freeze_separate` measured: `n_learned`, `n_asked`, and the table `subsets`.

    Examples
    --------
    >>> load_separate()["subsets"]["subset"].tolist()
    ['optical', 'images']
    """
    return read_results(resources.files(__package__).joinpath(FILE).read_bytes(), _TABLES)
