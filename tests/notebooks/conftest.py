import pytest

from astrokit.run import notebook_set
from tests.notebooks.execution import executed_set

NAMES = [notebook.name for notebook in notebook_set()]


@pytest.fixture(scope="session")
def the_set(tmp_path_factory, worker_id):
    """The whole set, executed once for all tests, also when pytest-xdist spreads them over processes."""
    base = tmp_path_factory.getbasetemp()
    return executed_set(base if worker_id == "master" else base.parent)


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def execution(the_set, name):
    assert name in the_set.executions, f"astrokit run left no record of {name}:\n{the_set.printed}"
    return the_set.executions[name]
