"""An executed notebook as one HTML page that opens without a network, mathematics included.

nbconvert's own template loads require.js, MathJax and mermaid from the web. Here nothing is loaded, and a
content security policy keeps it so, whatever the notebook's outputs contain. KaTeX turns mathematics into
MathML, which browsers draw themselves; its code comes with HoloViews' panel and goes into pages that need it.
"""

import base64
import hashlib
import html
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .figures import alternative_text
from .slow_import import skip_slow_import

if TYPE_CHECKING:
    from nbconvert import HTMLExporter

_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; media-src data: blob:; worker-src data: blob:; "
    "connect-src data: blob:; form-action 'none'; base-uri 'none'"
)
# For pages of runs that others may have made: no script at all, save the one that draws formulas.
_STRICT_POLICY = (
    "default-src 'none'; script-src SCRIPTS; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "media-src data: blob:; form-action 'none'; base-uri 'none'"
)
_TEMPLATE = """
{%- extends 'lab/index.html.j2' -%}
{%- block html_head -%}
<meta http-equiv="Content-Security-Policy" content="POLICY">
{{ super() }}
<style>
@media (prefers-color-scheme: dark) {
{% include 'static/theme-dark.css' %}
}
{% include 'page.css' %}
</style>
{%- endblock -%}
{%- block html_head_js_requirejs -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block body_header -%}
{{ super() }}
{%- set about = resources.metadata %}
<nav class="astrokit-back"><a href="{{ about.back }}">&larr; {{ about.back_to }}</a></nav>
{%- endblock -%}
{%- block any_cell -%}
{%- if 'solution' in cell.metadata.get('tags', []) -%}
<details class="astrokit-solution"><summary>Solution</summary>{{ super() }}</details>
{%- else -%}
{{ super() }}
{%- endif -%}
{%- endblock -%}
{%- block data_png scoped -%}{{ output | picture('image/png') }}{%- endblock -%}
{%- block data_jpg scoped -%}{{ output | picture('image/jpeg') }}{%- endblock -%}
{%- block data_svg scoped -%}{{ output | picture('image/svg+xml') }}{%- endblock -%}
{%- block data_latex scoped -%}{{ output.data['text/latex'] | formula }}{%- endblock -%}
"""
_FORMULA_MARK = 'class="astrokit-formula"'
_DRAW_FORMULAS = """
for (const element of document.querySelectorAll(".astrokit-formula")) {
  const displayMode = element.dataset.display === "yes";
  katex.render(element.textContent, element, {displayMode, output: "mathml", throwOnError: false});
}
"""
_LOADING = ("script", "link", "img", "iframe", "source", "audio", "video", "object", "embed")
_ADDRESSES = ("src", "href", "srcset", "data")
_OUTSIDE = re.compile(
    rf"<(?:{'|'.join(_LOADING)})\b[^>]*?\b(?:{'|'.join(_ADDRESSES)})\s*=\s*[\"']?\s*(?:https?:)?//",
    re.IGNORECASE,
)
# A widget's view comes last, because without a kernel only what stands beside it can be shown.
_PICTURES_FIRST = ["image/png", "image/jpeg", "image/svg+xml"]
_PRIORITY = [
    "application/javascript",
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/latex",
    "text/plain",
]


def to_html(
    notebook: Path,
    *,
    title: str,
    pictures: Path,
    strict: bool = False,
    back: tuple[str, str] = ("../index.html", "gallery"),
) -> str:
    """Convert an executed notebook.

    Parameters
    ----------
    notebook : path of the `.ipynb` file
    title : of the page
    pictures : the folder that paths of pictures in Markdown count from
    strict : bool
        Whether HTML of outputs and of Markdown is sanitised and no script of theirs runs, in case the
        notebook is a stranger's. Interactive figures then show what they have beside their script.
    back : (address, words) of the link at the top
    """
    skip_slow_import()
    import nbformat

    content = nbformat.read(notebook, as_version=4)
    content.metadata.pop("title", None)
    about = {"name": title, "path": str(pictures), "back": back[0], "back_to": back[1]}
    page, _ = _exporter(strict).from_notebook_node(content, {"metadata": about})
    if _OUTSIDE.search(page):
        page = _without_outside(page)
    if _FORMULA_MARK in page:
        page = _with_katex(page)
    return page


