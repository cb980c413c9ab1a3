"""A notebook that declares one parameter of each kind, and specs for it."""

import pytest

PARAMETERS = """
n = 3
scale = 1.5
label = "x"
source = "embedded"  # one of: "embedded", "real"
flag = False
bands = ["g"]
path: str | None = None
"""


@pytest.fixture
def declaring(notebook, tmp_path):
    """The path of that notebook, beside which `spec` writes."""
    return notebook(tmp_path / "one.ipynb", (PARAMETERS, "parameters"), "1 + 1")


@pytest.fixture
def spec(tmp_path, declaring):
    """Write a spec file for the notebook `one`; returns its path."""

    def write(text, name="spec.yaml"):
        path = tmp_path / name
        path.write_text(text if "notebooks" in text else f"notebooks: [./one.ipynb]\n{text}")
        return path

    return write
