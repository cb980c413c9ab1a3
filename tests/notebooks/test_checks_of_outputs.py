"""Each check of executed notebooks and records passes a good one and finds its own fault in a broken copy."""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from astrokit.run import Record
from tests.notebooks.outputs import NOTEBOOK_CHECKS, RECORD_CHECKS, WIDGET

ALT = "Two groups of dots; the right one is higher."
USED = {
    "name": "sim",
    "role": "study",
    "simulated": True,
    "source": "here",
    "sha256": None,
    "licence": "BSD",
    "citation": "x",
}
METRIC = {"value": 0.5, "interval": [0.4, 0.6], "unit": None, "paper": None}


def shown(data, **metadata):
    return new_output("display_data", data=data, metadata=metadata)


def picture(alt=ALT):
    return shown({"image/png": "AAAA", "text/plain": alt, WIDGET: {}}, **{"image/png": {"alt": alt}})


def good(*outputs):
    cells = [
        new_code_cell("look", outputs=[picture(), *outputs], execution_count=1),
        new_markdown_cell("**What to notice.** Two."),
        new_code_cell("table", outputs=[shown({"text/html": "<table></table>"})], execution_count=2),
    ]
    return new_notebook(cells=cells)


def without(change):
    notebook = good()
    change(notebook)
    return notebook


BROKEN_NOTEBOOKS = [
    ("every_cell_ran", without(lambda notebook: notebook.cells[2].update(execution_count=None))),
    ("nothing_failed", good(new_output("error", ename="ValueError", evalue="no", traceback=[]))),
    ("nothing_warned", good(new_output("stream", name="stderr", text="FutureWarning"))),
    ("pictures_have_alt_text", good(shown({"image/png": "AAAA"}))),
    ("pictures_have_alt_text", good(picture("a figure"))),
    ("html_pictures_have_alt_text", good(shown({"text/html": '<img src="x.png">'}))),
    ("widgets_leave_something_to_see", good(shown({WIDGET: {}, "text/plain": "x"}))),
    ("widgets_leave_something_to_see", good(shown({"text/plain": "VBox(children=(IntSlider(),))"}))),
    ("widgets_leave_something_to_see", without(lambda notebook: notebook.metadata.update(widgets={}))),
    ("words_follow_figures", without(lambda notebook: notebook.cells.pop(1))),
    ("words_follow_figures", without(lambda notebook: notebook.cells[1].update(source="So."))),
    ("no_path_of_a_machine_is_shown", good(new_output("stream", text=f"in {Path(__file__)}"))),
    ("no_path_of_a_machine_is_shown", good(shown({"text/plain": f"in {Path.home()}/x"}))),
]


def record(**changes):
    values = {
        "notebook": "x",
        "parameters": {},
        "status": "ok",
        "error": None,
        "metrics": {"recall": METRIC},
        "seconds": 50.0,
        "peak_rss_mb": 600.0,
        "peak_anonymous_mb": 400.0,
        "started_at": "",
        "versions": {},
        "git_commit": None,
        "data": [USED],
    }
    return Record(**{**values, **changes})


BROKEN_RECORDS = [
    ("is_ok", record(status="failed", error={"name": "ValueError"})),
    ("keeps_to_its_time", record(seconds=90.5)),
    ("keeps_to_its_memory", record(peak_anonymous_mb=720.0)),
    ("keeps_to_its_memory", record(peak_anonymous_mb=0.0)),
    ("quotes_numbers_that_are_numbers", record(metrics={})),
    ("quotes_numbers_that_are_numbers", record(metrics={"recall": {**METRIC, "value": None}})),
    (
        "quotes_numbers_that_are_numbers",
        record(metrics={"recall": {**METRIC, "interval": [0.1, float("inf")]}}),
    ),
    ("names_its_data", record(data=[])),
    ("names_its_data", record(data=[{**USED, "role": "other"}])),
    ("names_its_data", record(data=[{**USED, "citation": ""}])),
    ("names_its_data", record(data=[{**USED, "simulated": False}])),
]


@pytest.mark.parametrize("check", NOTEBOOK_CHECKS)
def test_a_good_notebook_passes(check):
    assert NOTEBOOK_CHECKS[check](good()) == []


@pytest.mark.parametrize(("check", "notebook"), BROKEN_NOTEBOOKS)
def test_a_broken_notebook_is_found(check, notebook):
    assert NOTEBOOK_CHECKS[check](notebook)


@pytest.mark.parametrize("check", RECORD_CHECKS)
def test_a_good_record_passes(check):
    assert RECORD_CHECKS[check](record()) == []


@pytest.mark.parametrize(("check", "broken"), BROKEN_RECORDS)
def test_a_bad_record_is_found(check, broken):
    assert RECORD_CHECKS[check](broken)


def test_every_check_was_seen_to_fail():
    assert {check for check, _ in BROKEN_NOTEBOOKS} == set(NOTEBOOK_CHECKS)
    assert {check for check, _ in BROKEN_RECORDS} == set(RECORD_CHECKS)
