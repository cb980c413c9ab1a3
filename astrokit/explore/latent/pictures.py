"""What the user's `detail` draws of a source, as PNG: figures, images or arrays; its errors are said."""

from __future__ import annotations

import io
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ...plotting import png_bytes

KEPT = 256  # pictures
PNG = b"\x89PNG\r\n"


class Picture(NamedTuple):
    """A PNG, or what went wrong."""

    png: bytes | None
    trouble: str = ""


class Pictures:
    """Pictures of sources, drawn once.

    Parameters
    ----------
    detail : callable, optional
        `detail(row)` is a matplotlib figure, the bytes of a PNG, a PIL image, or an array (height, width) or
        (height, width, 3 or 4). It is called in a thread.

    Examples
    --------
    >>> pictures = Pictures(lambda row: np.eye(8) * row)
    >>> pictures.of(3).png[1:4], Pictures(lambda row: 1 / 0).of(3).trouble
    (b'PNG', 'ZeroDivisionError: division by zero')
    """

    def __init__(self, detail: Callable[[int], Any] | None = None) -> None:
        self._detail = detail
        self._kept: OrderedDict[int, Picture] = OrderedDict()
        self._lock = threading.Lock()  # drawing libraries seldom like two threads

    def __bool__(self) -> bool:
        return self._detail is not None

    def kept(self, row: int) -> Picture | None:
        """The picture of a source, if it is drawn already."""
        return self._kept.get(row)

    def of(self, row: int) -> Picture:
        """The picture of a source, drawn now if need be."""
        with self._lock:
            if row not in self._kept:
                self._kept[row] = self._draw(row)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            return self._kept[row]

    def _draw(self, row: int) -> Picture:
        assert self._detail is not None
        try:
            return Picture(as_png(self._detail(int(row))))
        except Exception as error:  # the user's code: whatever it raises is for the user to read
            return Picture(None, f"{type(error).__name__}: {error}")


def as_png(drawn: Any) -> bytes:
    """A PNG of a matplotlib figure, of PNG bytes, of a PIL image or of an array.

    Raises
    ------
    TypeError
        Anything else.
    """
    if isinstance(drawn, bytes) and drawn.startswith(PNG):
        return drawn
    if hasattr(drawn, "savefig"):
        return _of_figure(drawn)
    if hasattr(drawn, "save") and hasattr(drawn, "getbands"):
        return _of_image(drawn)
    if isinstance(drawn, np.ndarray) and (drawn.ndim == 2 or drawn.shape[2:] in ((3,), (4,))):
        return _of_array(drawn)
    raise TypeError(
        f"`detail` gave a {type(drawn).__name__}; expected a matplotlib figure, PNG bytes, a PIL image, or "
        "an array of shape (height, width) or (height, width, 3)"
    )


def _of_figure(figure: Any) -> bytes:
    png = png_bytes(figure)
    if "matplotlib.pyplot" in sys.modules:  # a figure made there stays in its list until it is closed
        sys.modules["matplotlib.pyplot"].close(figure)
    return png


def _of_image(image: Any) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGBA").save(buffer, format="PNG")
    return buffer.getvalue()


def _of_array(array: np.ndarray) -> bytes:
    from PIL import Image

    if array.dtype != np.uint8:
        finite = array[np.isfinite(array)]
        low, high = np.quantile(finite, [0.01, 0.99]) if len(finite) else (0.0, 1.0)
        scaled = (np.nan_to_num(array, nan=low) - low) / max(high - low, 1e-300)
        array = (np.clip(scaled, 0, 1) * 255).astype(np.uint8)
    return _of_image(Image.fromarray(array))
