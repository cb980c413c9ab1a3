"""The map as one HTML file: the overview at several resolutions, the same JavaScript, and no kernel."""

from __future__ import annotations

import base64
import datetime
import html
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import ParameterError
from .core import DENSITY
from .png import png_of
from .protocol import pack, planes_of
from .script import module_text, style_text

if TYPE_CHECKING:
    from .widget import LatentMap

WIDTHS = (320, 640, 1280, 2048)  # cells across of the levels asked for
MOST_BYTES = 6_000_000  # of all levels: those that would go beyond are left out

TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; padding: 16px; background: #fff; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #12151c; }} }}
main {{ max-width: 1280px; margin: 0 auto; }}
figure {{ margin: 24px 0 }} figure img {{ max-width: 100%; background: #fff }}
figcaption {{ font: 14px/1.5 system-ui, sans-serif; color: #555 }}
{style}
</style>
</head>
<body>
<main id="map"></main>
<main>{below}</main>
<noscript><img alt="{alt}" src="data:image/png;base64,{picture}"></noscript>
<script type="application/json" id="saved">{saved}</script>
<script type="module">
{script}
open(document.getElementById("map"), JSON.parse(document.getElementById("saved").textContent));
</script>
</body>
</html>
"""


def write_page(map: LatentMap, path: Any, *, overwrite: bool, below: str = "") -> None:
    """Write the page, with HTML of the caller's below the map; it appears whole or not at all.

    Raises
    ------
    ParameterError
        The file exists and `overwrite` is False.
    """
    path = Path(path)
    if path.exists() and not overwrite:
        raise ParameterError(
            "path",
            expected="a new file",
            got=str(path),
            next_step="Choose another name, or pass overwrite=True.",
        )
    map.index  # noqa: B018  # the whole, not a sample
    text = TEMPLATE.format(
        title=html.escape(map.title or "Map"),
        alt=html.escape(map.alt),
        style=style_text(),
        picture=base64.b64encode(png_of(map)).decode("ascii"),
        below=below,
        saved=as_script_text(saved_map(map)),
        script=module_text(),
    )
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


def as_script_text(content: Any) -> str:
    """JSON that can stand in a script element: no text in it can end the element or open a comment.

    Examples
    --------
    >>> as_script_text("</script><!--")
    '"\\\\u003c/script\\\\u003e\\\\u003c!--"'
    """
    text = json.dumps(content, ensure_ascii=True, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def saved_map(map: LatentMap) -> dict[str, Any]:
    """What the page knows: words, settings, and the levels from coarse to fine."""
    core = map._core
    channel = None if map.colour_by == DENSITY else map.colour_by
    meta = core.describe()
    today = datetime.date.today().isoformat()
    meta["channels"] = [found for found in meta["channels"] if found["name"] == channel]
    meta["can_select"] = False
    meta["note"] = f"overview saved on {today}; connect a kernel for full depth"
    settings = {
        name: getattr(map, name) for name in ("view", "colour_by", "colour_map", "stretch", "isolated")
    }
    settings |= {"title": map.title, "width": "100%", "height": map.height}
    selection = core.describe_selection(channel) | {"version": 1}
    return {"meta": meta, "settings": settings, "selection": selection, "levels": levels(map, channel)}


def levels(map: LatentMap, channel: str | None) -> list[dict[str, Any]]:
    """The home view at growing resolution, each about four times the bytes of the one before."""
    core = map._core
    found: list[dict[str, Any]] = []
    size = 0
    for width in WIDTHS:
        frame = core.frame(core.home, width, width * 3 // 4, channel=channel, with_members=True)
        ny, nx = frame.counts.shape
        if found and nx <= found[-1]["nx"]:
            break  # so many categories that more cells would not come
        planes = planes_of(
            frame, ["counts", "members", "categories", "mean"], core.present.values.get(channel or "")
        )
        headers, packed = pack(planes)
        size += len(packed)
        if found and size > MOST_BYTES:
            break
        text = base64.b64encode(packed).decode("ascii")
        found.append({"nx": nx, "ny": ny, "extent": list(frame.extent), "planes": headers, "packed": text})
    return found
