"""Pictures of very many points: every pixel shows how many there are, and of which kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from PIL.Image import Image as Picture


def shade_categories(
    x: ArrayLike,
    y: ArrayLike,
    category: ArrayLike,
    colours: dict[str, str],
    *,
    extent: tuple[float, float, float, float],
    width: int = 760,
    height: int = 460,
) -> Picture:
    """Count points per pixel and category with datashader, and blend the categories' colours.

    Parameters
    ----------
    x, y : (n_samples,)
    category : (n_samples,)
        Keys of `colours`.
    colours : dict
        Category to colour name or hex code.
    extent : (x0, x1, y0, y1)
        Points outside are not drawn.
    width, height : int, pixels

    Returns
    -------
    PIL image on a dark background; brightness is equalised, so that sparse regions stay visible.

    Examples
    --------
    >>> colours = {"a": "red", "b": "blue"}
    >>> shade_categories([0, 1], [0, 1], ["a", "b"], colours, extent=(-1, 2, -1, 2), width=30, height=20).size
    (30, 20)
    """
    import datashader
    import pandas as pd
    from datashader import transfer_functions as shading
    from PIL import Image

    kinds = pd.Categorical(category, categories=list(colours))
    table = pd.DataFrame({"x": np.asarray(x, float), "y": np.asarray(y, float), "kind": kinds})
    canvas = datashader.Canvas(width, height, x_range=extent[:2], y_range=extent[2:])
    counts = canvas.points(table, "x", "y", datashader.count_cat("kind"))
    image = shading.shade(counts, color_key=colours, how="eq_hist", min_alpha=70)
    # datashader's own background compiles for seconds; PIL blends the same in milliseconds.
    background = Image.new("RGBA", (width, height), "#0b0e14")
    return Image.alpha_composite(background, image.to_pil()).convert("RGB")
