"""YAML read as plain data that remembers the line of each value.

Of YAML only what JSON has too: no tags, no aliases, no key twice. Words mean what YAML 1.2 says: `no` and
`on` are text, `1e-3` is a number, `1:30` is text and `010` is ten.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from ...errors import ParameterError
from ..values import shortened

Path = tuple[str | int, ...]

_LARGEST_BYTES, _DEEPEST = 1_000_000, 12
_PREFIX = "tag:yaml.org,2002:"
_WORDS = {
    "null": (r"~|null|Null|NULL|", "~nN"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]+", "-+0123456789"),
    "float": (r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
}
_MEANING: dict[str, Callable[[str], Any]] = {
    "null": lambda text: None,
    "bool": lambda text: text.lower() == "true",
    "int": int,
    "float": float,
    "str": str,
}


@dataclass(frozen=True)
class Document:
    """Plain data, and where each part of it stands.

    Examples
    --------
    >>> document = read_yaml("grid:\\n  n: [2, 3]", "spec.yaml")
    >>> document.data, document.where("grid", "n")
    ({'grid': {'n': [2, 3]}}, 'spec.yaml, line 2')
    """

    name: str
    data: Any
    lines: Mapping[Path, int] = field(default_factory=dict)

    def where(self, *path: str | int) -> str:
        """The name of the document and the line of a part of it, or else of the nearest part around it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return f"{self.name}, line {self.lines[path[:length]]}"
        return self.name


def read_yaml(text: str, name: str) -> Document:
    """Read a YAML text; ParameterError, with the line, for what is not plain data."""
    if len(text) > _LARGEST_BYTES:
        raise _refused(name, f"at most {_LARGEST_BYTES:,} characters", f"{len(text):,}")
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        lines: dict[Path, int] = {}
        data = _value(node, (), lines, name) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}, line {mark.line + 1}" if mark else name
        raise _refused(where, "YAML", error.problem or error.context or "something else") from error
    except yaml.YAMLError as error:
        raise _refused(name, "YAML", shortened(str(error))) from error
    return Document(name, data, lines)


class _Loader(yaml.SafeLoader):
    """Composes nodes with the words above, and stops at aliases and at depths that no spec needs."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the attribute that PyYAML looks at
    _depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        mark = self.peek_event().start_mark
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "an alias", mark)
        if self._depth > _DEEPEST:
            raise yaml.composer.ComposerError(None, None, f"more than {_DEEPEST} levels", mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


for _kind, (_pattern, _first) in _WORDS.items():
    _letters = [*_first, ""] if _kind == "null" else list(_first)
    _Loader.add_implicit_resolver(_PREFIX + _kind, re.compile(rf"(?:{_pattern})\Z"), _letters)


def _value(node: yaml.Node, path: Path, lines: dict[Path, int], name: str) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    where, kind = f"{name}, line {node.start_mark.line + 1}", node.tag.removeprefix(_PREFIX)
    match node:
        case yaml.MappingNode() if kind == "map":
            return _mapping(node, path, lines, name)
        case yaml.SequenceNode() if kind == "seq":
            return [_value(item, (*path, i), lines, name) for i, item in enumerate(node.value)]
        case yaml.ScalarNode() if kind in _MEANING:
            try:
                return _MEANING[kind](node.value)
            except ValueError as error:  # an integer of thousands of digits
                raise _refused(where, "a value that fits", shortened(node.value)) from error
    raise _refused(where, "plain data: texts, numbers, lists, mappings", f"the tag {shortened(node.tag)}")


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int], name: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key_node, value_node in node.value:
        where = f"{name}, line {key_node.start_mark.line + 1}"
        key = _value(key_node, (*path, "?"), {}, name)
        if not isinstance(key, str):
            raise _refused(where, "a name before the colon", shortened(key))
        if key in made:
            raise _refused(where, f"{shortened(key)} once", "it a second time")
        lines[(*path, key)] = key_node.start_mark.line + 1
        made[key] = _value(value_node, (*path, key), lines, name)
    return made


def _refused(where: str, expected: str, got: str) -> ParameterError:
    return ParameterError(where, expected=expected, got=got, next_step="docs/sweeps.md shows a whole spec.")
