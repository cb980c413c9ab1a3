"""How far a sweep has come, as a widget under the cell that called it."""

import html
import sys

from .attempt import Result
from .ledger import OK
from .tally import Progress, Tally

_MOST_FAILURES = 20


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return type(shell).__name__ == "ZMQInteractiveShell"


def show_progress() -> Progress:
    """Display the widget, and return what keeps it up to date: a bar, the counts, the last failures."""
    import ipywidgets
    from IPython.display import display

    bar = ipywidgets.IntProgress(min=0, max=1, layout=ipywidgets.Layout(width="100%"))
    words, failures = ipywidgets.HTML(), ipywidgets.HTML()
    failed: list[str] = []
    display(ipywidgets.VBox([bar, words, failures]))

    def update(tally: Tally, result: Result | None) -> None:
        bar.max, bar.value = max(1, tally.total), tally.ended
        bar.bar_style = "danger" if tally.failed else "success" if not tally.left else ""
        words.value = html.escape(tally.words)
        if result is not None and result.status != OK:
            failed.append(html.escape(f"{result.key}: {result.words}"))
            failures.value = "<br>".join(failed[-_MOST_FAILURES:])

    return update
