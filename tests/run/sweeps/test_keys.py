"""A key changes with everything that a result depends on, and with nothing else."""

import json

import pytest

from astrokit.run.sweeps import keys
from astrokit.run.sweeps.expansion import expand
from astrokit.run.sweeps.spec import read_spec


def key_of(path, /, **parameters):
    (run,) = expand(read_spec({"notebooks": [path], "parameters": parameters}))
    return run.key


def test_a_key_is_the_same_again_and_after_a_mere_save(declaring):
    first = key_of(declaring, n=1)
    content = json.loads(declaring.read_text())
    content["metadata"]["language_info"] = {"name": "python", "version": "3.12"}
    content["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "2"}]
    declaring.write_text(json.dumps(content))
    assert key_of(declaring, n=1) == first


def test_an_integer_for_a_number_is_the_same_number(declaring):
    assert key_of(declaring, scale=2) == key_of(declaring, scale=2.0)


@pytest.mark.parametrize("change", ["parameter", "cell", "version", "registry", "file"])
def test_a_key_changes_with_what_the_result_depends_on(declaring, tmp_path, monkeypatch, change):
    data = tmp_path / "data.csv"
    data.write_text("1")
    given = {"n": 1, "path": str(data)}
    before = key_of(declaring, **given)
    if change == "parameter":
        given["n"] = 2
    elif change == "cell":
        declaring.write_text(declaring.read_text().replace("1 + 1", "1 + 2"))
    elif change == "version":
        monkeypatch.setattr(keys, "__version__", "99")
    elif change == "registry":
        monkeypatch.setattr(keys, "_registry_hash", lambda: "other")
    else:
        data.write_text("2")
    assert key_of(declaring, **given) != before
