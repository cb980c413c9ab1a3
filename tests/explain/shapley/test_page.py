"""The page on attributions shows what it says."""

import doctest
from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "docs" / "attributions.md"


def test_the_examples_of_the_page_give_what_stands_below_them():
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried > 10
    assert failed == 0
