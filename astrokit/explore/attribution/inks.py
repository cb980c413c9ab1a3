"""Colours and words that all charts of the attribution explorer share."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...plotting.figure import MEMBER, OTHER, QUIET
from .scales import TOP_TONE

HERE = "#009e73"  # the selection; bluish green of Okabe & Ito (2008), apart from low and high
THERE = QUIET
LOW, BETWEEN, HIGH = OTHER, "#b4a7b0", MEMBER  # of a feature's own values
UP, DOWN = MEMBER, OTHER  # steps towards a higher and a lower answer
MOST_LETTERS = 26
BREAK = "\u200b"  # takes no room


def tone_colours(tones: Any) -> list[str]:
    """Hex codes of tones from 0, low, to 63, high.

    Examples
    --------
    >>> tone_colours([0, 63]) == [LOW, HIGH]
    True
    """
    stops = np.array([[int(code[k : k + 2], 16) for k in (1, 3, 5)] for code in (LOW, BETWEEN, HIGH)])
    share = np.asarray(tones, float) / TOP_TONE
    mixed = np.stack([np.interp(share, [0, 0.5, 1], channel) for channel in stops.T], axis=-1)
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in mixed.round().astype(int)]


def on_axis(text: str) -> str:
    """A name from data as a label of Bokeh: short, and never the formula that dollars or brackets begin.

    Examples
    --------
    >>> on_axis("a name that goes on and on and on")
    'a name that goes on and o…'
    >>> "$$" in on_axis("$$x$$")
    False
    """
    text = text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
    return text.replace("$", f"${BREAK}").replace("\\", f"\\{BREAK}")


def with_half(value: float, half: float) -> str:
    """A mean and half the width of its interval, to the digits that the interval leaves.

    Examples
    --------
    >>> with_half(0.123456, 0.0021), with_half(-0.0004, 0.07), with_half(12.3, float("nan"))
    ('0.1235 ± 0.0021', '0.00 ± 0.07', '12.3')
    """
    if not np.isfinite(half) or half == 0:
        return f"{value:.3g}"
    place = int(np.floor(np.log10(half)))
    # Two digits of what begins with 1 or 2, where one would be too coarse.
    digits = max(0, (half < 3 * 10.0**place) - place)
    return f"{round(value, digits) + 0.0:.{digits}f} ± {half:.{digits}f}"
