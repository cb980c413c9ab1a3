"""The latent explorer: a map, and panels for details, decoder, trust, outliers and meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ParameterError
from ...latent.scaling import as_latents
from ...random import RandomState
from ..explorer import Explorer
from ..map import LatentMap
from ..map.rows import check_table
from . import static
from .decoder_panel import DecoderPanel
from .decoding import Decoding
from .details import Details
from .guide import GUIDE
from .meaning_panel import MeaningPanel
from .outlier_panel import OutlierPanel
from .pictures import Pictures
from .projections import resolve
from .scene import Scene
from .trust_panel import TrustPanel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..selection import Selection

CLASS = "class"


class LatentExplorer(Explorer):
    """What a model has learned, source by source: a map beside details, decoder, trust, outliers, meaning.

    Parameters
    ----------
    latents : (n_samples, n_latent) array_like
        NaN marks sources without; they have no place on a projection that is made here.
    table : pandas.DataFrame, astropy.table.Table or dict of arrays, optional
        A row for each source: shown with it, and correlated with the latents.
    labels : (n_samples,) array_like, optional
        A class for each source, at most 32; the map is coloured by it.
    channels : dict of (n_samples,) arrays, or list of columns of `table`, optional
        What else the map can be coloured by; without labels it begins with the first.
    names : sequence of str, optional
        Of the latents; "z0", "z1", ... by default.
    detail : callable, optional
        ``detail(row)`` is a picture of the source: a matplotlib figure, PNG bytes, a PIL image, or an array.
    decoder : callable, optional
        From (n, n_latent) to the observations (n, n_out), or to a pair: mean and half width of a band.
    observed : (n_samples, n_out) array_like, or callable row -> (n_out,), optional
        What was seen of the sources, to be drawn beside what the decoder says.
    x : (n_out,) array_like, optional
        Where the decoded values stand, for instance phases or wavelengths; `axis_labels` names both axes.
    projection : array (n_samples, 2), name, two of them, or dict {name: array or name}
        A name is a method of `astrokit.latent.project`: "umap", "pca", ... Past 50,000 rows it is fitted on
        landmarks. Two are shown side by side, with one selection.
    map : LatentMap, optional
        Of another explorer: this one then works on it, with its selection, and shows none of its own.
    selection : Selection, optional
        Shared with other maps of the same sources.

    Raises
    ------
    ParameterError
        Arrays of different lengths, an unknown projection, a decoder with another shape.

    Examples
    --------
    >>> import numpy as np
    >>> latents = np.random.default_rng(0).normal(size=(300, 3))
    >>> explorer = LatentExplorer(latents, {"flux": latents[:, 0]}, projection=latents[:, :2])
    >>> explorer.selection.box(-1, 0, -1, 0)
    Selection(37 of 300 rows: box x in [-1, 0), y in [-1, 0))
    >>> explorer.panel
    'details'
    """

    def __init__(
        self,
        latents: Any,
        table: Any = None,
        *,
        labels: Any = None,
        channels: Any = None,
        names: Sequence[str] | None = None,
        detail: Callable[[int], Any] | None = None,
        decoder: Callable[[np.ndarray], Any] | None = None,
        observed: Any = None,
        x: Any = None,
        axis_labels: tuple[str, str] = ("", ""),
        projection: Any = "umap",
        map: LatentMap | None = None,
        selection: Selection | None = None,
        random_state: RandomState = 0,
        height: int = 480,
    ) -> None:
        latents = as_latents(latents)
        found = _names(names, latents.shape[1])
        check_table(table, len(latents))
        labels = _labels(labels, len(latents))
        decoding = None if decoder is None else Decoding(decoder, latents, observed=observed)
        x = _places(x, decoding)
        if map is None:
            xys = resolve(latents, projection, random_state=random_state)
            maps = _maps(xys, table, _channels(labels, channels), selection, height)
        else:
            if map.index.n_samples != len(latents):
                raise _bad("map", f"one of {len(latents):,} sources", f"{map.index.n_samples:,}")
            xys, maps = {"projection": map.index.positions()}, {"projection": map}
        self._scene = scene = Scene(latents, found, table, labels, maps, Pictures(detail))
        self.details = Details(scene)
        self.decoder = None if decoding is None else DecoderPanel(scene, decoding, x, axis_labels)
        self.trust, self.outliers = TrustPanel(scene, xys), OutlierPanel(scene)
        self.meaning = MeaningPanel(scene)
        panels = {
            "details": self.details, "decoder": self.decoder, "trust": self.trust,
            "outliers": self.outliers, "meaning": self.meaning,
        }  # fmt: skip
        self._panels = {title: panel for title, panel in panels.items() if panel is not None}
        super().__init__(
            scene.map,
            self._panels,
            guide=GUIDE,
            has_own_map=map is None,
            beside=list(maps.values())[1] if len(maps) > 1 else None,
            jobs=scene.jobs,
        )

    @property
    def source(self) -> int:
        """The row in hand; set it to look at another one."""
        return self._scene.source

    @source.setter
    def source(self, row: int) -> None:
        if not 0 <= row < self._scene.n_samples:
            raise _bad("source", f"a row below {self._scene.n_samples:,}", str(row))
        self._scene.source = row

    @property
    def alt(self) -> str:
        """What the picture shows, in a few sentences."""
        return static.describe(self._scene, self.decoder)

    def static(self) -> Figure:
        """The maps, and beside them the decoded observation, pictures of sources, or the latents."""
        return static.draw(self._scene, self.decoder)

    def wait(self) -> None:
        """Wait until all that is under way is done and shown."""
        self.details.wait()
        self.jobs.wait()

    def _own_state(self) -> dict[str, Any]:
        states = {title: panel.state for title, panel in self._panels.items()}
        others = {name: map.state for name, map in list(self._scene.maps.items())[1:]}
        for state in others.values():
            del state["selection"]  # it is the first map's
        return {**states, "other maps": others}

    def _restore_own(self, state: Mapping[str, Any]) -> None:
        # Colours first: a map can only show what it was given.
        for title in ("trust", "outliers", "meaning", "decoder", "details"):
            if title in state and title in self._panels:
                self._panels[title].restore(dict(state[title]))
                self.jobs.wait()
        for name, of_map in state.get("other maps", {}).items():
            if name not in self._scene.maps:
                raise _bad("state", f"maps {', '.join(self._scene.maps)}", name)
            self._scene.maps[name].restore(of_map)


def _channels(labels: Any, channels: Any) -> dict[str, Any]:
    """What the maps can be coloured by: the class first. None stands for a column of the table."""
    others = dict(channels) if isinstance(channels, Mapping) else dict.fromkeys(channels or ())
    return others if labels is None else {CLASS: labels, **others}


def _maps(
    xys: Mapping[str, np.ndarray], table: Any, channels: dict[str, Any], selection: Any, height: int
) -> dict[str, LatentMap]:
    by = next(iter(channels), None)
    made: dict[str, LatentMap] = {}
    for name, xy in xys.items():
        title = name if len(xys) > 1 else ""
        made[name] = LatentMap(
            xy[:, 0], xy[:, 1], table=table, channels=channels, colour_by=by, height=height, title=title,
            selection=selection,
        )  # fmt: skip
        selection = made[name].selection
    return made


def _names(names: Sequence[str] | None, n: int) -> list[str]:
    found = [f"z{k}" for k in range(n)] if names is None else [str(name) for name in names]
    if len(found) != n or len(set(found)) != n:
        raise _bad("names", f"{n} different names, one for each latent", f"{len(set(found))} different")
    return found


def _labels(labels: Any, n_samples: int) -> np.ndarray | None:
    if labels is None:
        return None
    array = np.asarray(labels)
    if array.shape != (n_samples,):
        raise _bad("labels", f"shape ({n_samples:,},)", f"shape {array.shape}")
    return array


def _places(x: Any, decoding: Decoding | None) -> np.ndarray | None:
    if x is None:
        return None
    array = np.asarray(x, float)
    n_out = 0 if decoding is None else decoding.n_out
    if array.shape != (n_out,) or not np.isfinite(array).all():
        raise _bad("x", f"{n_out} finite values, one for each that the decoder gives", f"shape {array.shape}")
    return array


def _bad(what: str, expected: str, got: str) -> ParameterError:
    return ParameterError(what, expected=expected, got=got, next_step="Pass one entry for each source.")
