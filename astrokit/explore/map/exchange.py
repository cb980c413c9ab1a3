"""For people who work with HoloViews and datashader: the present view as one of their objects."""

from __future__ import annotations

from typing import Any

from ..index import Frame


def to_image(frame: Frame, channel: str) -> Any:
    """A `holoviews.Image` of counts; of the mean of a value channel and counts; or of each category's counts.

    Examples
    --------
    >>> import numpy as np
    >>> image = to_image(Frame(np.ones((2, 3), dtype=np.uint32), (0.0, 3.0, 0.0, 2.0)), "density")
    >>> int(image.dimension_values("counts").sum()), [dimension.name for dimension in image.vdims]
    (6, ['counts'])
    """
    import holoviews

    x, y = (0.5 * (edges[1:] + edges[:-1]) for edges in (frame.x_edges, frame.y_edges))
    layers = {"counts": frame.counts}
    if frame.mean is not None:
        layers = {channel: frame.mean, **layers}
    if frame.members is not None:
        layers["selected"] = frame.members
    return holoviews.Image((x, y, *layers.values()), kdims=["x", "y"], vdims=list(layers))
