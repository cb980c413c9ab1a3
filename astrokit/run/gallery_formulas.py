"""Simple formulas in Markdown as text, for a page without scripts: `$10^{39}$` is "10\u00b3\u2079".

What has no such text is left out. Raised and lowered text that Unicode lacks, as in `$N_H$`, stands between
marks that `pieces` turns into elements.
"""

import re
from collections.abc import Iterator
from html.entities import html5

_LOWERED, _RAISED, _END = "\ue000", "\ue001", "\ue002"
_MARKS = re.compile(f"([{_LOWERED}{_RAISED}])([^{_END}]*){_END}")
_LONGEST = 200
_IN_MARKDOWN = re.compile(
    r"(?P<code>(?P<ticks>`+)[^`]+(?P=ticks))|(?P<dollar>\\\$)"
    r"|(?P<space>[ \t]*)(?:\$\$(?P<block>[^$]+)\$\$"
    r"|\$(?!\s)(?P<inline>(?:[^$\n]|\n(?!\s*\n))+)(?<!\s)\$(?![\d$])"
    r"|\\begin\{(?P<name>\w+\*?)\}[\s\S]*?\\end\{(?P=name)\})"
)
_TOKEN = re.compile(r"\\[A-Za-z]+\s*|\\.|\s+|.", flags=re.DOTALL)
# LaTeX and HTML have the same names for these.
_AS_IN_HTML = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi "
    "chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega nabla ell hbar odot oplus prime "
    "langle rangle"
)
_RELATIONS = "times pm mp sim approx simeq propto equiv leq le geq ge ll gg ne lesssim gtrsim rightarrow in"
_COMMANDS = {name: html5[f"{name};"] for name in _AS_IN_HTML.split()}
_COMMANDS |= {name: f" {html5[name + ';']} " for name in _RELATIONS.split()}
_COMMANDS |= {"varepsilon": html5["epsilon;"], "varphi": html5["phi;"], "partial": html5["part;"]}
_COMMANDS |= {"neq": " \u2260 ", "to": " \u2192 ", "infty": html5["infin;"], "cdot": html5["middot;"]}
_COMMANDS |= {"star": "\u22c6", "circ": "\u00b0", "dots": "\u2026", "ldots": "\u2026"}
_COMMANDS |= {name: name for name in ("log", "ln", "exp", "sin", "cos", "tan", "min", "max")}
_COMMANDS |= {"quad": " ", "left": "", "right": "", "rm": "", "displaystyle": ""}
_ESCAPED = {",": " ", ";": " ", ":": " ", " ": " ", "!": "", "%": "%", "&": "&", "#": "#", "$": "$"}
_STYLES = {"mathrm", "mathbf", "mathit", "mathcal", "text", "textrm", "textbf", "textit", "operatorname"}
_PLAIN = {"~": " ", "-": "\u2212", "*": "\u2217", "'": "\u2032", "=": " = ", "<": " < ", ">": " > "}
_HIGH = str.maketrans(
    "0123456789+\u2212=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
)
_LOW = str.maketrans("0123456789+\u2212=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
# These sit beside their letter in running text, as in "M⊙" and "30°".
_BESIDE = set("\u2299\u2295\u22c6\u00b0\u2032\u2217")


class _NoTextError(Exception):
    """A formula that text cannot show."""


def without_formulas(markdown: str) -> str:
    """Return Markdown with its formulas as text where there is one, else without them; code stays.

    Examples
    --------
    >>> without_formulas(r"About $10^{39}$ erg/s, $\\\\int f$ and `$x$`")
    'About 10³⁹ erg/s, and `$x$`'
    """
    return _IN_MARKDOWN.sub(_replaced, re.sub(f"[{_LOWERED}{_RAISED}{_END}]", "", markdown))


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield (element, text) of what `without_formulas` returned; the element is "", "sub" or "sup".

    Examples
    --------
    >>> list(pieces(without_formulas("$N_H$ of")))
    [('', 'N'), ('sub', 'H'), ('', ' of')]
    """
    before, *found = _MARKS.split(text)
    yield "", before
    for mark, moved, after in zip(found[::3], found[1::3], found[2::3], strict=True):
        yield ("sub" if mark == _LOWERED else "sup"), moved
        yield "", after


def bare(text: str) -> str:
    """The same in a place that takes no elements, such as a title."""
    return "".join(words for _, words in pieces(text))


def _replaced(match: re.Match[str]) -> str:
    if match["code"]:
        return match["code"]
    if match["dollar"]:
        return "$"
    source = match["inline"] or match["block"] or ""
    try:
        text = _text(source)
    except _NoTextError:
        text = ""
    return match["space"] + text if text else ""


def _text(source: str) -> str:
    if len(source) > _LONGEST:
        raise _NoTextError
    tokens = _TOKEN.findall(source)[::-1]
    text = ""
    while tokens:
        text += _next(tokens)
    return " ".join(text.split())


def _next(tokens: list[str]) -> str:
    """Take the next token with its arguments off the end of the list, and return its text."""
    token = tokens.pop().strip() or " "
    if token == "{":
        return _group(tokens)
    if token in "^_":
        return _moved(_argument(tokens), raised=token == "^")
    if token in "}&$":
        raise _NoTextError
    if not token.startswith("\\"):
        return _PLAIN.get(token, token)
    return _command(token[1:], tokens)


def _command(name: str, tokens: list[str]) -> str:
    if name in _ESCAPED:
        return _ESCAPED[name]
    if name in _COMMANDS:
        return _COMMANDS[name]
    if name in _STYLES:
        return _argument(tokens)
    if name == "frac":
        return f"{_closed(_argument(tokens))}/{_closed(_argument(tokens))}"
    if name == "sqrt":
        return f"\u221a{_closed(_argument(tokens))}"
    raise _NoTextError


def _argument(tokens: list[str]) -> str:
    while tokens and tokens[-1].isspace():
        tokens.pop()
    if not tokens:
        raise _NoTextError
    return _next(tokens).strip()


def _group(tokens: list[str]) -> str:
    text = ""
    while tokens:
        if tokens[-1] == "}":
            tokens.pop()
            return text
        text += _next(tokens)
    raise _NoTextError


def _closed(text: str) -> str:
    return text if re.fullmatch(r"\w*", text) else f"({text})"


def _moved(text: str, *, raised: bool) -> str:
    if not text or _END in text:
        raise _NoTextError
    table = _HIGH if raised else _LOW
    if set(text) <= _BESIDE:
        return text
    if all(ord(character) in table for character in text):
        return text.translate(table)
    return f"{_RAISED if raised else _LOWERED}{text}{_END}"
