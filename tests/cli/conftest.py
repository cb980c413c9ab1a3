import sys

import pytest

from astrokit import cli


@pytest.fixture
def astrokit(monkeypatch, capsys):
    """Call the command line in this process; returns (exit code, standard output, standard error)."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["astrokit", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        written = capsys.readouterr()
        return end.value.code or 0, written.out, written.err

    return call
