"""The page of a sweep in a browser: linked plots, and nothing that a run says becomes code."""

import json
import re

import pytest

from astrokit.run.records import save_notebook
from astrokit.run.sweeps import summarise
from astrokit.run.sweeps.ledger import Attempt, Ledger
from astrokit.run.sweeps.view import build_view

PAYLOADS = [
    "<script>pwned()</script>",
    "</script><script>pwned()</script>",
    "<!--<script>",
    "--><script>pwned()</script>",
    "<img src=x onerror=pwned()>",
    "<IMG SRC=x ONERROR=pwned()>",
    "<svg onload=pwned()>",
    "<svg><script>pwned()</script></svg>",
    "<svg><animate onbegin=pwned() attributeName=x dur=1s>",
    "<body onload=pwned()>",
    "<iframe srcdoc='<script>parent.pwned()</script>'></iframe>",
    "<iframe src=javascript:parent.pwned()></iframe>",
    "<a href=javascript:pwned() autofocus onfocus=pwned()>x</a>",
    "<input autofocus onfocus=pwned()>",
    "<select autofocus onfocus=pwned()>",
    "<details open ontoggle=pwned()>",
    "<video><source onerror=pwned()></video>",
    "<audio src=x onerror=pwned()>",
    "<object data=javascript:pwned()>",
    "<embed src=javascript:pwned()>",
    "<form action=https://example.org/><input type=submit></form>",
    "<meta http-equiv=refresh content='0;url=https://example.org/'>",
    "<base href=https://example.org/>",
    "<link rel=stylesheet href=https://example.org/x.css>",
    "<style>@import 'https://example.org/x.css'; * {display: none}</style>",
    "<img src=https://example.org/x.png>",
    "<math><mtext><table><mglyph><style><img src=x onerror=pwned()>",
    "<noscript><p title='</noscript><img src=x onerror=pwned()>'>",
    "{{ 7 * 7 }}${pwned()}`${pwned()}`{% raw %}",
    "\"'><script>pwned()</script>",
    "\u2028\u2029</textarea><script>pwned()</script>",
    "__proto__",
]


def output_of(payload):
    shown = {"text/html": payload, "text/plain": payload, "text/markdown": payload}
    display = {"output_type": "display_data", "data": shown, "metadata": {}}
    script = {"output_type": "display_data", "data": {"application/javascript": "pwned()"}, "metadata": {}}
    stream = {"output_type": "stream", "name": "stdout", "text": payload}
    svg = {"output_type": "display_data", "data": {"image/svg+xml": f"<svg>{payload}</svg>"}, "metadata": {}}
    return [display, script, stream, svg]


def notebook_of(payload):
    code = {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": f"x = {payload!r}"}
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": f"# {payload}\n\n{payload}\n\n$x^2$"},
        {**code, "outputs": output_of(payload)},
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A sweep whose runs have the payloads as names, parameters, metrics and outputs."""
    out = tmp_path_factory.mktemp("swept")
    ledger, lines = Ledger(out), []
    ledger.make()
    for i, payload in enumerate(PAYLOADS):
        plan = {"key": f"k{i}", "notebook": payload, "path": "x", "parameters": {"label": payload, "n": i}}
        lines.append(json.dumps(plan) + "\n")
        metrics = {payload: i, "words": payload, "square": i * i}
        ledger.write(Attempt(f"k{i}", 1, payload, status="ok", metrics=metrics))
        (out / "runs" / f"k{i}").mkdir(parents=True)
        save_notebook(out / "runs" / f"k{i}", notebook_of(payload))
    (out / "plan.jsonl").write_text("".join(lines))
    summarise(out)
    build_view(out)
    return out


def opened(browser, path):
    """A page that knows who tried what: `tried` has calls of `pwned`, requests and dialogs."""
    page = browser.new_page()
    page.tried = []
    page.expose_function("pwned", lambda: page.tried.append("pwned"))
    page.on("dialog", lambda dialog: page.tried.append("dialog"))
    page.on("pageerror", lambda error: page.tried.append(str(error)))
    page.route(re.compile("^(?!file:|data:|blob:)"), lambda route: refuse(page, route))
    page.goto(path.as_uri())
    page.wait_for_timeout(150)
    return page


def refuse(page, route):
    page.tried.append(route.request.url)
    route.abort()


def test_nothing_that_runs_say_becomes_code_in_the_results(browser, swept):
    page = opened(browser, swept / "results.html")
    assert page.locator("ol li").count() == len(PAYLOADS)
    assert page.url.endswith("results.html")
    assert PAYLOADS[0] in page.locator("ol li").first.text_content()
    assert page.locator("main canvas").count() == 2
    assert page.tried == []
    page.close()


def test_nothing_that_a_run_says_becomes_code_in_its_page(browser, swept):
    page = opened(browser, swept / "runs" / "k0" / "notebook.html")
    for i, payload in enumerate(PAYLOADS):
        page.goto((swept / "runs" / f"k{i}" / "notebook.html").as_uri())
        page.wait_for_timeout(50)
        assert page.url.endswith(f"k{i}/notebook.html"), payload
        assert page.locator(".jp-Cell").count() == 2, payload
        assert page.locator("body").evaluate("body => getComputedStyle(body).display") != "none", payload
        assert page.tried == [], payload
    page.close()


def test_formulas_are_drawn_although_no_other_script_runs(browser, swept):
    page = opened(browser, swept / "runs" / "k0" / "notebook.html")
    assert page.locator("math").count() == 1
    page.close()


def test_what_is_chosen_on_an_axis_is_listed_and_a_click_opens_its_notebook(browser, swept):
    page = opened(browser, swept / "results.html")
    box = page.locator("canvas").first.bounding_box()
    n_axes = page.evaluate("Math.min(12, columns.length)")
    x = (
        box["x"]
        + 60
        + (box["width"] - 120)
        / (n_axes - 1)
        * page.evaluate("columns.findIndex(column => column.name === 'p_n')")
    )
    page.mouse.move(x, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(x, box["y"] + 80, steps=4)
    page.mouse.up()
    listed = page.locator("ol li").all_text_contents()
    assert 2 <= len(listed) < len(PAYLOADS) / 2
    assert all(re.search(r"· n (2\d|3\d) ·", words) for words in listed)
    page.get_by_role("button", name="Show all").click()
    assert page.locator("ol li").count() == len(PAYLOADS)

    scatter = page.locator("canvas").nth(1)
    page.get_by_label("y", exact=True).select_option(label="square")
    page.get_by_label("x", exact=True).select_option(label="n")
    scatter.scroll_into_view_if_needed()
    box = scatter.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 12)
    page.mouse.click(box["x"] + box["width"] - 20, box["y"] + 12)
    page.wait_for_url(f"**/k{len(PAYLOADS) - 1}/notebook.html")
    page.close()


@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_fits_the_screen(browser, swept, width):
    page = opened(browser, swept / "results.html")
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
