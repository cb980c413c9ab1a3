"""Show a run as it goes: bars in a terminal, one plain line per event elsewhere; a table at its end."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ..run.events import Event
from ..run.records import Record
from ..run.summary import data_words, error_words

_STYLES = {"ok": "green", "failed": "red", "timeout": "yellow", "killed": "magenta"}
# Elsewhere than in a terminal there is no width to keep to; this one fits the usual log.
_LOG_WIDTH = 140
LOG_EVERY_S = 10.0  # how often a log says which cell a notebook is in, and for how long it has run


class Watcher:
    """Takes the events of a run and keeps the records; it prints lines, as a log does."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.records: list[Record] = []
        self._started: dict[str, float] = {}
        self._last_line: dict[str, float] = {}

    def __call__(self, event: Event) -> None:
        now = time.monotonic()
        if event.kind == "start":
            self._started[event.notebook] = self._last_line[event.notebook] = now
            self.console.print(f"start    {escape(event.notebook)}")
        if event.kind == "cell" and now - self._last_line[event.notebook] > LOG_EVERY_S:
            self._last_line[event.notebook] = now
            elapsed = f"{now - self._started[event.notebook]:.0f} s"
            self.console.print(f"cell     {escape(event.notebook)}  {_place(event)}, {elapsed}")
        if event.record is not None:
            self.records.append(event.record)
            self.console.print(_line(event.record))


class BarWatcher(Watcher):
    """Shows one bar for each notebook that runs, and one for all."""

    def __init__(self, console: Console, bars: Progress, total: int) -> None:
        super().__init__(console)
        self._bars = bars
        self._all = bars.add_task("all notebooks", total=total, note="")
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, event: Event) -> None:
        name = event.notebook
        if event.kind == "start":
            self._tasks[name] = self._bars.add_task(escape(name), total=None, note="starting")
        elif event.kind == "cell":
            note = f"cell {_place(event)}"
            self._bars.update(self._tasks[name], total=event.n_cells, completed=event.cell, note=note)
        elif event.record is not None:
            self._bars.remove_task(self._tasks.pop(name))
            super().__call__(event)
            self._bars.advance(self._all)


@contextmanager
def watch(total: int) -> Iterator[Watcher]:
    """Return, for the time of a run of `total` notebooks, what takes its events and shows them."""
    console = make_console()
    if not console.is_terminal:
        yield Watcher(console)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        yield BarWatcher(console, bars, total)


def print_table(records: Sequence[Record]) -> None:
    """Print one row per record."""
    console = make_console()
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("notebook", "status", "seconds", "memory", "data", "numbers", "error"):
        numeric = name in ("seconds", "memory", "numbers")
        table.add_column(name, justify="right" if numeric else "left", no_wrap=name != "error")
    for record in records:
        table.add_row(
            Text(record.notebook),
            Text(record.status, _STYLES[record.status]),
            f"{record.seconds:.1f}",
            f"{record.peak_rss_mb:.0f} MB",
            Text(data_words(record)),
            str(len(record.metrics)),
            Text(error_words(record, longest=60)),
        )
    console.print(table)


def _place(event: Event) -> str:
    return f"{event.cell + 1} of {event.n_cells}"


def _line(record: Record) -> Text:
    line = Text(f"{record.status:8}", _STYLES[record.status])
    line.append(f" {record.notebook}  {record.seconds:.1f} s  {record.peak_rss_mb:.0f} MB", "default")
    if record.error is not None:
        # Whole: the cause and the next step stand at its end.
        line.append(f"  {error_words(record, longest=2000)}", "default")
    return line


def make_console() -> Console:
    console = Console(highlight=False, soft_wrap=False)
    return console if console.is_terminal else Console(highlight=False, width=_LOG_WIDTH, soft_wrap=True)
