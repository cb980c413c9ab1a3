"""What the explorers have in common: a map, panels beside it, one selection, a guide, a state, a page."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets

from ..errors import ParameterError
from ..plotting import png_bytes
from .access import Access
from .jobs import Jobs
from .map import LatentMap
from .picture import PictureBox

if TYPE_CHECKING:
    from .selection import Selection

STYLE = """<style>
.ak-explorer .ak-columns { flex-wrap: wrap; align-items: flex-start }
.ak-explorer .ak-own-map { flex: 1 1 480px; min-width: 320px }
.ak-explorer .ak-panels { flex: 1 1 380px; min-width: 300px }
.ak-explorer .ak-panels > .lm-TabBar .lm-TabBar-tab {
  flex: 0 1 auto; min-width: 0; max-width: none; padding: 0 9px
}
.ak-explorer .ak-panels > .widget-tab-contents { padding: 10px 2px 0; border-width: 1px 0 0 }
.ak-guide { max-width: 78ch; line-height: 1.45 }
.ak-guide h4 { margin: 0.6em 0 0.2em } .ak-guide ul { margin: 0.2em 0 }
.ak-note { color: var(--jp-ui-font-color2, #555); font-size: 12px; line-height: 1.4 }
.ak-warning { color: var(--jp-warn-color0, #9a4a00); font-weight: 600 }
.ak-trouble { color: var(--jp-error-color0, #b00020) }
.ak-table { border-collapse: collapse; font-size: 12px }
.ak-table caption { text-align: left; padding: 2px 0 }
.ak-table caption, .ak-table th, .ak-table td { line-height: 1.45 }
.ak-table th, .ak-table td { padding: 1px 10px 1px 0; text-align: right; font-variant-numeric: tabular-nums }
.ak-table td { white-space: nowrap }
.ak-table th:first-child, .ak-table td:first-child { text-align: left }
</style>"""


class Explorer(PictureBox):
    """Base of the explorers: a `LatentMap` and panels that show what is selected on it.

    A subclass builds its panels, follows `self.selection`, and says in `_own_state`, `_restore_own` and
    `static` what it shows. With `map` it works on the map of another explorer and shows none of its own.

    Parameters
    ----------
    map : LatentMap
    panels : {title: widget}
        One is open at a time.
    guide : str
        HTML of one screen, under the help button.
    has_own_map : bool
        Whether the map is shown here.
    beside : LatentMap, optional
        A second map, between the first and the panels.
    jobs : Jobs, optional
        Those of the panels, if they were made with some.
    """

    def __init__(
        self,
        map: LatentMap,
        panels: Mapping[str, Any],
        *,
        guide: str,
        has_own_map: bool = True,
        beside: LatentMap | None = None,
        jobs: Jobs | None = None,
    ) -> None:
        self.map, self.jobs, self._has_own_map = map, jobs or Jobs(), has_own_map
        self._tabs = ipywidgets.Tab(list(panels.values()), titles=list(panels))
        self._tabs.add_class("ak-panels")
        self._help = ipywidgets.ToggleButton(
            description="help", icon="question", tooltip="How to use this", layout={"width": "auto"}
        )
        self._guide = ipywidgets.HTML(f'<div class="ak-guide">{guide}</div>')
        self._guide.layout.display = "none"
        self._help.observe(self._show_guide, names="value")
        maps = [each for each in (map if has_own_map else None, beside) if each is not None]
        columns = ipywidgets.HBox([*maps, self._tabs])
        columns.add_class("ak-columns")
        for each in maps:
            each.add_class("ak-own-map")
        style = ipywidgets.HTML(STYLE, layout=ipywidgets.Layout(display="none"))
        super().__init__([style, Access(), ipywidgets.HBox([self._help, self.jobs]), self._guide, columns])
        self.add_class("ak-explorer")
        self._tabs.observe(lambda _: self._open_panel(), names="selected_index")

    @property
    def selection(self) -> Selection:
        """The one selection of the map and of all its explorers."""
        return self.map.selection

    @property
    def panel(self) -> str:
        """Title of the panel that is open; set it to open another one."""
        return self._tabs.titles[self._tabs.selected_index or 0]

    @panel.setter
    def panel(self, title: str) -> None:
        _check_choice("panel", title, self._tabs.titles)
        self._tabs.selected_index = self._tabs.titles.index(title)

    @property
    def state(self) -> dict[str, Any]:
        """What `restore` needs to show the same again, in another session too: plain values for JSON."""
        return {"panel": self.panel, "map": self.map.state, **self._own_state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show what `state` held, on the same data.

        Raises
        ------
        ParameterError
            A state of another explorer, or of other data; nothing is changed then.
        """
        known = {"panel", "map", *self._own_state()}
        if unknown := sorted(set(state) - known):
            raise ParameterError(
                "state",
                expected=f"some of {', '.join(sorted(known))}",
                got=", ".join(unknown),
                next_step="Use a state of the same kind of explorer.",
            )
        before = self.state
        try:
            self._restore_all(state)
        except Exception:
            self._restore_all(before)
            raise

    def _restore_all(self, state: Mapping[str, Any]) -> None:
        # What an explorer computes may be what the map is coloured by.
        self._restore_own({k: v for k, v in state.items() if k not in ("panel", "map")})
        self.jobs.wait()
        if "map" in state:
            self.map.restore(state["map"])
        if "panel" in state:
            self.panel = state["panel"]

    def _open_panel(self) -> None:
        """Have a panel do what it does when it is first looked at."""
        panel = self._tabs.children[self._tabs.selected_index or 0]
        if hasattr(panel, "on_open"):
            panel.on_open()

    def _own_state(self) -> dict[str, Any]:
        return {}

    def _restore_own(self, state: Mapping[str, Any]) -> None:
        pass

    def to_html(self, path: Any, *, overwrite: bool = False) -> None:
        """Write one file that works without a network and without a kernel.

        The overview of the map still pans and zooms and its legend still filters; below it stands the
        picture of the panels.
        """
        picture = base64.b64encode(png_bytes(self.static())).decode("ascii")
        below = (
            f'<figure><img alt="{html.escape(self.alt)}" src="data:image/png;base64,{picture}">'
            f"<figcaption>{html.escape(self.alt)}</figcaption></figure>"
        )
        self.map.to_html(path, overwrite=overwrite, below=below)

    def _show_guide(self, change: Any) -> None:
        self._guide.layout.display = "" if change["new"] else "none"


def note(text: str, *, warning: bool = False) -> str:
    """HTML of a line of words beside a panel; the text is escaped."""
    return f'<div class="ak-note{" ak-warning" if warning else ""}">{html.escape(text)}</div>'


def table_html(columns: Mapping[str, Any], *, caption: str = "") -> str:
    """A small table for screens and screen readers; all texts are escaped.

    Examples
    --------
    >>> "<td>&lt;b&gt;</td>" in table_html({"name": ["<b>"], "n": [3]})
    True
    """
    heads = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in zip(*columns.values(), strict=True)
    )
    said = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    return f'<table class="ak-table">{said}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def following(selection: Selection, callback: Callable[[Any], object]) -> None:
    """Observe a selection, and hear of it once now."""
    selection.observe(callback)
    callback(selection)


def _check_choice(what: str, value: Any, choices: Any) -> None:
    if value not in choices:
        raise ParameterError(
            what, expected=f"one of {', '.join(choices)}", got=repr(value), next_step="Choose one of these."
        )
