"""The gallery: one page that opens anywhere, in which everything from notebooks is text."""

import base64
import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from astrokit.run import Record
from astrokit.run.gallery import build
from astrokit.run.last_ok import keep_last_ok
from astrokit.run.page import katex_code, to_html
from astrokit.run.records import save_notebook, save_record

XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 86243 * 86243 }}"
READ_AS_TEMPLATE = str(86243 * 86243)  # in no time of day, size or count
ONE_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
GOOD = Record(
    notebook="one",
    parameters={"source": "embedded"},
    status="ok",
    error=None,
    metrics={"recall_left_out": {"value": 0.8234, "interval": [0.74, 0.89], "unit": "", "paper": 0.85}},
    seconds=12.34,
    peak_rss_mb=567.8,
    peak_anonymous_mb=400.0,
    started_at="2026-01-02T03:04:05+00:00",
    versions={},
    git_commit="0123456789abcdef",
    data=[{"name": "sim", "role": "study", "simulated": True, "source": "here", "citation": "C"}],
)
ERROR = {"cell": 4, "tags": [], "name": "ValueError", "message": "no pulsars", "traceback": ""}


class Elements(HTMLParser):
    """The elements of a page: (tag, attributes), and its text outside of scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.found, self.text, self._inside = [], "", ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        self._inside = tag

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside not in ("script", "style"):
            self.text += data

    def of(self, *tags):
        return [attributes for tag, attributes in self.found if tag in tags]


def markdown(source):
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source, *outputs, tags=()):
    metadata = {"tags": list(tags)}
    return {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": metadata,
        "outputs": list(outputs),
        "source": source,
    }


def display(data, metadata=None):
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def save(folder, record, *cells):
    (folder / record.notebook).mkdir(parents=True)
    content = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    save_notebook(folder / record.notebook, content if cells else None)
    save_record(folder / record.notebook, record)


def index(folder):
    return Elements(build(folder).read_text(encoding="utf-8"))


def loads_from_elsewhere(elements):
    """Addresses that a browser would fetch by itself; links that a reader may follow are not among them."""
    loading = elements.of("script", "link", "img", "iframe", "source", "object", "embed", "audio", "video")
    addresses = [attributes.get(key) for attributes in loading for key in ("src", "href", "data", "srcset")]
    return [address for address in addresses if address and not address.startswith("data:")]


def test_a_card_shows_figure_numbers_time_memory_and_kind_of_data(tmp_path):
    picture = display({"image/png": ONE_PIXEL}, {"image/png": {"alt": 'A "gap" & more'}})
    save(tmp_path, GOOD, markdown("# The *title*\n\nWhat it is."), code("1", picture))
    found = index(tmp_path)
    words = ["The title", "What it is.", "Recall left out", "0.823", "0.74 to 0.89", "0.85"]
    assert [word for word in (*words, "12.3 s", "568 MB") if word not in found.text] == []
    assert "simulated data" in found.text
    assert [image["alt"] for image in found.of("img")] == ['A "gap" & more']
    links = {link.get("href") for link in found.of("a")}
    assert links == {"one/notebook.html", "one/notebook.ipynb", "one/record.json"}


def test_a_failed_notebook_says_its_error_and_cell(tmp_path):
    save(tmp_path, replace(GOOD, status="failed", error=ERROR))
    assert "cell 4: ValueError: no pulsars" in index(tmp_path).text


def test_a_failed_notebook_leads_to_its_last_good_run(tmp_path):
    save(tmp_path, GOOD, markdown("# T"))
    keep_last_ok(tmp_path / "one")
    save_record(tmp_path / "one", replace(GOOD, status="failed", error=ERROR))
    links = {link.get("href") for link in index(tmp_path).of("a")}
    assert links == {"one/record.json", "one/last-ok/notebook.ipynb"}
    assert all((tmp_path / link).is_file() for link in links)


def test_real_data_is_said_and_what_only_checks_the_truth_does_not_count(tmp_path):
    real = {**GOOD.data[0], "simulated": False}
    save(tmp_path, replace(GOOD, data=[real, {**GOOD.data[0], "role": "truth_check"}]), markdown("# T"))
    assert "real data" in index(tmp_path).text


def test_numbers_of_the_paper_come_first_and_the_many_are_folded(tmp_path):
    plain = {"value": 1, "interval": None, "unit": None, "paper": None}
    metrics = {f"m{i}": plain for i in range(10)} | {"from paper": {**plain, "paper": 2}}
    save(tmp_path, replace(GOOD, metrics=metrics), markdown("# T"))
    found = index(tmp_path)
    assert found.text.index("From paper") < found.text.index("M0")
    assert "5 more" in found.text


def test_a_name_is_in_words_and_as_recorded_on_hover(tmp_path):
    save(tmp_path, GOOD, markdown("# T"))
    assert {"scope": "row", "title": "recall_left_out"} in index(tmp_path).of("th")


def test_columns_without_a_value_are_left_out_and_simulated_stands_above_the_paper(tmp_path):
    bare = {"value": 1, "interval": None, "unit": None, "paper": None}
    save(tmp_path, replace(GOOD, metrics={"n_sources": bare}), markdown("# T"))
    alone = index(tmp_path).text
    assert [word for word in ("interval", "paper", "here") if word in alone] == []
    save(tmp_path, replace(GOOD, notebook="two", metrics={"n_sources": {**bare, "paper": 2}}))
    beside = index(tmp_path).text
    assert "here, simulated" in beside
    assert "beside the paper" in beside
    assert "interval" not in beside


def test_formulas_of_the_summary_are_text_and_what_no_text_can_show_is_left_out(tmp_path):
    summary = r"ULXs exceed $10^{39}$ erg/s, $N_H \sim 3 \times 10^{21}$, if $\int_0^1 f$ holds."
    save(tmp_path, GOOD, markdown(f"# The $\\alpha$ of $L_X$\n\n{summary}"))
    found = index(tmp_path)
    assert "ULXs exceed 10\u00b3\u2079 erg/s, NH \u223c 3 \u00d7 10\u00b2\u00b9, if holds." in found.text
    assert "The \u03b1 of LX" in found.text
    assert len(found.of("sub")) == 2
    assert "$" not in found.text
    page = (tmp_path / "one" / "notebook.html").read_text(encoding="utf-8")
    assert "<title>The \u03b1 of LX</title>" in page


def picture_of(width, alt):
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (width, 1)).save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode()
    return display({"image/png": data}, {"image/png": {"alt": alt}})


@pytest.mark.parametrize(
    ("tagged", "order"), [("second", ["second", "first", "third"]), ("", ["first", "second", "third"])]
)
def test_the_figure_tagged_hero_leads_and_the_first_does_where_none_is(tmp_path, tagged, order):
    names = ["first", "second", "third"]
    cells = [code("1", picture_of(1, name), tags=["hero"] if name == tagged else []) for name in names]
    save(tmp_path, GOOD, markdown("# T"), *cells)
    assert [image["alt"] for image in index(tmp_path).of("img")] == order


def test_the_hero_is_shown_larger_than_the_others(tmp_path):
    from PIL import Image

    save(tmp_path, GOOD, markdown("# T"), code("1", picture_of(2000, "hero"), picture_of(2000, "other")))
    shown = [base64.b64decode(image["src"].partition(",")[2]) for image in index(tmp_path).of("img")]
    hero, other = (Image.open(io.BytesIO(data)).width for data in shown)
    assert hero > 2 * other


def test_a_damaged_hero_gives_its_place_to_the_first_figure(tmp_path):
    damaged = code("1", display({"image/png": "AAAA"}), tags=["hero"])
    save(tmp_path, GOOD, markdown("# T"), code("1", picture_of(1, "whole")), damaged)
    assert [image["alt"] for image in index(tmp_path).of("img")] == ["whole"]


def test_a_page_stays_until_that_of_the_new_run_is_whole(tmp_path):
    save(tmp_path, GOOD, markdown("# Old"))
    index(tmp_path)
    path = tmp_path / "one" / "notebook.html"
    old = path.read_text(encoding="utf-8")
    again = {"cells": [markdown("# New")], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    save_notebook(tmp_path / "one", again)
    assert path.read_text(encoding="utf-8") == old
    save_record(tmp_path / "one", GOOD)
    index(tmp_path)
    assert "<title>New</title>" in path.read_text(encoding="utf-8")


def test_a_page_is_made_once_for_a_notebook(tmp_path):
    save(tmp_path, GOOD, markdown("# T"))
    index(tmp_path)
    made = (tmp_path / "one" / "notebook.html").stat()
    index(tmp_path)
    assert (tmp_path / "one" / "notebook.html").stat().st_ino == made.st_ino


NO_PAGE = {
    "cells": [markdown("![x](attachment:gone.png)")],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 4,
}


@pytest.mark.parametrize("content", [None, NO_PAGE], ids=["no notebook", "no page"])
def test_no_earlier_page_stands_beside_a_run_that_has_none(tmp_path, content):
    save(tmp_path, GOOD, markdown("# Old"))
    index(tmp_path)
    save_notebook(tmp_path / "one", content)
    save_record(tmp_path / "one", replace(GOOD, status="failed", error=ERROR))
    assert "one/notebook.html" not in {link.get("href") for link in index(tmp_path).of("a")}
    assert not (tmp_path / "one" / "notebook.html").exists()


def test_everything_that_a_notebook_says_is_text(tmp_path):
    metric = {"value": XSS, "interval": None, "unit": XSS, "paper": XSS}
    record = replace(
        GOOD,
        status="failed",
        error={**ERROR, "name": XSS, "message": XSS},
        metrics={XSS: metric},
        parameters={"label": XSS},
        data=[{**GOOD.data[0], "name": XSS, "citation": XSS, "role": XSS}],
    )
    picture = display({"image/png": ONE_PIXEL}, {"image/png": {"alt": XSS}})
    save(tmp_path, record, markdown(f"# Title {XSS}\n\nText {XSS}"), code("1", picture))
    found = index(tmp_path)
    assert found.of("script") == []
    assert [image["alt"] for image in found.of("img")] == [XSS]
    assert not [key for _, attributes in found.found for key in attributes if key.startswith("on")]
    assert found.text.count(XSS) >= 4
    assert READ_AS_TEMPLATE not in found.text


def test_the_index_forbids_scripts_and_loads_nothing(tmp_path):
    save(tmp_path, GOOD, markdown("# T"), code("1", display({"image/png": ONE_PIXEL})))
    found = index(tmp_path)
    (policy,) = [meta["content"] for meta in found.of("meta") if "http-equiv" in meta]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert loads_from_elsewhere(found) == []


def test_a_damaged_picture_or_notebook_leaves_the_other_cards(tmp_path):
    save(tmp_path, GOOD, markdown("# First"), code("1", display({"image/png": "AAAA"})))
    save(tmp_path, replace(GOOD, notebook="two"), markdown("![x](attachment:gone.png)\n\n# Second"))
    (tmp_path / "three").mkdir()
    (tmp_path / "three" / "record.json").write_text("{")
    found = index(tmp_path)
    assert "First" in found.text
    assert "No page: InvalidNotebook" in found.text
    assert len(found.of("article")) == 2


def test_an_empty_folder_has_a_gallery_that_says_what_to_do(tmp_path):
    assert "astrokit run --all --gallery" in index(tmp_path / "new").text


WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
OUTSIDE = """
![badge](https://example.org/badge.svg) <img src='//example.org/a.png' alt="seen">
<script src="http://example.org/x.js"></script>

[a link](https://example.org)
"""


@pytest.fixture
def page(tmp_path):
    """A page of each kind of thing that may stand in a notebook."""
    picture = {"image/png": {"alt": 'Two "groups" & <one>'}}
    html = "<link rel='stylesheet' href='https://example.org/x.css'><b>kept</b><script>1</script>"
    save(
        tmp_path,
        GOOD,
        markdown(f"# Title\n\nInline $a < b_1$, then\n\n$$\\int_0^1 x^2\\,dx$$\n\n{OUTSIDE}"),
        markdown("\\begin{align} a &= b \\\\ c &= d \\end{align}"),
        code("1", display({"image/png": ONE_PIXEL, "text/plain": "not shown"}, picture)),
        code("2", display({"text/html": html}), display({"text/latex": "$\\frac{1}{2}$"})),
        code("answer = 42", tags=["solution"]),
        code("4", display({WIDGET_VIEW: {"model_id": "x"}, "text/plain": "W()"})),
    )
    return to_html(tmp_path / "one" / "notebook.ipynb", title=f"Title {XSS}", pictures=tmp_path)


def test_a_page_loads_nothing_from_elsewhere_and_forbids_it(page):
    found = Elements(page)
    assert loads_from_elsewhere(found) == []
    (policy,) = [meta["content"] for meta in found.of("meta") if "http-equiv" in meta]
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"https?:", policy)
    assert {"https://example.org", "https://example.org/badge.svg"} <= {a.get("href") for a in found.of("a")}


def test_a_page_keeps_the_alternative_text_of_figures(page):
    assert [image["alt"] for image in Elements(page).of("img")] == ['Two "groups" & <one>']


def test_a_page_folds_solutions_and_shows_what_stands_beside_a_dead_widget(page):
    found = Elements(page)
    assert len(found.of("details")) == 1
    assert "Solution" in found.text
    assert "W()" in found.text


def test_the_title_of_a_page_is_text(page):
    assert XSS.split("{{")[0] not in page
    assert "Title <script>" in Elements(page).text


def test_formulas_are_kept_as_elements_and_katex_comes_along(page):
    spans = [span for span in Elements(page).of("span") if span.get("class") == "astrokit-formula"]
    assert [span["data-display"] for span in spans] == ["no", "yes", "yes", "no"]
    assert katex_code() is not None, "panel no longer brings KaTeX: formulas stay LaTeX source"
    assert "katex" in page.rpartition("astrokit-formula")[0][-400_000:]


def test_a_page_without_formulas_carries_no_katex(tmp_path):
    save(tmp_path, GOOD, markdown("# Title"))
    page = to_html(tmp_path / "one" / "notebook.ipynb", title="T", pictures=tmp_path)
    assert "katex" not in page


def test_the_picture_of_a_widget_that_really_ran_is_in_its_page(fault_run, tmp_path):
    page = to_html(fault_run.out / "widget" / "notebook.ipynb", title="W", pictures=tmp_path)
    found = Elements(page)
    assert [image["alt"] for image in found.of("img")] == ['Two "groups" & <one> gap']
    assert "jupyter-widgets" not in {script.get("type", "") for script in found.of("script")}
    assert "IntSlider" in found.text


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-component-update "
FLAGS += "--disable-background-networking --disable-sync --dump-dom"


@pytest.mark.serial
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: install the package chromium")
def test_a_browser_draws_the_formulas_without_a_network(page, tmp_path):
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    command = [CHROMIUM, *FLAGS.split(), profile, (tmp_path / "page.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    found = Elements(done.stdout)
    assert len(found.of("math")) == 4
    assert found.of("mfrac")


def test_the_record_on_disk_is_what_the_card_is_made_from(tmp_path):
    save(tmp_path, GOOD, markdown("# T"))
    assert json.loads((tmp_path / "one" / "record.json").read_text()) == GOOD.as_dict()
