"""One simulated population, its features and its clusters, for all tests of the study."""

import pytest

from astrokit.studies import pulsating_ulx as study


@pytest.fixture(scope="session")
def data():
    return study.load("embedded")


@pytest.fixture(scope="session")
def sample(data):
    return study.prepare(data.observations)


@pytest.fixture(scope="session")
def clusters(sample):
    return study.fit(sample)
