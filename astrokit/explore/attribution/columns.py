"""Shapley values as columns with names, for selections by range, and as colours of the map."""

from __future__ import annotations

import numpy as np

from ...errors import ParameterError
from ...explain.shapley import Attribution


def column_name(feature: str, output: str = "", title: str = "") -> str:
    """What the Shapley values of a feature are called in a selection and on a map.

    Examples
    --------
    >>> column_name("period", "RR Lyrae", title="forest")
    'forest: Shapley value of period for RR Lyrae'
    """
    begins = f"{title}: " if title else ""
    return f"{begins}Shapley value of {feature}{f' for {output}' if output else ''}"


def columns_of(attribution: Attribution, title: str = "") -> dict[str, np.ndarray]:
    """A column (n_samples,) for each feature and output; views, nothing is copied.

    Raises
    ------
    ParameterError
        Two features with one name.
    """
    found: dict[str, np.ndarray] = {}
    for k, feature in enumerate(attribution.feature_names):
        if not attribution.output_names:
            found[column_name(feature, title=title)] = attribution.values[:, k]
        for place, output in enumerate(attribution.output_names):
            found[column_name(feature, output, title)] = attribution.values[:, k, place]
    n_expected = len(attribution.feature_names) * max(len(attribution.output_names), 1)
    if len(found) < n_expected:
        raise ParameterError(
            "feature_names",
            expected="a name of its own for each feature and output",
            got=f"{n_expected - len(found)} that repeat",
            next_step="Rename the features.",
        )
    return found
