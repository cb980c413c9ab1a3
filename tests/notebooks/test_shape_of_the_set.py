import pytest

from astrokit.run import find
from tests.notebooks.shape import CHECKS, read


@pytest.mark.parametrize("check", CHECKS)
def test_every_notebook_has_the_shape_of_the_set(name, check):
    (notebook,) = find([name])
    assert CHECKS[check](read(notebook.path)) == []
