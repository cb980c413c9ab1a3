"""The pictures in an executed notebook, with their alternative text, as small copies for a gallery."""

import base64
import io
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_KINDS = ("image/png", "image/jpeg", "image/svg+xml")


@dataclass(frozen=True)
class Figure:
    """A picture as a data address for `<img src>`, and the text for those who cannot see it."""

    src: str
    alt: str


@dataclass(frozen=True)
class _Picture:
    """A picture as it stands in a notebook: base64, or the source of an SVG."""

    data: str
    kind: str
    alt: str
    hero: bool

    def figure(self, widest: int) -> Figure | None:
        src = _address(self.data, self.kind, widest)
        return Figure(src, self.alt) if src else None


def figures(
    content: Mapping[str, Any], title: str, *, widest: int, others: int, widest_other: int
) -> list[Figure]:
    """Return the hero of a notebook, then as many as `others` more in order; damaged ones are left out.

    The hero is the first figure of a cell with the tag `hero`, or else the first figure of all. It is no
    wider than `widest` pixels, each of the others no wider than `widest_other`.
    """
    pictures = list(_pictures(content, title))
    hero = next((picture for picture in pictures if picture.hero), None)
    if hero is not None:
        pictures = [hero, *(picture for picture in pictures if picture is not hero)]
    left = iter(pictures)
    first = itertools.islice(_whole(left, widest), 1)
    return [*first, *itertools.islice(_whole(left, widest_other), others)]


def _whole(pictures: Iterator[_Picture], widest: int) -> Iterator[Figure]:
    return (figure for picture in pictures if (figure := picture.figure(widest)) is not None)


def _pictures(content: Mapping[str, Any], title: str) -> Iterator[_Picture]:
    number = 0
    for cell in content["cells"]:
        hero = "hero" in cell.get("metadata", {}).get("tags", [])
        for output in cell.get("outputs", []):
            kind = next((kind for kind in _KINDS if kind in output.get("data", {})), None)
            if kind is None:
                continue
            number += 1
            alt = alternative_text(output, kind) or f"Figure {number} of {title}"
            yield _Picture("".join(output["data"][kind]), kind, alt, hero)


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
