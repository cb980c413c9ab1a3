"""The same decomposition of bands on photometry of others: SDSS with spectra, and two mocks.

No masses are to be had there. Asked is for the redshift of SDSS DR14 galaxies (observed) or of the second
data challenge of LSST DESC (simulated), or for age and dust of the Euclid mock (simulated).

The estimate is a lower bound: a model tells ten classes of equal counts of the target apart, in galaxies
that it has not seen. The model is a logistic regression on magnitudes and colours, their squares and
products, or a forest on magnitudes and colours: the one whose bound on all five bands is higher.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...data import Provenance, describe
from ...data import load as load_dataset
from ...data.simulate.galaxies import OPTICAL
from ...errors import ParameterError
from ...evaluation import read_results, write_results
from ...explain.information import mutual_information
from ...explain.information.classifier import classifier, default_model
from ...explain.information.mutual import read_classes
from ...random import RandomState, as_generator
from .decompose import Knowing, pairs, synergy_of_bands

if TYPE_CHECKING:
    import pandas as pd

FILE = "photometry.json"
TARGETS = {
    "sdss-dr14": ("redshift",),
    "rail-dc2": ("redshift",),
    "euclid-mock": ("age_gyr", "av_mag"),
}
N_GALAXIES = 3000
FEWEST = 20  # galaxies of a class
STEPS = 3000  # at most, of the logistic regression
_LOGARITHMIC = ("redshift", "age_gyr")
_POPULATION = ("age_gyr", "metallicity", "tau_gyr", "av_mag")
_TABLES = ("sets", "pairs", "bands", "baselines")


class Photometry(NamedTuple):
    """Magnitudes in u to z, (n_samples, 5), and a number for each galaxy, by the name of `target`.

    `groups` (n_samples,) are galaxies of one population of stars, which a mock shows at many redshifts: none
    may learn from its twin.
    """

    magnitude: np.ndarray
    values: np.ndarray
    target: str
    provenance: Provenance
    groups: np.ndarray | None = None


def load_photometry(
    name: str = "sdss-dr14",
    target: str = "redshift",
    *,
    n_galaxies: int = N_GALAXIES,
    random_state: RandomState = 0,
) -> Photometry:
    """Load galaxies with all five magnitudes; of SDSS, those that the spectrum calls GALAXY.

    Parameters
    ----------
    name : str
        One of `TARGETS`.
    target : str
        Redshift and age are taken in log10, and those that are not positive left out.
    n_galaxies : int
        At most so many, drawn at random.

    Raises
    ------
    ParameterError, DataError, FetchError
    """
    _check_question(name, target)
    loaded = load_dataset(name)
    table = loaded.data
    if "class" in table:
        table = table[table["class"] == "GALAXY"]
    table = table.dropna(subset=[*OPTICAL, target])
    if target in _LOGARITHMIC:
        table = table[table[target] > 0]
        table = table.assign(**{target: np.log10(table[target])})
    rows = as_generator(random_state).permutation(len(table))[:n_galaxies]
    table = table.iloc[np.sort(rows)]
    twins = [column for column in _POPULATION if column in table]
    groups = table.groupby(twins).ngroup().to_numpy() if twins else None
    return Photometry(
        table[list(OPTICAL)].to_numpy(float), table[target].to_numpy(float), target, loaded.provenance, groups
    )


def knowing_photometry(
    photometry: Photometry, *, model: str = "logistic", seed: int = 0, **options: Any
) -> Knowing:
    """What bands tell of the target, galaxy by galaxy, through models that have not seen the galaxy.

    Parameters
    ----------
    model : {"logistic", "forest"}
    options
        Of `Knowing`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> magnitude = rng.normal(20, 1, (300, 5))
    >>> made = Photometry(magnitude, magnitude[:, 1], "g", None)
    >>> knowing = knowing_photometry(made)
    >>> knowing.information("g").value > 1 > knowing.information("z").value
    True
    """
    label = with_enough(read_classes(photometry.values))
    groups, chosen = photometry.groups, MODELS[model](seed)

    def local_of(bands: tuple[str, ...]) -> np.ndarray:
        return classifier(features(photometry, bands), label, groups, seed, model=chosen).values

    return Knowing(local_of, inputs=OPTICAL, groups=groups, **options)


def with_enough(label: np.ndarray, fewest: int = FEWEST) -> np.ndarray:
    """Ordered classes, each merged with those above until it has enough rows; the last with the one below.

    Examples
    --------
    >>> with_enough(np.array([0, 0, 0, 1, 2, 2, 3]), fewest=3).tolist()
    [0, 0, 0, 1, 1, 1, 1]
    """
    merged, held = np.zeros(label.max() + 1, int), 0
    for one, count in enumerate(np.bincount(label)):
        merged[one] = merged[max(one - 1, 0)] + (held >= fewest)
        held = count + held * (held < fewest)
    if held < fewest:
        merged = np.minimum(merged, max(merged[-1] - 1, 0))
    return merged[label]


def features(photometry: Photometry, bands: Sequence[str]) -> np.ndarray:
    """Magnitudes and all their differences, (n_samples, k (k + 1) / 2).

    The differences are sums of the magnitudes, but a penalty on slopes is not the same without them.
    """
    columns = [photometry.magnitude[:, OPTICAL.index(band)] for band in bands]
    return np.column_stack([*columns, *(one - other for one, other in combinations(columns, 2))])


def logistic(seed: int = 0) -> Any:
    """Multinomial logistic regression on values, squares and products: classes that are quadrics apart."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    squares = PolynomialFeatures(2, include_bias=False)
    return make_pipeline(StandardScaler(), squares, StandardScaler(), LogisticRegression(max_iter=STEPS))


