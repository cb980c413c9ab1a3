"""`DIR/results.html`: metrics of a sweep against its parameters, linked; a click opens that run's notebook.

One file that needs no network. All that runs say is data in it: the page's own script shows it as text, and
its policy lets no other script run.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..gallery import make_page
from ..page import script_hash
from ..records import NOTEBOOK_FILE, PAGE_FILE, write_whole
from .attempt import RUNS
from .folder import unwritable
from .results import FIXED, read_results

if TYPE_CHECKING:
    import pandas

VIEW_FILE = "results.html"
_HERE = Path(__file__).parent
_TEMPLATE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src {policy};
  style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Results of a sweep</title>
<style>
{style}
</style>
</head>
<body>
<header><h1>Results of a sweep</h1><p id="counts"></p></header>
<main></main>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


def build_view(out: Path | str, *, pages: bool = True) -> Path:
    """Write the page from the tables of a sweep, and return its path.

    Parameters
    ----------
    pages : bool
        Also write a page for each run that has none yet: a click opens it. Without, a click opens the
        executed notebook itself.

    Raises
    ------
    DataError
        When the sweep has no tables, or the page cannot be written.
    """
    out = Path(out)
    frame = read_results(out)
    try:
        if pages:
            _make_pages(out, frame)
        write_whole(out / VIEW_FILE, _page(out, frame))
    except OSError as error:
        raise unwritable(out, error) from error
    return out / VIEW_FILE


def _make_pages(out: Path, frame: "pandas.DataFrame") -> None:
    from ...progress import Progress

    with Progress(len(frame), "pages", unit="pages") as bar:
        for key, name in zip(frame["key"], frame["notebook"], strict=True):
            folder = out / RUNS / key
            if (folder / NOTEBOOK_FILE).is_file():
                back = (f"../../{VIEW_FILE}", "results")
                make_page(folder, name, folder, strict=True, back=back)
            bar.advance(1)


def _page(out: Path, frame: "pandas.DataFrame") -> str:
    script = (_HERE / "view.js").read_text(encoding="utf-8")
    content = {"columns": list(_columns(frame)), "runs": [_run(out, *row) for row in _rows(frame)]}
    # Inside a script element only "</" and "<!--" could end or change it.
    data = json.dumps(content, ensure_ascii=True, allow_nan=False).replace("<", "\\u003c")
    style = (_HERE / "view.css").read_text(encoding="utf-8")
    return _TEMPLATE.format(policy=script_hash(script), style=style, data=data, script=script)


def _rows(frame: "pandas.DataFrame") -> Iterator[tuple[str, str, str]]:
    return zip(frame["key"], frame["notebook"], frame["status"], strict=True)


def _run(out: Path, key: str, notebook: str, status: str) -> dict[str, str]:
    names = (PAGE_FILE, NOTEBOOK_FILE)
    there = (f"{RUNS}/{key}/{name}" for name in names if (out / RUNS / key / name).is_file())
    return {"key": key, "notebook": notebook, "status": status, "address": next(there, "")}


def _columns(frame: "pandas.DataFrame") -> Iterator[dict[str, Any]]:
    """Parameters, metrics, then seconds and memory: what can be an axis because it has two values or more."""
    names = [name for name in frame.columns if name not in FIXED]
    first = [name for name in names if name.startswith("p_")]
    for name in [*first, *(name for name in names if name not in first), "seconds", "peak_mb"]:
        column = frame[name]
        if column.nunique() < 2:
            continue
        numeric = column.dtype.kind in "iuf"
        gaps = column.isna()
        values = [None if gap else value for value, gap in zip(column.tolist(), gaps, strict=True)]
        kind = "parameter" if name in first else "fixed" if name in FIXED else "metric"
        shown = [value if numeric or value is None else str(value)[:200] for value in values]
        yield {"name": name, "kind": kind, "numeric": numeric, "values": shown}
