"""The parameters that a notebook declares, and the check of what is given for them before a kernel starts.

A notebook declares its parameters in the cell tagged `parameters`, as plain assignments of literals:

    n_sources = 400
    source = "embedded"  # one of: "embedded", "real", "file"
    path: str | None = None

Given values are data, never code: text is read by the declared type, and nothing is evaluated.
"""

import ast
import difflib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import NotebookError, ParameterError

# The types a literal may have, by the name that messages use.
_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "integer",
    float: "number",
    str: "text",
    list: "list",
    tuple: "list",
    dict: "mapping",
    type(None): "any scalar",
}
_ANNOTATED = {"bool": "true or false", "int": "integer", "float": "number", "str": "text"}
_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: the kind of value it takes, its default, and the allowed values if stated."""

    name: str
    kind: str
    default: Any
    choices: tuple[str, ...] = ()

    def __str__(self) -> str:
        values = " or ".join(map(repr, self.choices)) if self.choices else self.kind
        return f"{self.name} ({values}, default {self.default!r})"

    def parse(self, text: str) -> Any:
        """Read a value from the text of a command line, by the declared kind.

        Examples
        --------
        >>> Parameter("n", "integer", 400).parse("12")
        12
        >>> Parameter("path", "text", None).parse("__import__('os')")
        "__import__('os')"
        """
        if self.kind == "any scalar":
            return self.check(_parse_scalar(text))
        try:
            return self.check(_PARSERS[self.kind](text))
        except ValueError:
            raise self._wrong(text) from None

    def check(self, value: Any) -> Any:
        """Return the value as the notebook will get it, or raise ParameterError.

        An integer serves where a number is declared; a truth value is never a number. Where the default is
        None, any scalar serves, and None serves wherever None is the default.
        """
        if value is None and self.default is None:
            return None
        if not _fits(value, self.kind) or not _is_plain(value):
            raise self._wrong(value)
        if self.choices and str(value) not in self.choices:
            raise self._wrong(value)
        if isinstance(value, list) and not _same_kinds(value, self.default):
            raise self._wrong(value)
        return float(value) if self.kind == "number" else value

    def _wrong(self, value: Any) -> ParameterError:
        allowed = "one of " + ", ".join(map(repr, self.choices)) if self.choices else _EXPECTED[self.kind]
        if self.kind in ("list", "mapping"):
            allowed += f" like {json.dumps(self.default, default=str)}"
        return ParameterError(
            f"parameter {self.name!r}",
            expected=allowed,
            got=_shortened(value),
            next_step=f"The default is {self.default!r}.",
        )


def declared(content: Mapping[str, Any], notebook: str) -> dict[str, Parameter]:
    """Return the parameters that the first cell tagged `parameters` declares; none without such a cell.

    Raises
    ------
    NotebookError
        When that cell is not plain Python.
    """
    for cell in content["cells"]:
        if "parameters" in (cell.get("metadata") or {}).get("tags", []):
            return {p.name: p for p in _assignments(cell["source"], notebook)}
    return {}


def split_assignment(text: str) -> tuple[str, str]:
    """Split `key=value` of a command line; the value may hold anything, more `=` and line ends included.

    Examples
    --------
    >>> split_assignment("query=a=b")
    ('query', 'a=b')
    """
    key, equals, value = text.partition("=")
    if not equals or not key.isidentifier():
        raise ParameterError(
            f"-p {_shortened(text)}",
            expected="NAME=VALUE with the name of a declared parameter",
            got="no '='" if not equals else f"the name {_shortened(key)}",
            next_step="`astrokit list` shows the parameters of each notebook.",
        )
    return key, value


def unknown(name: str, known: Mapping[str, Parameter], where: str) -> ParameterError:
    """The error for a name that no chosen notebook declares, with the closest name and all declared ones."""
    closest = difflib.get_close_matches(name, known, n=1)
    listed = "; ".join(map(str, known.values())) or "there is none"
    return ParameterError(
        f"parameter {_shortened(name)}",
        expected=f"one that {where} declares: {listed}",
        got=_shortened(name),
        next_step=f"Did you mean {closest[0]!r}?" if closest else "Leave it out, or choose another notebook.",
    )


def _assignments(source: str, notebook: str) -> list[Parameter]:
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotebookError(
            f"the parameters cell of {notebook}",
            expected="plain Python assignments",
            got=str(error),
            next_step="Keep magics and other code out of the cell tagged `parameters`.",
        ) from error
    lines = source.splitlines()
    found = (_assignment(statement, lines) for statement in statements)
    return [parameter for parameter in found if parameter is not None]


def _assignment(statement: ast.stmt, lines: list[str]) -> Parameter | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            annotation = ""
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            annotation = ast.unparse(statement.annotation)
        case _:
            return None
    try:
        default = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    if type(default) not in _KINDS:
        return None
    return Parameter(name, _kind(default, annotation), default, _choices(statement, lines))


def _kind(default: Any, annotation: str) -> str:
    if default is None:
        words = set(re.findall(r"\w+", annotation)) & set(_ANNOTATED)
        return _ANNOTATED[words.pop()] if len(words) == 1 else "any scalar"
    # `tolerance: float = 1` means a number, though its default is written as an integer.
    if type(default) is int and annotation == "float":
        return "number"
    return _KINDS[type(default)]


def _choices(statement: ast.stmt, lines: list[str]) -> tuple[str, ...]:
    """The values in a comment `# one of: "a", "b"` behind the assignment."""
    line = lines[(statement.end_lineno or 1) - 1].encode()
    comment = line[statement.end_col_offset or 0 :].decode()
    match = re.search(r"#.*?\bone of:?\s*(.+)", comment)
    if not match:
        return ()
    quoted = [a or b for a, b in re.findall(r"\"([^\"]*)\"|'([^']*)'", match[1])]
    return tuple(quoted or re.split(r"\s*,\s*|\s+or\s+", match[1].strip(" .")))


def _fits(value: Any, kind: str) -> bool:
    is_bool = isinstance(value, bool)
    is_integer = isinstance(value, int) and not is_bool
    return {
        "true or false": is_bool,
        "integer": is_integer,
        "number": is_integer or isinstance(value, float),
        "text": isinstance(value, str),
        "list": isinstance(value, list | tuple),
        "mapping": isinstance(value, dict),
        "any scalar": value is None or isinstance(value, bool | int | float | str),
    }[kind]


def _is_plain(value: Any) -> bool:
    """Whether a value, and all that it holds, can be written into a notebook and read back unchanged."""
    match value:
        case None | bool():
            return True
        case int():
            return abs(value) <= _LARGEST
        case float():
            return math.isfinite(value)
        case str():
            return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
        case list() | tuple():
            return all(map(_is_plain, value))
        case dict():
            return all(isinstance(key, str) and _is_plain([key, item]) for key, item in value.items())
    return False


def _same_kinds(value: list[Any], default: Any) -> bool:
    """Whether the items are of the one kind that the default's items are; a mixed default allows any."""
    kinds = {_KINDS.get(type(item), "") for item in default or ()}
    if kinds == {"integer", "number"}:
        kinds = {"number"}
    if len(kinds) != 1:
        return True
    kind = kinds.pop()
    return kind in _PARSERS and all(_fits(item, kind) for item in value)


def _parse_bool(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _parse_integer(text: str) -> int:
    # Python's int() also takes blanks, underscores and the digits of other scripts: a typing error would
    # pass.
    if not _INTEGER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _parse_number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text)


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError(text) from error


def _parse_scalar(text: str) -> Any:
    """None, a truth value, an integer or a number if it reads as one, else the text itself."""
    if text.lower() in ("none", ""):
        return None
    for parse in (_parse_bool, _parse_integer, _parse_number):
        try:
            return parse(text)
        except ValueError:
            continue
    return text


def _shortened(value: Any) -> str:
    if isinstance(value, int) and abs(value) > _LARGEST:
        return "an integer beyond 64 bits"
    text = ascii(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


_PARSERS: dict[str, Any] = {
    "true or false": _parse_bool,
    "integer": _parse_integer,
    "number": _parse_number,
    "text": str,
    "list": _parse_json,
    "mapping": _parse_json,
}
_EXPECTED = {
    "true or false": "true or false",
    "integer": f"an integer between {-_LARGEST} and {_LARGEST}",
    "number": "a finite number",
    "text": "text without NUL",
    "list": "a list, as JSON",
    "mapping": "a mapping, as JSON",
    "any scalar": "a scalar: text, number, true, false or none",
}