MODELS = {"logistic": logistic, "forest": default_model}


def reproduce_photometry(
    name: str = "sdss-dr14", target: str = "redshift", *, n_galaxies: int = N_GALAXIES
) -> dict[str, pd.DataFrame]:
    """Decompose the pairs of bands of a data set.

    Returns
    -------
    dict of tables, each with the columns `name` and `target`
        `sets`, one row: `simulated`, `n_galaxies`, the `model` and what it tells from all five bands:
        `value`, `low`, `high` in bits. `pairs`, a row an atom of a pair (pointwise, bits, 90% intervals).
        `bands`, as of `synergy_of_bands`. `baselines`, as of `compare_estimators`.
    """
    import pandas as pd

    photometry = load_photometry(name, target, n_galaxies=n_galaxies)
    knowing = {model: knowing_photometry(photometry, model=model) for model in MODELS}
    baselines = compare_estimators(photometry, knowing)
    best = baselines[baselines["estimator"].isin(MODELS)].sort_values("value").iloc[-1]
    chosen = knowing[best["estimator"]]
    rows = [
        {"first": first, "second": second, **row}
        for (first, second), found in pairs(chosen).items()
        for row in found.as_table()
    ]
    one = {
        "simulated": photometry.provenance.simulated,
        "n_galaxies": len(photometry.values),
        **best.rename({"estimator": "model"}),
    }
    tables = {
        "sets": pd.DataFrame([one]),
        "pairs": pd.DataFrame(rows).drop(columns=["bias", "unit"]),
        "bands": synergy_of_bands(chosen).reset_index(),
        "baselines": baselines,
    }
    return {key: table.assign(name=name, target=target) for key, table in tables.items()}


def compare_estimators(photometry: Photometry, knowing: Mapping[str, Knowing]) -> pd.DataFrame:
    """The information of all five bands in bits: `estimator`, `value`, `low`, `high`.

    Beside the models of `knowing` two estimators that learn nothing: Gaussian copula, nearest neighbours.
    """
    import pandas as pd

    rows = [[model, *known.information("optical")] for model, known in knowing.items()]
    for estimator in ("gaussian", "ksg"):
        found = mutual_information(
            photometry.magnitude,
            photometry.values,
            estimator=estimator,
            groups=photometry.groups,
            unit="bits",
        )
        rows.append([estimator, found.value, found.low, found.high])
    return pd.DataFrame(rows, columns=["estimator", "value", "low", "high"])


def freeze_photometry(path: str | Path) -> None:
    """Write `reproduce_photometry` of all `TARGETS` as JSON, whole or not at all."""
    import pandas as pd

    found = [reproduce_photometry(name, target) for name, able in TARGETS.items() for target in able]
    tables = {key: pd.concat([one[key] for one in found], ignore_index=True) for key in _TABLES}
    write_results(path, tables, _TABLES)


def frozen_photometry(name: str = "sdss-dr14", target: str = "redshift") -> dict[str, pd.DataFrame]:
    """What `reproduce_photometry` gave for a data set when the study was last frozen.

    Examples
    --------
    >>> frozen_photometry()["sets"]["simulated"].tolist()
    [False]
    """
    _check_question(name, target)
    content = resources.files(__package__).joinpath(FILE).read_bytes()
    results = {
        key: table[(table["name"] == name) & (table["target"] == target)].reset_index(drop=True)
        for key, table in read_results(content, _TABLES).items()
    }
    Provenance.of_bundled(
        f"{name}-results",
        content,
        role="truth_check",
        source=f"measured by astrokit on the data set {name}",
        citation=describe(name).citation,
        simulated=describe(name).simulated,
    )
    return results


def _check_question(name: str, target: str) -> None:
    if target not in TARGETS.get(name, ()):
        raise ParameterError(
            "name and target",
            expected="; ".join(f"{key}: {', '.join(able)}" for key, able in TARGETS.items()),
            got=f"{name!r} and {target!r}",
            next_step="Choose one of these.",
        )
