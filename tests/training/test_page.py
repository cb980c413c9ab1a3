"""The example of docs/training.md runs as it stands there."""

from pathlib import Path

import numpy as np

PAGE = Path(__file__).parents[2] / "docs" / "training.md"


def test_the_example_of_the_page_runs(tmp_path, monkeypatch):
    lines = PAGE.read_text(encoding="utf-8").split("## ")[0].splitlines()
    example = "\n".join(line[4:] for line in lines if line.startswith("    "))
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    given = {"spectra": rng.normal(size=(300, 60)), "errors": np.ones((300, 60)), "mean": np.zeros(60)}
    exec(example.replace("epochs=100", "epochs=3"), given)
    assert given["latents"].shape == (300, 5)
    assert (given["load_model"](tmp_path / "spectra.safetensors").config) == given["model"].config
    assert len(given["history"].epochs) == 3
