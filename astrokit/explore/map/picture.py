"""The map without a browser: a figure of the present view, a small PNG of it, and the sentence beside it."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ...plotting import png_bytes
from ...plotting.figure import INK, QUIET, new_figure, plain
from .core import DENSITY
from .palette import category_colours

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..index import Frame
    from .widget import LatentMap

WIDTH, HEIGHT, DPI = 640, 480, 110
CELLS = 470, 410  # of the plot itself, about one a pixel
PLOT = 0.075, 0.075, 0.735, 0.855  # left, bottom, width, height in shares of the figure
SCALE = 0.83, 0.075, 0.025, 0.855
MAX_TITLE, FULL_SIZE = 100, 72  # characters of a title: at most, and at the full size of its letters
MAX_NAME = 24  # characters of a class in the legend
PALETTE = 256  # colours of the PNG: a third of the bytes of full colour, and nobody sees it
SOFT = 0.2  # counts per cell at which the logarithm bends; as in paint.js


def describe(map: LatentMap) -> str:
    """One sentence: what is shown, coloured by what, how much of it is selected."""
    core = map._core
    title = f"{map.title}: map" if map.title else "Map"
    zoomed = " A part of it is in view." if map.view and tuple(map.view) != core.home else ""
    selected = f" {core.n_selected:,} are selected." if core.n_selected else ""
    n = core.describe_size()
    return f"{title} of {n:,} sources, coloured by {map.colour_by}.{selected}{zoomed}"


def draw(map: LatentMap) -> Figure:
    """The present view as a figure of 640 * 480 pixels."""
    figure, axes = new_figure(WIDTH / DPI, HEIGHT / DPI)
    figure.set_layout_engine("none")  # places are known: finding them would take longer than all the rest
    axes.set_position(_place_of_plot(map))
    draw_on(axes, map, scale=figure.add_axes(SCALE))
    return figure


def draw_on(axes: Any, map: LatentMap, *, scale: Any = None) -> None:
    """The present view on some axes of a figure, and its scale of colours on `scale`; None leaves it out."""
    frame = map.frame(*CELLS)
    axes.imshow(
        shade(map, frame), extent=frame.extent, origin="lower", aspect="auto", interpolation="antialiased"
    )
    window = map.window
    axes.set(xlim=window[:2], ylim=window[2:])
    axes.grid(False)
    if map.title:
        title = textwrap.shorten(map.title, MAX_TITLE, placeholder="…")
        small = 10 * min(1.0, FULL_SIZE / max(len(title), 1))
        axes.set_title(plain(title), loc="left", fontsize=small, color=INK)
    channel = map.colour_by
    if channel in map._core.present.categories:
        _name_classes(axes, channel, map._core.present.categories[channel])
    if scale is not None:
        _draw_scale(scale, map, frame)
    _write_labels(axes, [label for label in map._core.labels_on(channel) if _is_in(label, window)])


def _place_of_plot(map: LatentMap) -> tuple[float, float, float, float]:
    """Room at the right for the names of the classes, as long as they are."""
    left, bottom, width, height = PLOT
    labels = map._core.present.categories.get(map.colour_by)
    if not labels:
        return PLOT
    longest = max(len(label[:MAX_NAME]) for label in labels)
    columns = _columns(labels)
    return left, bottom, min(width, 0.985 - left - columns * (0.05 + 0.0105 * longest)), height


def _is_in(label: Any, window: tuple[float, float, float, float]) -> bool:
    return bool(window[0] <= label.x <= window[1] and window[2] <= label.y <= window[3])


def png_of(map: LatentMap) -> bytes:
    """The figure as a PNG of few colours: small enough for every notebook."""
    from PIL import Image

    with Image.open(io.BytesIO(png_bytes(draw(map)))) as image:
        small = io.BytesIO()
        image.convert("RGB").quantize(PALETTE, dither=Image.Dither.NONE).save(small, format="PNG")
    return small.getvalue()


def shade(map: LatentMap, frame: Frame) -> np.ndarray:
    """(ny, nx, 4) colours of the cells, transparent where nothing is."""
    import matplotlib

    tone = tone_of(frame.counts, map.stretch)
    colours = matplotlib.colormaps[map.colour_map]
    if frame.by_category is not None:
        rgba = _mixed(frame.by_category, tone, _shown(map))
    elif frame.mean is not None:
        low, high = map._core.present.values[map.colour_by]
        share = np.nan_to_num((frame.mean - low) / ((high - low) or 1.0))
        rgba = colours(1 - np.clip(share, 0, 1))
        rgba[..., 3] = np.clip(0.45 + 0.7 * tone, 0, 1)
    else:
        rgba = colours(0.98 * (1 - tone))
    if frame.members is not None:
        rest = frame.members == 0
        rgba[rest] = matplotlib.colormaps["Greys"](0.15 + 0.35 * tone[rest])
    rgba[frame.counts == 0] = 0
    return rgba


def tone_of(counts: np.ndarray, stretch: str) -> np.ndarray:
    """From 0 to 1 by the stretch; one filled cell in 500 is beyond the end of the scale."""
    return _tone(counts, stretch)(counts)


def _tone(counts: np.ndarray, stretch: str) -> Callable[[Any], np.ndarray]:
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
    from matplotlib.colors import to_rgb

    palette = np.array([to_rgb(category_colours()[k]) for k in shown])
    counts = by_category[shown].astype(np.float32)
    total = counts.sum(axis=0)
    rgba = np.full((*tone.shape, 4), 0.8)
    rgba[..., :3] = np.where(
        total[..., None] > 0, np.einsum("kyx,kc->yxc", counts, palette) / np.maximum(total, 1)[..., None], 0.8
    )
    rgba[..., 3] = np.clip(0.36 + 0.64 * tone, 0, 1)
    return rgba


def _name_classes(axes: Any, channel: str, labels: list[str]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], marker="s", linestyle="", color=colour, label=plain(label[:MAX_NAME]))
        for colour, label in zip(category_colours(), labels, strict=False)
    ]
    axes.legend(
        handles=handles,
        title=plain(channel),
        fontsize=7,
        title_fontsize=7.5,
        loc="center left",
        bbox_to_anchor=(1.01, 0.5),
        frameon=False,
        ncols=_columns(labels),
        handletextpad=0.2,
    )


def _columns(labels: list[str]) -> int:
    return 1 + (len(labels) > 12)


def _draw_scale(scale: Any, map: LatentMap, frame: Frame) -> None:
    """A scale with counts, or with values, on it; nothing where classes are named."""
    from matplotlib import colormaps

    if map.colour_by in map._core.present.categories:
        return scale.set_axis_off()
    colours = colormaps[map.colour_map](0.98 * np.linspace(1, 0, 256))
    scale.imshow(colours[:, None], extent=(0, 1, 0, 1), origin="lower", aspect="auto")
    marks = _value_marks(map) if map.colour_by != DENSITY else _count_marks(frame.counts, map.stretch)
    scale.set_yticks([place for place, _ in marks], [text for _, text in marks])
    scale.yaxis.tick_right()
    scale.set_xticks([])
    if map.colour_by == DENSITY:  # less than one source is none, and none has no colour
        scale.set_ylim(float(_tone(frame.counts, map.stretch)(1)), 1.0)
    scale.spines[:].set_visible(False)
    scale.tick_params(labelsize=8, colors=INK, length=2)
    name = f"sources per cell ({map.stretch})" if map.colour_by == DENSITY else map.colour_by
    scale.yaxis.set_label_position("right")
    scale.set_ylabel(plain(name), fontsize=8, color=QUIET)


def _value_marks(map: LatentMap) -> list[tuple[float, str]]:
    low, high = map._core.present.values[map.colour_by]
    return [(0.0, f"{low:.3g}"), (0.5, f"{0.5 * (low + high):.3g}"), (1.0, f"{high:.3g}")]


def _count_marks(counts: np.ndarray, stretch: str) -> list[tuple[float, str]]:
    """Round counts that lie far enough apart on the scale."""
    tone, top = _tone(counts, stretch), int(counts.max(initial=1))
    marks: list[tuple[float, str]] = []
    for n in (k * 10**power for power in range(10) for k in (1, 2, 5) if k * 10**power <= top):
        place = float(tone(n))
        if place < 1 and all(abs(place - other) > 0.045 for other, _ in marks):
            marks.append((place, f"{n:,}"))
    return marks


def _write_labels(axes: Any, labels: list[Any]) -> None:
    """Write labels where they belong, or a line lower each time until none lies on another."""
    taken: list[tuple[float, float, float]] = []
    for label in labels:
        u, v = axes.transAxes.inverted().transform(axes.transData.transform((label.x, label.y)))
        half = 0.009 * min(len(label.text), 28)
        while any(abs(v - y) < 0.042 and abs(u - x) < half + other for x, y, other in taken):
            v -= 0.042
        taken.append((u, v, half))
        _write(axes, label, (u, v))


def _write(axes: Any, label: Any, at: tuple[float, float]) -> None:
    from matplotlib.patheffects import withStroke

    text = plain(label.text if len(label.text) <= 28 else f"{label.text[:27]}…")
    halo = [withStroke(linewidth=2.5, foreground="white")]
    axes.text(
        *at,
        text,
        transform=axes.transAxes,
        fontsize=8,
        weight="bold",
        color=INK,
        ha="center",
        va="center",
        path_effects=halo,
    )
