"""The truth of the study, frozen: what sets of inputs know of the mass in the simulator, and their atoms."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data.simulate.galaxies import BANDS
from ...evaluation import write_results
from ...evaluation.bootstrap import Estimate
from .coverage import numbers
from .decompose import Knowing
from .inputs import INPUTS
from .known_information import pointwise
from .measurements import Measured, draw_measured
from .network import Reading, load_network
from .sample import draw_sample

if TYPE_CHECKING:
    import pandas as pd

FILE = "known.json"
N_SAMPLES = 5000
SEED = 2026
SUBSETS = (
    ("images",),
    ("optical",),
    ("wise",),
    ("shape",),
    ("optical", "wise"),
    ("optical", "shape"),
    ("images", "optical"),
    ("images", "wise"),
    ("images", "optical", "wise"),
)


def known_table() -> pd.DataFrame:
    """What the inputs know of the mass in bits, from the frozen results.

    Returns
    -------
    DataFrame, index the inputs
        `known`, `low`, `high`: mutual information and its 90% interval, of images to the order of the errors
        of fits to them; `at_most`, `at_most_low`, `at_most_high`: the same with images and shapes without
        noise, which no reading of the pixels can exceed. Where neither is among the inputs, both are one.

    Examples
    --------
    >>> table = known_table()
    >>> bool((table.at_most >= table.known).all())
    True
    """
    import pandas as pd

    frozen = _read()
    rows = {name: [*frozen["known"][name], *frozen["at_most"][name]] for name in frozen["known"]}
    columns = ["known", "low", "high", "at_most", "at_most_low", "at_most_high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("inputs")


def known_numbers() -> dict[str, Estimate]:
    """All of `numbers`, informations, atoms and increments in bits, of the truth: from the frozen results."""
    return {name: Estimate(*values) for name, values in _read()["numbers"].items()}


def missed_table() -> pd.DataFrame:
    """By how many bits the network that ships falls short of what its inputs know: the frozen results.

    Truth and network speak of the same galaxies, so that what makes these easy or hard cancels.

    Returns
    -------
    DataFrame, index the inputs
        `missed`, `low`, `high`: the mean of the pointwise differences and its 90% interval.

    Examples
    --------
    >>> bool((missed_table()["high"] > 0).all())  # nothing knows more than can be known
    True
    """
    import pandas as pd

    columns = ["missed", "low", "high"]
    return pd.DataFrame.from_dict(_read()["missed"], orient="index", columns=columns).rename_axis("inputs")


def missed_by(reading: Reading, truth: Knowing) -> dict[str, Estimate]:
    """Truth less network, in the truth's unit, of each of `SUBSETS`; both of the same galaxies."""
    return {
        " + ".join(names): truth.estimate(truth.local(names) - reading.local_information(names))
        for names in SUBSETS
    }


def knowing_truth(
    measured: Measured, *, exact: bool = False, random_state: int = 0, **options: Any
) -> Knowing:
    """What can be known of galaxies, one by one, from any inputs.

    Parameters
    ----------
    measured : Measured
        `draw_measured(n, random_state=s)` are the galaxies of `draw_sample(n, random_state=s)`, with the same
        noise, so that a network's pointwise informations stand beside the true ones galaxy by galaxy.
    exact : bool
        As in `pointwise`.
    random_state : int
        Of the integrals.
    **options
        Of `Knowing`.

    Examples
    --------
    >>> knowing = knowing_truth(draw_measured(50, images=False))
    >>> knowing.local(["g", "r"]).shape
    (50,)
    """

    def local(names: tuple[str, ...]) -> Any:
        return pointwise(names, measured=measured, exact=exact, random_state=random_state)

    inputs = INPUTS if measured.matrices.shape[1] else BANDS
    return Knowing(local, inputs=inputs, random_state=random_state, **options)


def freeze_known(path: str | Path, *, n_samples: int = N_SAMPLES, random_state: int = SEED) -> None:
    """Compute the truth of fresh galaxies and what the network misses of it, and write both as JSON.

    It takes a third of a second a galaxy.
    """
    measured = draw_measured(n_samples, random_state=random_state)
    truth, bound = (knowing_truth(measured, exact=exact) for exact in (False, True))
    results = {
        "simulated": True,
        "n_samples": n_samples,
        "random_state": random_state,
        "unit": truth.unit,
        "known": {" + ".join(names): [*truth.information(names)] for names in SUBSETS},
        "at_most": {
            " + ".join(names): [*(bound if _seen(names) else truth).information(names)] for names in SUBSETS
        },
        "numbers": {name: [*estimate] for name, estimate in numbers(truth).items()},
    }
    reading = Reading(load_network(), draw_sample(n_samples, random_state=random_state))
    results["missed"] = {names: [*missed] for names, missed in missed_by(reading, truth).items()}
    write_results(path, results, ())


def _seen(names: tuple[str, ...]) -> bool:
    """Whether an image, or what is measured in one, is among the inputs."""
    return not {*names} <= {"optical", "wise"}


def _read() -> dict[str, Any]:
    return json.loads(resources.files(__package__).joinpath(FILE).read_bytes())
