"""Formulas as text: what a reader would write by hand, or nothing."""

import pytest

from astrokit.run.gallery_formulas import bare, pieces, without_formulas


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (r"\alpha \times \Omega", "\u03b1 \u00d7 Ω"),
        (r"\sim 10^{39}", "\u223c 10³⁹"),
        (r"M_\odot", "M⊙"),
        (r"10^{-3}\,\mathrm{km\,s^{-1}}", "10⁻³ km s⁻¹"),
        (r"30^\circ", "30°"),
        (r"\frac{a}{b+1} \leq \sqrt{2}", "a/(b+1) ≤ √2"),
        (r"z<3", "z < 3"),
        (r"x^*", "x\u2217"),
    ],
)
def test_a_simple_formula_is_text(formula, text):
    assert without_formulas(f"so ${formula}$ is") == f"so {text} is"
    assert without_formulas(f"so $${formula}$$ is") == f"so {text} is"


@pytest.mark.parametrize(
    "formula",
    [r"\int f", "x^{2", "x}", "a_{b_{N_H}}", r"\unknown{x}", r"a & b", "x^", "{" * 5000, "x" * 201],
)
def test_what_text_cannot_show_is_left_out(formula):
    assert without_formulas(f"mass ${formula}$, then") == "mass, then"


def test_an_environment_is_left_out():
    assert without_formulas(r"so \begin{align} a &= b \end{align} is") == "so is"


@pytest.mark.parametrize(
    "text", ["`$x$`", "costs $5 and $10", "$5/$10", "a $ b $ c", "no formula", "$a\n\nb$"]
)
def test_what_is_no_formula_stays(text):
    assert without_formulas(text) == text


def test_raised_and_lowered_text_that_unicode_lacks_becomes_elements():
    found = list(pieces(without_formulas(r"$N_H^{1.5}$")))
    assert [piece for piece in found if piece[1]] == [("", "N"), ("sub", "H"), ("sup", "1.5")]
    assert bare(without_formulas("$N_H$ of")) == "NH of"


def test_marks_in_a_notebook_itself_do_not_count():
    assert list(pieces(without_formulas("a\ue000b\ue002"))) == [("", "ab")]
