"""The present view as a small PNG, in a tenth of the time of a figure: every map that is shown leaves one.

Importing matplotlib alone takes longer than the first picture of four million sources; Pillow draws the
same layout with the same letters.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .layout import (
    HEIGHT,
    SCALE,
    WIDTH,
    Lines,
    classes_of,
    columns_of,
    labels_in_view,
    marks_of,
    name_of_scale,
    place_of_plot,
    start_of_scale,
    title_of,
)
from .palette import category_colours
from .shading import CELLS, colours_of, shade

if TYPE_CHECKING:
    from PIL.Image import Image

    from ..index import Frame
    from .widget import LatentMap

INK, QUIET, RULE = "#22262b", "#6d737c", "#b9bdc4"
TEXT, SMALL, TITLE = 12, 11, 15  # heights of letters, pixels
PALETTE = 256  # colours of the PNG: a third of the bytes of full colour, and nobody sees it
N_TICKS = 8
MINUS = "\N{MINUS SIGN}"

Box = tuple[int, int, int, int]  # left, top, right, bottom


def png_of(map: LatentMap) -> bytes:
    """640 * 480 pixels of few colours: small enough for every notebook."""
    from PIL import Image

    image = paint(map)
    small = io.BytesIO()
    image.quantize(PALETTE, dither=Image.Dither.NONE).save(small, format="PNG")
    return small.getvalue()


def paint(map: LatentMap) -> Image:
    """The picture itself, in full colour."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    plot, frame = _pixels(place_of_plot(map)), map.frame(*CELLS)
    image.paste(_cells(map, frame, plot), plot[:2])
    _axes(draw, map, plot)
    if map.title:
        title, size = title_of(map)
        draw.text((plot[0], plot[1] - 8), title, INK, _letters(TITLE * size), anchor="ls")
    if names := classes_of(map):
        _legend(draw, map.colour_by, names, plot)
    else:
        _scale(image, draw, map, frame)
    _labels(draw, map, plot)
    return image


def _pixels(place: tuple[float, float, float, float]) -> Box:
    left, bottom, width, height = place
    edges = left * WIDTH, (1 - bottom - height) * HEIGHT, (left + width) * WIDTH, (1 - bottom) * HEIGHT
    x0, y0, x1, y1 = (round(edge) for edge in edges)
    return x0, y0, x1, y1


@functools.cache
def _letters(size: float, bold: bool = False) -> Any:
    """DejaVu Sans as it comes with matplotlib, found without importing that."""
    from PIL import ImageFont

    found = importlib.util.find_spec("matplotlib")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
    return ImageFont.truetype(str(folder / f"DejaVuSans{'-Bold' if bold else ''}.ttf"), size)


def _cells(map: LatentMap, frame: Frame, plot: Box) -> Image:
    """The cells of the frame that lie in the window, on white, scaled to the plot."""
    from PIL import Image

    rgba = shade(map, frame)
    seen = 1 - rgba[..., 3:] * (1 - rgba[..., :3])
    pixels = np.ascontiguousarray((255 * seen[::-1] + 0.5).astype(np.uint8))
    (x0, x1, y0, y1), (left, right, low, high) = map.window, frame.extent
    ny, nx = frame.counts.shape
    across, up = nx / (right - left), ny / (high - low)
    # Positions of the window's edges among the cells; the frame covers it, but for rounding.
    box = (x0 - left) * across, (high - y1) * up, (x1 - left) * across, (high - y0) * up
    inside = tuple(min(max(edge, 0.0), float(n)) for edge, n in zip(box, (nx, ny, nx, ny), strict=True))
    size = plot[2] - plot[0], plot[3] - plot[1]
    return Image.fromarray(pixels).resize(size, Image.Resampling.BOX, box=inside)


