"""What the score is worth: against rivals, class by class, and which data it comes from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...evaluation import accuracy_gain, balanced_accuracy, mean_over_classes, recalls, share_out
from .classifier import BLEND, N_FOLDS, PLAIN, Scores, fitted, quick_trees
from .sample import FEATURES, GROUPS, GaiaVariables

if TYPE_CHECKING:
    import pandas as pd

    from ...explain import Attribution


def compare_methods(scores: Scores) -> pd.DataFrame:
    """Balanced accuracy of each method, and what the blend gains over it on the same sources.

    Returns
    -------
    DataFrame
        A row a method: `method`, `accuracy` with `low`, `high`, and `gain` with `gain_low`, `gain_high`
        (paired; NaN for the blend itself). Intervals are 90%.
    """
    import pandas as pd

    rows = []
    for method, called in scores.called.items():
        gain = (np.nan,) * 3
        if method != BLEND:
            gain = accuracy_gain(scores.labels, scores.called[BLEND], called)
        rows.append((method, *balanced_accuracy(scores.labels, called), *gain))
    columns = ["method", "accuracy", "low", "high", "gain", "gain_low", "gain_high"]
    return pd.DataFrame(rows, columns=columns)


def compare_classes(scores: Scores, rival: str = PLAIN) -> pd.DataFrame:
    """Recall of each class by the blend (`recalls`), and what it gains over a rival on the same sources.

    Returns
    -------
    DataFrame
        The columns of `recalls`, `rival` (its recall), and `gain` with `gain_low`, `gain_high`, paired.
    """
    table = recalls(scores.labels, scores.called[BLEND])
    hits = {name: scores.called[name] == scores.labels for name in (BLEND, rival)}
    gains = [
        mean_over_classes(hits[BLEND][own].astype(float) - hits[rival][own], scores.labels[own])
        for own in (scores.labels == name for name in table["class"])
    ]
    table["rival"] = recalls(scores.labels, scores.called[rival])["recall"]
    table[["gain", "gain_low", "gain_high"]] = np.array(gains)
    return table


def share_out_groups(
    data: GaiaVariables, scores: Scores, *, n_judged: int = N_FOLDS
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Which data the score comes from: Shapley values of the four groups of features, and each left out.

    The game: boosted trees with class weights see some of the groups, and every source of `n_judged` folds is
    judged by trees that were grown on the other folds. Its worth is the balanced accuracy, that of nothing is
    what guessing gives. A share is exact; its interval is over sources, and the trees are those of one fit.

    Parameters
    ----------
    data, scores
        `scores` has the folds.
    n_judged : int
        So many of them judge.

    Returns
    -------
    whole : DataFrame
        A row a group: `group`, `share` with `low`, `high`; `alone` (accuracy with this group only) and
        `left_out` (what is lost without it) with `left_out_low`, `left_out_high`.
    by_class : DataFrame, index the class, a column a group
        Shares of the recall of each class.
    """
    import pandas as pd

    judged = np.flatnonzero(scores.folds < n_judged)
    points, labels = data.features[scores.rows], scores.labels
    chance = np.full(len(judged), 1 / len(scores.classes))

    def hits(present: tuple[str, ...]) -> np.ndarray:
        if not present:
            return chance
        columns = [FEATURES.index(name) for group in present for name in GROUPS[group]]
        called = np.empty(len(labels), int)
        for fold in range(n_judged):
            learn, judge = np.flatnonzero(scores.folds != fold), np.flatnonzero(scores.folds == fold)
            model = fitted(quick_trees(), points[learn][:, columns], scores.code[learn])
            called[judge] = model.predict(points[judge][:, columns])
        return (called == scores.code)[judged].astype(float)

    shares, worth = share_out(hits, list(GROUPS))
    everything = worth[tuple(GROUPS)]
    rows = []
    for group in GROUPS:
        others = tuple(each for each in GROUPS if each != group)
        alone = mean_over_classes(worth[group,], labels[judged]).value
        lost = mean_over_classes(everything - worth[others], labels[judged])
        rows.append((group, *mean_over_classes(shares[group], labels[judged]), alone, *lost))
    columns = ["group", "share", "low", "high", "alone", "left_out", "left_out_low", "left_out_high"]
    by_class = pd.DataFrame(
        {group: pd.Series(share).groupby(labels[judged]).mean() for group, share in shares.items()}
    )
    return pd.DataFrame(rows, columns=columns), by_class


def explain(data: GaiaVariables) -> Attribution:
    """Shapley values of boosted trees with class weights, for all sources, an output a class, in log-odds.

    The trees are `quick_trees`, grown on all sources with a class: a picture of what tells the classes apart.
    What the score rests on, `share_out_groups` tells.
    """
    from ...explain import shapley

    rows = data.scored
    labels = data.table["variable_class"].to_numpy(str)[rows]
    classes, code = np.unique(labels, return_inverse=True)
    model = fitted(quick_trees(), data.features[rows], code)
    found = shapley(model, data.features, names=FEATURES)
    return replace(found, output_names=tuple(str(name) for name in classes))


def importance_of_groups(data: GaiaVariables, attribution: Attribution) -> pd.DataFrame:
    """How much each group of inputs moves the answer of a class for the sources of that class.

    Returns
    -------
    DataFrame, index the class, a column a group
        Mean absolute value of the added-up Shapley values of the group, in log-odds.
    """
    import pandas as pd

    groups = {name: list(members) for name, members in GROUPS.items()}
    labels, rows = data.table["variable_class"].to_numpy(str), {}
    for name in attribution.output_names:
        of_class = attribution.output(name).grouped(groups)
        rows[name] = np.abs(of_class.values[labels == name]).mean(0)
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(groups))
