"""The gallery as a reader opens it: from the disk, without a network."""

import re

import pytest

from astrokit.run import notebook_set

PAGES = ["index.html", *(f"{notebook.name}/notebook.html" for notebook in notebook_set())]
VISIBLE = """images => images.map(image => ({
  alt: image.alt, pixels: image.naturalWidth, shown: image.getBoundingClientRect().width > 20
}))"""


def open_offline(browser, path):
    """Open a file; `complaints` of the page has what the browser could not load or run."""
    page = browser.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("requestfailed", lambda asked: page.complaints.append(asked.url[:200]))
    page.route(re.compile("^(?!file:|data:|blob:)"), lambda route: route.abort())
    page.goto(path.as_uri())
    return page


@pytest.fixture(scope="module", params=PAGES)
def page(request, browser, the_set):
    page = open_offline(browser, the_set.out / request.param)
    yield page
    page.close()


def test_a_page_opens_offline_without_complaint(page):
    assert page.title()
    assert page.complaints == []


def test_all_pictures_are_visible_and_have_alt_text(page):
    images = page.locator("img:not(details *)")
    for image in images.all():
        image.scroll_into_view_if_needed()
    page.wait_for_function("[...document.images].every(image => image.complete)")
    seen = images.evaluate_all(VISIBLE)
    assert seen
    assert [image for image in seen if not (image["alt"] and image["pixels"] and image["shown"])] == []


def test_a_page_fits_a_narrow_screen(page):
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


FIGURES = ".hero img, .strip img, .jp-RenderedImage img"
LOOKS = """images => images.map(image => {
  const {backgroundColor, paddingLeft, borderTopLeftRadius} = getComputedStyle(image);
  return [backgroundColor, parseFloat(paddingLeft) > 2, parseFloat(borderTopLeftRadius) > 2];
})"""


def test_in_the_dark_theme_figures_lie_on_a_light_mat(page):
    page.emulate_media(color_scheme="dark")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", ground)[:3])) < 64
    seen = page.locator(FIGURES).evaluate_all(LOOKS)
    assert seen
    assert [looks for looks in seen if looks != ["rgb(255, 255, 255)", True, True]] == []


def test_every_notebook_of_the_set_is_one_click_away(browser, the_set):
    page = browser.new_page()
    for notebook in notebook_set():
        page.goto((the_set.out / "index.html").as_uri())
        page.get_by_role("link", name=notebook.title).click()
        assert page.locator("h1").first.inner_text().startswith(notebook.title)
    page.close()


@pytest.mark.parametrize(
    "broken",
    ['<img src="https://example.org/x.png">', '<img src="lost.png">', "<script>nobody()</script>"],
)
def test_what_is_missing_is_a_complaint(browser, tmp_path, broken):
    (tmp_path / "page.html").write_text(f"<title>x</title>{broken}")
    page = open_offline(browser, tmp_path / "page.html")
    assert page.complaints
    page.close()
