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
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import NotebookError, ParameterError
from .values import EXPECTED, KINDS, PARSERS, fits, is_plain, parse_scalar, same_kinds, shortened

_ANNOTATED = {"bool": "true or false", "int": "integer", "float": "number", "str": "text"}


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
            return self.check(parse_scalar(text))
        try:
            return self.check(PARSERS[self.kind](text))
        except ValueError:
            raise self._wrong(text) from None

    def check(self, value: Any) -> Any:
        """Return the value as the notebook will get it, or raise ParameterError.

        An integer serves where a number is declared; a truth value is never a number. Where the default is
        None, any scalar serves, and None serves wherever None is the default.
        """
        if value is None and self.default is None:
            return None
        if not fits(value, self.kind) or not is_plain(value):
            raise self._wrong(value)
        if self.choices and str(value) not in self.choices:
            raise self._wrong(value)
        if isinstance(value, list) and not same_kinds(value, self.default):
            raise self._wrong(value)
        return float(value) if self.kind == "number" else value

    def _wrong(self, value: Any) -> ParameterError:
        allowed = "one of " + ", ".join(map(repr, self.choices)) if self.choices else EXPECTED[self.kind]
        if self.kind in ("list", "mapping"):
            allowed += f" like {json.dumps(self.default, default=str)}"
        return ParameterError(
            f"parameter {self.name!r}",
            expected=allowed,
            got=shortened(value),
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
            f"-p {shortened(text)}",
            expected="NAME=VALUE with the name of a declared parameter",
            got="no '='" if not equals else f"the name {shortened(key)}",
            next_step="`astrokit list` shows the parameters of each notebook.",
        )
    return key, value


def unknown(name: str, known: Mapping[str, Parameter], where: str) -> ParameterError:
    """The error for a name that no chosen notebook declares, with the closest name and all declared ones."""
    closest = difflib.get_close_matches(name, known, n=1)
    listed = "; ".join(map(str, known.values())) or "there is none"
    return ParameterError(
        f"parameter {shortened(name)}",
        expected=f"one that {where} declares: {listed}",
        got=shortened(name),
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
    if type(default) not in KINDS:
        return None
    return Parameter(name, _kind(default, annotation), default, _choices(statement, lines))


def _kind(default: Any, annotation: str) -> str:
    if default is None:
        words = set(re.findall(r"\w+", annotation)) & set(_ANNOTATED)
        return _ANNOTATED[words.pop()] if len(words) == 1 else "any scalar"
    # `tolerance: float = 1` means a number, though its default is written as an integer.
    if type(default) is int and annotation == "float":
        return "number"
    return KINDS[type(default)]


def _choices(statement: ast.stmt, lines: list[str]) -> tuple[str, ...]:
    """The values in a comment `# one of: "a", "b"` behind the assignment."""
    line = lines[(statement.end_lineno or 1) - 1].encode()
    comment = line[statement.end_col_offset or 0 :].decode()
    match = re.search(r"#.*?\bone of:?\s*(.+)", comment)
    if not match:
        return ()
    quoted = [a or b for a, b in re.findall(r"\"([^\"]*)\"|'([^']*)'", match[1])]
    return tuple(quoted or re.split(r"\s*,\s*|\s+or\s+", match[1].strip(" .")))
