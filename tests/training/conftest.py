import pytest

from tests.training.small_fit import made_data, made_model


@pytest.fixture
def model():
    return made_model()


@pytest.fixture
def data():
    return made_data()
