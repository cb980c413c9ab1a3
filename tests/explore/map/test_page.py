import base64
import json
import re

import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.explore.map import page
from astrokit.explore.map.protocol import unpack
from astrokit.explore.map.script import FILES, module_text

NASTY = "</script><script>window.hurt=1</script><!--"


@pytest.fixture
def saved(map, tmp_path):
    map.colour_by = "class"
    map.to_html(tmp_path / "map.html")
    return (tmp_path / "map.html").read_text(encoding="utf-8")


def content_of(text):
    return json.loads(re.search(r'id="saved">(.*?)</script>', text, re.S)[1])


def test_the_levels_hold_every_source_at_each_resolution(saved):
    content = content_of(saved)
    assert len(content["levels"]) >= 3
    for level in content["levels"]:
        planes = unpack(level["planes"], base64.b64decode(level["packed"]), level["nx"], level["ny"])
        assert planes["counts"].sum() == 3000
        assert planes["categories"].shape[0] == 3
    assert [level["nx"] for level in content["levels"]] == sorted(
        {level["nx"] for level in content["levels"]}
    )


def test_it_names_nothing_elsewhere(saved):
    assert re.findall(r"""(?:src|href)\s*=\s*["']?(?!data:)[^"'>\s]*[:/]""", saved) == []
    assert set(re.findall(r"https?://[^\s\"'<]+", saved)) <= {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in saved


def test_it_says_when_it_was_saved_and_what_is_missing(saved):
    assert re.fullmatch(
        r"overview saved on \d{4}-\d\d-\d\d; connect a kernel for full depth",
        content_of(saved)["meta"]["note"],
    )


def test_texts_from_data_cannot_leave_their_place(make_map, tmp_path, points):
    points[NASTY] = np.where(points["class"] == "star", NASTY, "fine")
    map = make_map(title=NASTY, labels={NASTY: (0.0, 0.0)}, channels=[NASTY], table=points, colour_by=NASTY)
    map.to_html(tmp_path / "map.html")
    text = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert NASTY not in text
    assert text.count("</script") == 2
    assert "<!--" not in text
    meta = content_of(text)["meta"]
    assert meta["labels"][0]["text"] == meta["channels"][0]["name"] == NASTY


def test_an_existing_file_is_kept_unless_it_may_be_overwritten(map, tmp_path):
    path = tmp_path / "map.html"
    path.write_text("mine")
    with pytest.raises(ParameterError, match="overwrite"):
        map.to_html(path)
    assert path.read_text() == "mine"
    map.to_html(path, overwrite=True)
    assert path.read_text() != "mine"


def test_a_page_that_cannot_be_written_leaves_nothing_behind(map, tmp_path, monkeypatch):
    monkeypatch.setattr(page.os, "replace", lambda *paths: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        map.to_html(tmp_path / "map.html")
    assert list(tmp_path.iterdir()) == []


def test_the_joined_script_is_one_module_without_imports():
    text = module_text()
    assert re.findall(r"^import ", text, re.M) == []
    assert re.findall(r"^export (default|function) ?(\w*)", text, re.M) == [
        ("function", "open"),
        ("default", ""),
    ]
    declared = re.findall(r"^(?:const|let|function|async function|class) (\w+)", text, re.M)
    assert len(declared) == len(set(declared))
    assert len(FILES) > 10


def test_nothing_is_written_as_markup():
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", module_text()) == []
