"""How far a sweep has come: a bar, a widget, a log."""

import io

import ipywidgets
import pytest
from rich.console import Console

from astrokit.cli import sweeping
from astrokit.run.sweeps import widget
from astrokit.run.sweeps.attempt import Result
from astrokit.run.sweeps.tally import Tally, duration

FAILED = Result("0a1b", "killed", 2, "killed: memory")


@pytest.fixture
def clock(monkeypatch):
    """Time that stands still until it is set."""
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def test_rate_and_time_left_count_what_ended_in_this_call(clock):
    tally = Tally(total=100, before=40)
    assert tally.seconds_left is None
    clock[0] += 60
    tally.done, tally.failed, tally.running = 18, 2, 4
    assert tally.rate == pytest.approx(20 / 60)
    assert tally.seconds_left == pytest.approx(40 * 3)
    assert tally.words == "58 of 100 done, 4 running, 2 failed, 20 a minute, 2 min left"
    assert duration(7200) == "2.0 h"


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_has_a_bar_and_a_pipe_has_lines(monkeypatch, clock, terminal):
    output = io.StringIO()
    console = Console(file=output, force_terminal=terminal, width=120, highlight=False)
    monkeypatch.setattr(sweeping, "make_console", lambda: console)
    tally = Tally(total=3, running=1)
    with sweeping.watch_sweep() as watcher:
        watcher(tally, None)
        watcher(tally, None)
        tally.failed += 1
        watcher(tally, FAILED)
        clock[0] += 11
        tally.done += 2
        watcher(tally, Result("c", "ok", 1, "ok"))
    lines = output.getvalue()
    assert "0a1b: killed: memory, attempt 2" in lines
    assert ("\x1b[" in lines) == terminal
    if not terminal:
        assert lines.count("0 of 3 done, 1 running, 0 failed") == 1
        assert "2 of 3 done, 1 running, 1 failed" in lines


def test_the_widget_shows_counts_and_failures_as_text(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    update = widget.show_progress()
    tally = Tally(total=4, done=1, failed=1)
    update(tally, Result("<b>", "failed", 1, "failed: <script>"))
    bar, words, failures = shown[0].children
    assert isinstance(bar, ipywidgets.IntProgress)
    assert (bar.value, bar.max, bar.bar_style) == (2, 4, "danger")
    assert "1 of 4 done" in words.value
    assert failures.value == "&lt;b&gt;: failed: &lt;script&gt;"
    assert not widget.in_notebook()
