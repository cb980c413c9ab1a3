"""Results of a study as a JSON file that ships, and side by side with the paper's."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .bootstrap import Estimate

if TYPE_CHECKING:
    import pandas as pd


def write_results(path: str | Path, results: Mapping[str, Any], tables: Collection[str]) -> None:
    """Write results as JSON, whole or not at all: tables to four digits, other numbers to five.

    Parameters
    ----------
    path : str or Path
    results : mapping
        Numbers, texts, lists, `Estimate`s; and the `tables`, which are DataFrames without an index to keep.
    tables : names of the tables
    """
    plain = {
        name: json.loads(value.round(4).to_json(orient="records")) if name in tables else _rounded(value)
        for name, value in results.items()
    }
    beside = Path(f"{path}.partial")
    beside.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)


def read_results(content: bytes, tables: Collection[str], estimates: Collection[str] = ()) -> dict[str, Any]:
    """Results as they were before `write_results`.

    Examples
    --------
    >>> found = read_results(b'{"n": 2, "auc": [0.9, 0.8, 1.0], "rows": [{"a": 1}]}', ["rows"], ["auc"])
    >>> found["auc"].high, found["rows"]["a"].tolist()
    (1.0, [1])
    """
    import pandas as pd

    results = json.loads(content)
    for name in tables:
        results[name] = pd.DataFrame(results[name])
    return results | {name: Estimate(*results[name]) for name in estimates if name in results}


def side_by_side(
    columns: Mapping[str, Mapping[str, Any]], compared: Mapping[str, tuple[str, str]]
) -> pd.DataFrame:
    """Results as texts: a row a quantity of `compared` (key -> label, format), a column for each run.

    Examples
    --------
    >>> compared = {"n": ("sources", "{:,}"), "p": ("p-value", "{:.3f}")}
    >>> side_by_side({"paper": {"n": 640}}, compared)["paper"].tolist()
    ['640', 'not given']
    """
    import pandas as pd

    def text(found: Mapping[str, Any], key: str, form: str) -> str:
        value = found.get(key, "not given")
        return value if isinstance(value, str) else form.format(value)

    cells = {
        heading: [text(found, key, form) for key, (_, form) in compared.items()]
        for heading, found in columns.items()
    }
    return pd.DataFrame(cells, index=[label for label, _ in compared.values()])


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return {key: _rounded(each) for key, each in value.items()} if isinstance(value, dict) else value