def _axes(draw: Any, map: LatentMap, plot: Box) -> None:
    left, top, right, bottom = plot
    x0, x1, y0, y1 = map.window
    draw.line([(left, top), (left, bottom), (right, bottom)], RULE)
    font = _letters(TEXT)
    for value, text in ticks(x0, x1):
        x = left + (right - left) * (value - x0) / (x1 - x0)
        draw.line([(x, bottom), (x, bottom + 3)], RULE)
        draw.text((x, bottom + 6), text, INK, font, anchor="ma")
    for value, text in ticks(y0, y1):
        y = bottom - (bottom - top) * (value - y0) / (y1 - y0)
        draw.line([(left - 3, y), (left, y)], RULE)
        draw.text((left - 6, y), text, INK, font, anchor="rm")


def ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Round numbers in an interval, five or so, as value and text.

    Examples
    --------
    >>> ticks(-0.1, 1.0)
    [(0.0, '0.0'), (0.2, '0.2'), (0.4, '0.4'), (0.6, '0.6'), (0.8, '0.8'), (1.0, '1.0')]
    """
    rough = (high - low) / N_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(k * power for k in (1, 2, 5, 10) if k * power >= 0.999 * rough)
    values = step * np.arange(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    digits = max(0, -math.floor(math.log10(step * 1.001)))
    largest = max(abs(low), abs(high))
    form = f".{digits}f" if digits < 5 and largest < 1e6 else ".4g"
    return [(round(float(v), 12), f"{v + 0.0:{form}}".replace("-", MINUS)) for v in values]


def _legend(draw: Any, channel: str, names: list[str], plot: Box) -> None:
    """Names of the classes at the right, in the middle of the height."""
    font, line = _letters(SMALL), 15
    columns = columns_of(names)
    n_rows = -(-len(names) // columns)
    left, top = plot[2] + 10, (plot[1] + plot[3] - line * n_rows) // 2
    width = (WIDTH - left) // columns
    draw.text((left, top - 7), channel, INK, _letters(TEXT), anchor="ls")
    for k, (colour, name) in enumerate(zip(category_colours(), names, strict=False)):
        x, y = left + width * (k // n_rows), top + line * (k % n_rows)
        draw.rectangle((x, y + 3, x + 7, y + 10), colour)
        draw.text((x + 12, y + 7), name, INK, font, anchor="lm")


def _scale(image: Image, draw: Any, map: LatentMap, frame: Frame) -> None:
    """A scale with counts, or with values, on it."""
    from PIL import Image

    left, top, right, bottom = _pixels(SCALE)
    start = start_of_scale(map, frame)
    tones = np.linspace(1, start, bottom - top)
    column = (255 * colours_of(map.colour_map, tones)).astype(np.uint8)
    image.paste(Image.fromarray(np.repeat(column[:, None], right - left, axis=1)), (left, top))
    widest = 0
    for place, text in marks_of(map, frame):
        y = bottom - (bottom - top) * (place - start) / (1 - start)
        draw.line([(right, y), (right + 2, y)], INK)
        draw.text((right + 5, y), text, INK, _letters(SMALL), anchor="lm")
        widest = max(widest, draw.textlength(text, _letters(SMALL)))
    _upwards(image, name_of_scale(map), round(right + 10 + widest), (top + bottom) // 2)


def _upwards(image: Image, text: str, left: int, middle: int) -> None:
    """Write a text from below to above."""
    from PIL import Image, ImageDraw

    font = _letters(SMALL)
    box = Image.new("RGB", (HEIGHT, SMALL + 6), "white")
    ImageDraw.Draw(box).text((HEIGHT // 2, 0), text, QUIET, font, anchor="ma")
    room = min(SMALL + 6, WIDTH - left)
    image.paste(box.rotate(90, expand=True).crop((0, 0, room, HEIGHT)), (left, middle - HEIGHT // 2))


def _labels(draw: Any, map: LatentMap, plot: Box) -> None:
    left, top, right, bottom = plot
    x0, x1, y0, y1 = map.window
    lines, font = Lines(), _letters(TEXT, bold=True)
    for label in labels_in_view(map):
        u, v = (label.x - x0) / (x1 - x0), (label.y - y0) / (y1 - y0)
        v = lines.place(label.text, u, v)
        place = left + u * (right - left), bottom - v * (bottom - top)
        draw.text(place, label.text, INK, font, anchor="mm", stroke_width=2, stroke_fill="white")
