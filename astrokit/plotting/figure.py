"""Make, show and encode figures: no global state, and a text for those who cannot see them."""

from __future__ import annotations

import html
import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Distinguishable in the common colour-vision deficiencies, and in grey (Okabe & Ito 2008).
MEMBER = "#d55e00"
OTHER = "#0072b2"
QUIET = "#8a8f98"
INK = "#22262b"


def new_figure(width: float, height: float, **subplots: Any) -> tuple[Figure, Any]:
    """Return a figure (inches) and its axes, apart from pyplot's global list of figures.

    Examples
    --------
    >>> figure, axes = new_figure(6, 3, ncols=2)
    >>> len(axes)
    2
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained", dpi=110)
    axes = figure.subplots(**subplots)
    for one in figure.axes:
        soften(one)
    return figure, axes


def soften(axes: Axes) -> None:
    """Take away what carries no information: the upper and right spines, heavy ticks."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK, labelsize=9)
    axes.grid(True, color="#e6e8eb", linewidth=0.6)
    axes.set_axisbelow(True)


def png_bytes(figure: Figure) -> bytes:
    """Render a figure to PNG.

    Examples
    --------
    >>> figure, _ = new_figure(2, 1)
    >>> png_bytes(figure)[1:4]
    b'PNG'
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor="white")
    return buffer.getvalue()


def plain(text: str) -> str:
    """Names from data are text: a dollar sign in one starts no formula.

    Examples
    --------
    >>> plain("cost $5")
    'cost \\\\$5'
    """
    return text.replace("$", r"\$")


def say(text: str, **values: object) -> None:
    """Display a sentence of Markdown in a notebook; values fill its braces, and texts among them are escaped.

    Examples
    --------
    >>> say("**{n}** sources, first {name}", n=3, name="<b>X-1</b>")  # doctest: +ELLIPSIS
    <IPython.core.display.Markdown object>
    """
    from IPython.display import Markdown, display

    safe = {name: html.escape(value) if isinstance(value, str) else value for name, value in values.items()}
    display(Markdown(text.format(**safe)))


def show(figure: Figure, alt: str) -> None:
    """Display a figure in a notebook, with one sentence that says what there is to see."""
    from IPython.display import display

    data = {"image/png": png_bytes(figure), "text/plain": alt}
    display(data, raw=True, metadata={"image/png": {"alt": alt}})
