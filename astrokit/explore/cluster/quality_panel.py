"""The panel of quality: how well clusters hold apart, and how far they agree with the classes of sources."""

from __future__ import annotations

from typing import Any, NamedTuple

import ipywidgets
import numpy as np

from ...cluster import Clustering, Silhouette, label_agreement, silhouette
from ...errors import DataError
from ...evaluation import Estimate
from ..explorer import note
from ..index.channels import encode
from ..jobs import Stop
from .panel import Panel
from .scene import Scene
from .tables import table_with_swatches

N_LISTED = 31
N_QUERIES, N_RESAMPLES = 2_000, 200


class Quality(NamedTuple):
    """Of some clusters; `apart` is None where there are fewer than two, the rest where no class is known."""

    apart: Silhouette | None
    agreement: Estimate | None
    among_clusters: Estimate | None  # the same without noise
    classes: tuple[np.ndarray, list[str]] | None  # of each cluster against each class, and their names


class QualityPanel(Panel):
    """Silhouettes and agreement, measured when the panel is looked at."""

    def __init__(self, scene: Scene) -> None:
        self.quality: Quality | None = None
        self._words, self._list = ipywidgets.HTML(note("Not measured yet.")), ipywidgets.HTML()
        self._list.add_class("ak-scroll")
        super().__init__(scene, [self._words, self._list])

    def update(self) -> None:
        scene, clustering = self._scene, self._scene.clustering
        self.quality = None
        self._words.value, self._list.value = note("Measuring …"), ""

        def work(stop: Stop) -> Quality:
            found = measure(scene, clustering)
            if stop():  # by hand, or since the clusters have changed: then another measurement is under way
                self._words.value = note("Stopped. Open this panel again to measure.")
                self._is_stale = True
            return found

        def done(quality: Quality) -> None:
            if scene.clustering is clustering:
                self._take(quality)

        scene.jobs.start("quality", "measuring the clusters", work, done)

    @property
    def alt(self) -> str:
        """What is measured; "" before."""
        return "" if self.quality is None else _in_words(self.quality, len(self._scene.fits.rows))

    def _take(self, quality: Quality) -> None:
        self.quality = quality
        scene = self._scene
        self._words.value = f'<div role="status">{note(self.alt)}</div>'
        labels = scene.by_size[:N_LISTED]
        columns = {"sources": [f"{scene.sizes[label]:,}" for label in labels]}
        if quality.apart is not None:
            columns["silhouette"] = [_number(quality.apart.by_cluster, label) for label in labels]
        if quality.classes is not None:
            columns["mostly"] = [_mostly(*quality.classes, int(label)) for label in labels]
        self._list.value = table_with_swatches(scene, labels, columns, caption="clusters by size")


def measure(scene: Scene, clustering: Clustering) -> Quality:
    """Silhouettes of some of the fitted sources, and agreement of all fitted ones that have a class."""
    rows = scene.fits.rows
    labels, groups = clustering.labels[rows], None if scene.groups is None else scene.groups[rows]
    apart = None
    if len(np.unique(labels[labels >= 0])) > 1:
        apart = silhouette(scene.fits.fitted, labels, groups=groups, n_queries=N_QUERIES)
    if scene.labels is None:
        return Quality(apart, None, None, None)
    codes, names = encode(scene.labels)
    codes = np.asarray(codes)[rows]
    known = (codes >= 0) & (np.array(names)[codes] != "")
    table = np.zeros((clustering.n_clusters + 1, len(names)), int)
    np.add.at(table, (labels[known], codes[known]), 1)  # the last row: noise
    given = np.where(known, codes.astype(float), np.nan)
    both = [_agreement(labels, given, groups, with_noise) for with_noise in (True, False)]
    return Quality(apart, both[0], both[1], (table, names))


def _agreement(labels: np.ndarray, classes: np.ndarray, groups: Any, with_noise: bool) -> Estimate | None:
    options = {"groups": groups, "with_noise": with_noise, "n_resamples": N_RESAMPLES}
    try:
        return label_agreement(labels, classes, **options)
    except DataError:  # nothing but noise, or no source with a class
        return None


def _in_words(quality: Quality, n_rows: int) -> str:
    """The measures in a few sentences."""
    said = [f"Measured on {n_rows:,} sources; 90% intervals."]
    if quality.apart is None:
        said.append("Silhouettes need two clusters.")
    else:
        said.append(f"Silhouette {_interval(quality.apart.mean)}: 1 deep inside a cluster, 0 between two.")
        said.append("Long and bent clusters score low and can be right.")
    if quality.agreement is not None:
        said.append(f"Adjusted Rand index with the classes {_interval(quality.agreement)},")
        said.append("noise counted as one more cluster.")
    if quality.among_clusters is not None:
        said.append(f"Without the noise {_interval(quality.among_clusters)}.")
    if quality.classes is None:
        said.append("Pass `labels` to compare clusters with classes.")
    return " ".join(said)


def _interval(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _number(values: np.ndarray, label: int) -> str:
    return f"{values[label]:.2f}" if label < len(values) and np.isfinite(values[label]) else "-"


def _mostly(table: np.ndarray, names: list[str], label: int) -> str:
    """The class that most of a cluster's sources have, among those with a class."""
    n = table[label].sum()
    most = int(table[label].argmax()) if n else 0
    return f"{names[most]} ({table[label, most] / n:.0%})" if n else "-"
