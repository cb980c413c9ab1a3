"""The whole study in two calls, and what it measured on the real labelled table."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data import Provenance, describe
from ...evaluation import log_loss, read_results, write_results
from . import autoencoder, latents, meaning, recovery, scores
from .classifier import (
    BLEND,
    CLUSTERS,
    COLOURS,
    COUNTERPARTS,
    FOREST,
    FOREST_COLOURS,
    METHODS,
    TUNED,
    cross_validate,
)
from .sample import COMPACT, load, load_labelled

if TYPE_CHECKING:
    import pandas as pd

FILE = "results.json"
_TABLES = ("methods", "pair", "classes")
PAIR = {"AGN": "AGN", **dict.fromkeys(COMPACT, "compact object")}


def reproduce_table(
    source: str = "real", *, path: str | None = None, n_repeats: int = 1, random_state: int = 0
) -> dict[str, Any]:
    """Classify a labelled table, every source by models that have not seen it.

    Returns
    -------
    dict
        `n_sources`; the tables `methods` (8 classes) and `pair` (AGN against compact objects), as of
        `compare_methods`, and `classes`; `log_loss`, `calibration_error` with what chance would show, and
        exceed once in twenty; and the curve `reliability`.
    """
    data = load_labelled(source, path=path)
    whole = cross_validate(data, methods=(*METHODS, TUNED), n_repeats=n_repeats, random_state=random_state)
    pair = cross_validate(
        data,
        methods=(FOREST, FOREST_COLOURS, BLEND, COLOURS, CLUSTERS),
        merge=PAIR,
        n_repeats=n_repeats,
        random_state=random_state,
    )
    found = scores.calibration(whole)
    return {
        "n_sources": len(whole.labels),
        "n_repeats": n_repeats,
        "methods": scores.compare_methods(whole),
        "pair": scores.compare_methods(pair),
        "classes": scores.compare_classes(whole),
        "log_loss": log_loss(whole.probabilities[BLEND], whole.code),
        "calibration_error": found.error,
        "calibration_error_by_chance": found.error_by_chance,
        "calibration_error_by_chance_high": found.error_by_chance_high,
        "reliability": {
            name: getattr(found, name).tolist() for name in ("stated", "observed", "low", "high", "n")
        },
    }


def reproduce(
    source: str = "embedded",
    *,
    n_sources: int = 2000,
    epochs: int | None = None,
    random_state: int = 0,
) -> dict[str, Any]:
    """Run the part on simulated spectra: the autoencoder, its latents, and what they mean.

    Parameters
    ----------
    source : {"embedded", "real"}
        Of the response.
    n_sources : int
    epochs : int, optional
        Of a new fit; by default the autoencoder that ships is taken.
    random_state : int

    Returns
    -------
    dict
        `n_sources`, and the tables `fidelity`, `accuracy`, `correlations`, `formulas`, `recovery`.
    """
    spectra = load(source, n_sources=n_sources, random_state=random_state)
    model = autoencoder.shipped_network()
    if epochs is not None:
        model, _ = autoencoder.fit_network(spectra, epochs=epochs, random_state=random_state)
    binned = autoencoder.bin_simulated(spectra)
    z = autoencoder.encode(model, binned)
    known = meaning.describe_spectra(binned, spectra)
    folding = recovery.folding_of(source, spectra)
    return {
        "n_sources": len(z),
        "fidelity": latents.fidelity_by_counts(model, binned),
        "accuracy": latents.tell_apart(z, latents.labels_of(spectra), random_state=random_state),
        "correlations": meaning.correlate(z, known),
        "formulas": meaning.formulas(z, known),
        "recovery": recovery.recover(model, folding, random_state=random_state),
    }


def load_results() -> dict[str, Any]:
    """Return what `reproduce_table("real")` measured, shipped so that it needs neither files nor time.

    `freeze_results` makes it anew.

    Examples
    --------
    >>> results = load_results()
    >>> results["n_sources"]
    3126
    """
    content = resources.files(__package__).joinpath(FILE).read_bytes()
    results = read_results(content, _TABLES)
    Provenance.of_bundled(
        "xray-spectra-results",
        content,
        role="truth_check",
        source="measured by astrokit on the data set chandra-classes",
        citation=describe("chandra-classes").citation,
    )
    return results


def freeze_results(path: str | Path, results: Mapping[str, Any] | None = None) -> None:
    """Measure the labelled Chandra sources and write the results as JSON, for `load_results`."""
    write_results(path, results or reproduce_table("real"), _TABLES)


def compare(
    paper: Mapping[str, Any], table: Mapping[str, Any], accuracy: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The paper, the real table and simulated spectra side by side, as texts: a row a quantity.

    Parameters
    ----------
    paper : mapping
        `PAPER`.
    table : mapping
        Of `reproduce_table` or `load_results`.
    accuracy : DataFrame, optional
        Of `tell_apart`, of simulated spectra.
    """
    import pandas as pd

    rows = {}
    for words, key, of_paper in (
        ("8 classes", "methods", paper["balanced_accuracy"]),
        ("AGN, compact", "pair", paper["balanced_accuracy_pair"]),
    ):
        real = table[key].set_index("method")
        simulated = {} if accuracy is None else _simulated(accuracy, words)
        rows[f"{words}: clusters"] = (
            f"{of_paper:.2f}",
            _text(real.loc[CLUSTERS]),
            simulated.get("clusters", ""),
        )
        rows[f"{words}: forest"] = ("", _text(real.loc[FOREST]), simulated.get("forest", ""))
        rows[f"{words}: blend, X-rays"] = ("", _text(real.loc[BLEND]), "")
        rows[f"{words}: blend, no total flux"] = ("", _text(real.loc[COLOURS]), "")
    full = table["methods"].set_index("method")
    rows["8 classes: with light"] = ("", _text(full.loc[COUNTERPARTS]), "")
    columns = ["paper", "real table", "simulated spectra"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _simulated(accuracy: pd.DataFrame, words: str) -> dict[str, str]:
    own = accuracy[accuracy["classes"] == words].set_index("method")
    return {str(method): _text(row) for method, row in own.iterrows()}


def _text(row: Any) -> str:
    return f"{row['accuracy']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