def formula(source: str, display: bool) -> str:
    """Return the element that the page's script turns into MathML; without the script it shows the source."""
    shown = "yes" if display else "no"
    return f'<span {_FORMULA_MARK} data-display="{shown}">{html.escape(source)}</span>'


@cache
def _exporter(strict: bool) -> "HTMLExporter":
    from jinja2 import DictLoader, pass_context
    from nbconvert import HTMLExporter
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
    from traitlets.config import Config

    class Renderer(IPythonRenderer):
        def block_math(self, body: str) -> str:
            return formula(body, display=True)

        def inline_math(self, body: str) -> str:
            return formula(body, display=False)

        def latex_environment(self, name: str, body: str) -> str:
            return formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)

    class Exporter(HTMLExporter):
        @pass_context
        def markdown2html(self, context: Any, source: str) -> str:
            renderer = Renderer(
                escape=False,
                attachments=context.get("cell", {}).get("attachments", {}),
                embed_images=True,
                path=context.get("resources", {}).get("metadata", {}).get("path", ""),
                exclude_anchor_links=True,
            )
            return MarkdownWithMath(renderer=renderer).render(source)

    template = _TEMPLATE.replace("POLICY", _strict_policy() if strict else _POLICY)
    loader = DictLoader({"astrokit.html.j2": template, "page.css": _style()})
    priority = [*_PICTURES_FIRST, *_PRIORITY] if strict else _PRIORITY
    config = Config({"NbConvertBase": {"display_data_priority": priority}})
    return Exporter(
        config=config,
        sanitize_html=strict,
        template_file="astrokit.html.j2",
        extra_loaders=[loader],
        filters={"picture": _picture, "formula": _formula_output},
    )


def _strict_policy() -> str:
    hashes = [script_hash(script) for script in (katex_code() or "", _DRAW_FORMULAS)]
    return _STRICT_POLICY.replace("SCRIPTS", " ".join(hashes))


def script_hash(script: str) -> str:
    """A script as a content security policy names it."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _style() -> str:
    return (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


def _picture(output: Any, kind: str) -> str:
    data = "".join(output["data"][kind])
    encoded = base64.b64encode(data.encode()).decode() if kind == "image/svg+xml" else data.replace("\n", "")
    size = output.get("metadata", {}).get(kind)
    limits = "".join(
        f' {side}="{int(size[side])}"'
        for side in ("width", "height")
        if isinstance(size, dict) and isinstance(size.get(side), int | float)
    )
    alt = html.escape(alternative_text(output, kind) or "A figure without a description")
    source = html.escape(f"data:{kind};base64,{encoded}")
    image = f'<img src="{source}" alt="{alt}"{limits}>'
    return f'<div class="jp-RenderedImage jp-OutputArea-output">{image}</div>'


def _formula_output(source: str | list[str]) -> str:
    text = "".join(source).strip()
    bare = re.fullmatch(r"(\$\$?)(.*)\1", text, flags=re.DOTALL)
    inner = formula(bare[2] if bare else text, display=not bare or bare[1] == "$$")
    return f'<div class="jp-RenderedHTMLCommon jp-OutputArea-output">{inner}</div>'


def _without_outside(page: str) -> str:
    """Take out elements that would load something from elsewhere; a picture leaves its text and a link."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(page, "html.parser")
    for element in soup.find_all(_LOADING):
        address = next((str(element[key]) for key in _ADDRESSES if element.has_attr(key)), "")
        if not re.match(r"\s*(https?:)?//", address, re.IGNORECASE):
            continue
        if element.name == "img":
            link = soup.new_tag("a", href=address)
            link.string = str(element.get("alt") or address)
            element.replace_with(link)
        else:
            element.decompose()
    return str(soup)


def _with_katex(page: str) -> str:
    code = katex_code()
    if code is None:
        return page
    script = f"<script>{code}</script>\n<script>{_DRAW_FORMULAS}</script>"
    before, end, after = page.rpartition("</body>")
    return f"{before}{script}{end}{after}"


@cache
def katex_code() -> str | None:
    """KaTeX as one script, from the copy that panel brings; None where panel has none."""
    spec = find_spec("panel")
    if spec is None or spec.origin is None:
        return None
    copies = sorted(Path(spec.origin).parent.glob("dist/bundled/katex/**/katex.min.js"))
    return copies[-1].read_text(encoding="utf-8").replace("</script", "<\\/script") if copies else None
