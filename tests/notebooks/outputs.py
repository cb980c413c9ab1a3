"""What every executed notebook shows, and what its record holds. Each check returns the problems it found."""

import json
import math
import re

from tests.notebooks.shape import ABSOLUTE_PATH

LONGEST_RUN_S = 90  # on two cores, profile fast: part of what a notebook of the set promises
# Of 1 GB, what no file stands behind: a quarter is left for the code of libraries (docs/decisions/0008).
MOST_ANONYMOUS_BYTES = 750e6
SHORTEST_ALT = 30
WORDS_AFTER_A_FIGURE = ("**What to notice.**", "**Try it.**")
WIDGET = "application/vnd.jupyter.widget-view+json"
STANDS_IN = {"image/png", "text/html"}  # what is shown in place of a widget that has no kernel
WIDGET_REPR = re.compile(r"[A-Z]\w*\((children|value|description|layout|options|format)=")
NOTEBOOK_CHECKS, RECORD_CHECKS = {}, {}


def notebook_check(function):
    NOTEBOOK_CHECKS[function.__name__] = function
    return function


def record_check(function):
    RECORD_CHECKS[function.__name__] = function
    return function


@notebook_check
def every_cell_ran(notebook):
    return [f"cell {at} did not run" for at, cell in code_cells(notebook) if cell.execution_count is None]


@notebook_check
def nothing_failed(notebook):
    return [
        f"cell {at}: {o.ename}: {o.evalue}" for at, o in all_outputs(notebook) if o.output_type == "error"
    ]


@notebook_check
def nothing_warned(notebook):
    streams = [(at, o) for at, o in all_outputs(notebook) if o.output_type == "stream" and o.name == "stderr"]
    return [f"cell {at} wrote to standard error: {output.text[:300]}" for at, output in streams]


@notebook_check
def pictures_have_alt_text(notebook):
    problems = []
    for at, output in all_outputs(notebook):
        for kind in (kind for kind in output.get("data", {}) if kind.startswith("image/")):
            alt = output.metadata.get(kind, {}).get("alt") or output.metadata.get("alt") or ""
            if len(alt) < SHORTEST_ALT:
                problems.append(f"cell {at}: {kind} with the alt text {alt!r}")
    return problems


@notebook_check
def html_pictures_have_alt_text(notebook):
    bare = re.compile(r"<img(?![^>]*\balt=[\"'][^\"']+)", re.IGNORECASE)
    pages = [(at, o.get("data", {}).get("text/html", "")) for at, o in all_outputs(notebook)]
    return [f"cell {at}: <img> without alt text" for at, page in pages if bare.search("".join(page))]


@notebook_check
def widgets_leave_something_to_see(notebook):
    """`astrokit run` takes out a widget's view; where nothing stands in for it, its repr is what remains."""
    problems = ["saved widget state hides the pictures"] if "widgets" in notebook.metadata else []
    return problems + [
        f"cell {at}: a widget without a picture or HTML beside it"
        for at, output in all_outputs(notebook)
        if not STANDS_IN.intersection(data := output.get("data", {}))
        and (WIDGET in data or WIDGET_REPR.match(data.get("text/plain", "")))
    ]


@notebook_check
def words_follow_figures(notebook):
    places = {at for at, o in all_outputs(notebook) if "image/png" in o.get("data", {})}
    cells = notebook.cells
    return [
        f"cell {at}: no {' or '.join(WORDS_AFTER_A_FIGURE)} right after the figure"
        for at in sorted(places)
        if at + 1 == len(cells) or not cells[at + 1].source.startswith(WORDS_AFTER_A_FIGURE)
    ]


@notebook_check
def no_path_of_a_machine_is_shown(notebook):
    """They come with warnings, reprs and messages."""
    found = [(at, ABSOLUTE_PATH.search(text)) for at, o in all_outputs(notebook) for text in texts(o)]
    return [f"cell {at} shows {hit[0]}" for at, hit in found if hit]


@record_check
def is_ok(record):
    return [] if record.status == "ok" else [f"{record.status}: {json.dumps(record.error, indent=1)}"]


@record_check
def keeps_to_its_time(record):
    return [] if record.seconds < LONGEST_RUN_S else [f"{record.seconds:.0f} s, {LONGEST_RUN_S} s at most"]


@record_check
def keeps_to_its_memory(record):
    used = record.peak_anonymous_mb * 2**20
    most = MOST_ANONYMOUS_BYTES
    return [] if 0 < used < most else [f"{used / 1e6:.0f} MB, {most / 1e6:.0f} at most"]


@record_check
def quotes_numbers_that_are_numbers(record):
    problems = [] if record.metrics else ["no number went through record()"]
    for name, metric in record.metrics.items():
        numbers = [metric["value"], *(metric["interval"] or [])]
        if not all(isinstance(number, str) or is_finite(number) for number in numbers):
            problems.append(f"{name}: {numbers}")
    return problems


@record_check
def names_its_data(record):
    problems = [] if record.data else ["no data are named"]
    for used in record.data:
        wanted = (
            ("name", "source", "licence", "citation") if used["simulated"] else ("name", "source", "sha256")
        )
        problems += [f"{used['name']}: no {key}" for key in wanted if not used[key]]
        if used["role"] not in ("study", "truth_check"):
            problems.append(f"{used['name']}: role {used['role']!r}")
    return problems


def study_data_simulated(record):
    """Of each data set that results rest on, whether it is simulated."""
    return [used["simulated"] for used in record.data if used["role"] == "study"]


def first_output(notebook):
    """All that the first output says, in whatever form."""
    return next(json.dumps(output) for _, output in all_outputs(notebook))


def texts(output):
    """What an output shows as text: printed, or as plain text or Markdown."""
    data = output.get("data", {})
    return [output.get("text", ""), data.get("text/plain", ""), data.get("text/markdown", "")]


def code_cells(notebook):
    return [(at, cell) for at, cell in enumerate(notebook.cells) if cell.cell_type == "code"]


def all_outputs(notebook):
    return [(at, output) for at, cell in code_cells(notebook) for output in cell.outputs]


def is_finite(value):
    return value is not None and math.isfinite(value)
