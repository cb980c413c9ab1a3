"""JupyterLab as a reader first sees it: no news, no questions, the first notebook open."""

from __future__ import annotations

import json
from pathlib import Path

QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
FIRST = "/lab/tree/00-start-here.ipynb"


def write_settings(prefix: Path) -> None:
    """Put the project's defaults into an environment; what readers choose themselves stands above them."""
    path = prefix / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(QUIET, indent=2) + "\n")
