"""One execution of each notebook, offline and in a new home; every test looks at the same one."""

import pytest

from astrokit.run import find
from tests.notebooks.outputs import NOTEBOOK_CHECKS, RECORD_CHECKS, first_output, study_data_simulated


@pytest.mark.parametrize("check", RECORD_CHECKS)
def test_every_record_is_good(execution, check):
    found = RECORD_CHECKS[check](execution.record)
    assert found == [], f"slowest cells:\n{execution.slowest_cells()}"


@pytest.mark.parametrize("check", NOTEBOOK_CHECKS)
def test_every_executed_notebook_is_good(execution, check):
    assert NOTEBOOK_CHECKS[check](execution.notebook) == []


def test_without_parameters_data_are_simulated_and_record_and_first_output_say_so(execution):
    simulated = study_data_simulated(execution.record)
    assert simulated
    assert all(simulated)
    assert "simulated" in first_output(execution.notebook).lower()


def test_the_solutions_ran_too(execution, name):
    (notebook,) = find([name])
    executed = [cell for cell in execution.notebook.cells if "solution" in cell.metadata.get("tags", [])]
    assert len(executed) == notebook.path.read_text().count('"solution"') > 0
    assert all(cell.execution_count for cell in executed)


def test_nothing_asked_for_the_network(the_set):
    assert the_set.refused_connections() == []
