"""The pictures in an executed notebook, with their alternative text, as small copies for a gallery."""

import base64
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_KINDS = ("image/png", "image/jpeg", "image/svg+xml")


@dataclass(frozen=True)
class Figure:
    """A picture as a data address for `<img src>`, and the text for those who cannot see it."""

    src: str
    alt: str


def figures(content: Mapping[str, Any], title: str, *, widest: int) -> Iterator[Figure]:
    """Yield the figures of a notebook in order, none wider than `widest` pixels, damaged ones left out."""
    number = 0
    for cell in content["cells"]:
        for output in cell.get("outputs", []):
            kind = next((kind for kind in _KINDS if kind in output.get("data", {})), None)
            if kind is None:
                continue
            number += 1
            src = _address("".join(output["data"][kind]), kind, widest)
            if src:
                yield Figure(src, alternative_text(output, kind) or f"Figure {number} of {title}")


def alternative_text(output: Mapping[str, Any], kind: str) -> str:
    """The `alt` in the metadata of an output: beside the picture's type, or for the whole output."""
    metadata = output.get("metadata", {})
    of_kind = metadata.get(kind)
    alt = (of_kind.get("alt") if isinstance(of_kind, dict) else None) or metadata.get("alt")
    return str(alt or "")


def _address(picture: str, kind: str, widest: int) -> str:
    """A data address; inside `<img>`, scripts of an SVG do not run."""
    if kind == "image/svg+xml":
        return f"data:{kind};base64,{base64.b64encode(picture.encode()).decode()}"
    from PIL import Image

    try:
        with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
            image.thumbnail((widest, 4 * widest))
            small = io.BytesIO()
            image.convert("RGBA").save(small, format="WEBP", quality=85)
    except (OSError, ValueError, Image.DecompressionBombError):
        return ""
    return f"data:image/webp;base64,{base64.b64encode(small.getvalue()).decode()}"
