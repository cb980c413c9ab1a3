"""From counts to colours, without a browser; as paint.js does it on a light ground."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .palette import category_colours, palettes_json

if TYPE_CHECKING:
    from ..index import Frame
    from .widget import LatentMap

CELLS = 470, 410  # of a picture without a browser, about one a pixel
MOST_DOTS = 6000  # filled cells that are drawn as dots; as in frame.js
SOFT = 0.2  # counts per cell at which the logarithm bends; as in paint.js
LIGHT = 0.98  # of a colour map: its very end is lost on a white ground
GREY = (222, 225, 231), (140, 147, 160)


def colours_of(name: str, tone: Any) -> np.ndarray:
    """Colours (..., 3) in [0, 1] of a colour map for tones (...), 0 the lightest.

    Examples
    --------
    >>> colours_of("viridis", np.array([1.0])).round(2).tolist()
    [[0.27, 0.0, 0.33]]
    """
    stops = _stops(name)
    places = np.linspace(0, 1, len(stops))
    share = LIGHT * (1 - np.asarray(tone, float))
    return np.stack([np.interp(share, places, channel) for channel in stops.T], axis=-1)


@functools.cache
def _stops(name: str) -> np.ndarray:
    return np.array([rgb_of(code) for code in json.loads(palettes_json())["maps"][name]])


def rgb_of(code: str) -> tuple[float, ...]:
    """A hex code as three numbers in [0, 1]."""
    return tuple(int(code[k : k + 2], 16) / 255 for k in (1, 3, 5))


def shade(map: LatentMap, frame: Frame) -> np.ndarray:
    """(ny, nx, 4) colours of the cells, transparent where nothing is."""
    tone = tone_of(frame.counts, map.stretch)
    rgba = np.ones((*tone.shape, 4))
    if frame.by_category is not None:
        rgba[:] = _mixed(frame.by_category, tone, _shown(map))
    elif frame.mean is not None:
        low, high = map._core.present.values[map.colour_by]
        share = np.nan_to_num((frame.mean - low) / ((high - low) or 1.0))
        rgba[..., :3] = colours_of(map.colour_map, np.clip(share, 0, 1))
        rgba[..., 3] = np.clip(0.45 + 0.7 * tone, 0, 1)
    else:
        rgba[..., :3] = colours_of(map.colour_map, tone)
    if frame.members is not None:
        rest = frame.members == 0
        light, dark = (np.array(grey) / 255 for grey in GREY)
        rgba[rest, :3] = light + (dark - light) * tone[rest, None]
        rgba[rest, 3] = 1
    rgba[frame.counts == 0] = 0
    return as_dots(rgba, frame.counts > 0)


def as_dots(rgba: np.ndarray, filled: np.ndarray, pixels: tuple[int, int] = CELLS) -> np.ndarray:
    """The same colours, but that few filled cells grow to round dots: a lone pixel is hardly seen.

    Sizes as in frame.js: the fewer there are the larger. `pixels` (width, height) is how large the cells will
    be drawn. Where dots touch, the nearer centre keeps the pixel.

    Examples
    --------
    >>> lone = np.zeros((9, 9, 4))
    >>> lone[4, 4] = 1
    >>> int((as_dots(lone, lone[..., 3] > 0, pixels=(9, 9))[..., 3] > 0).sum())
    21
    """
    rows, columns = np.nonzero(filled)
    if not 0 < len(rows) <= MOST_DOTS:
        return rgba
    radius = np.clip(2.6 - 0.45 * np.log2(len(rows) / 300), 1.1, 2.6)
    high, wide = (radius * n / size for n, size in zip(filled.shape, pixels[::-1], strict=True))
    down, right = (np.arange(-int(half), int(half) + 1) for half in (high, wide))
    distance = np.hypot(down[:, None] / high, right / wide)
    grown = np.zeros_like(rgba)
    for place in np.argsort(-distance, axis=None):
        i, j = np.unravel_index(place, distance.shape)
        if distance[i, j] <= 1:
            y, x = rows + down[i], columns + right[j]
            seen = (y >= 0) & (y < filled.shape[0]) & (x >= 0) & (x < filled.shape[1])
            grown[y[seen], x[seen]] = rgba[rows[seen], columns[seen]]
    return grown


def tone_of(counts: np.ndarray, stretch: str) -> np.ndarray:
    """From 0 to 1 by the stretch; one filled cell in 500 is beyond the end of the scale."""
    return tone_by(counts, stretch)(counts)


def tone_by(counts: np.ndarray, stretch: str) -> Callable[[Any], np.ndarray]:
    """The function from a count to its tone, for cells with these counts."""
    filled = np.sort(counts[counts > 0])
    if stretch == "equalised" and len(filled):
        return lambda n: (
            0.5 * sum(np.searchsorted(filled, n, side) for side in ("left", "right")) / len(filled)
        )
    top = max(float(np.quantile(filled, 0.998)), 2.0) if len(filled) else 2.0
    if stretch == "linear":
        return lambda n: np.minimum(np.asarray(n) / top, 1.0)
    return lambda n: np.minimum(np.log1p(np.asarray(n) / SOFT) / np.log1p(top / SOFT), 1.0)


def _shown(map: LatentMap) -> list[int]:
    labels = map._core.present.categories[map.colour_by]
    isolated = [labels.index(label) for label in map.isolated if label in labels]
    return isolated or list(range(len(labels)))


def _mixed(by_category: np.ndarray, tone: np.ndarray, shown: list[int]) -> np.ndarray:
    """Mean colour of the classes in each cell; cells of other classes alone are grey."""
    palette = np.array([rgb_of(category_colours()[k]) for k in shown])
    counts = by_category[shown].astype(np.float32)
    total = counts.sum(axis=0)
    rgba = np.full((*tone.shape, 4), 0.8)
    rgba[..., :3] = np.where(
        total[..., None] > 0, np.einsum("kyx,kc->yxc", counts, palette) / np.maximum(total, 1)[..., None], 0.8
    )
    rgba[..., 3] = np.clip(0.36 + 0.64 * tone, 0, 1)
    return rgba
