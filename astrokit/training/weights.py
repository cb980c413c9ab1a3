"""Weights on disk: safetensors with a checksum and the model's configuration; nothing is ever unpickled."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from .. import models
from ..errors import DataError, ParameterError
from ..models.model import Model, build
from .tensor_file import digest, read_tensors, write_tensors

KIND = "astrokit weights 1"


def save_weights(
    model: nn.Module,
    path: str | os.PathLike[str],
    *,
    notes: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write the weights of a model, with its configuration and a checksum, whole or not at all.

    Parameters
    ----------
    model : torch module
        A `Model` can be made again from the file; of any other module the weights are kept.
    path : path
    notes : mapping, optional
        What else belongs to the weights, in plain types (JSON): scales of the inputs, grids, names of
        classes.
    overwrite : bool

    Raises
    ------
    ParameterError
        When the file exists and `overwrite` is False.

    Examples
    --------
    >>> import tempfile
    >>> from ..models import MLP
    >>> path = save_weights(MLP(3, 2), Path(tempfile.mkdtemp()) / "small.safetensors", notes={"unit": "mag"})
    >>> load_model(path).config
    {'kind': 'MLP', 'n_in': 3, 'n_out': 2, 'hidden': [128]}
    >>> read_notes(path)
    {'unit': 'mag'}
    """
    path = Path(path)
    if path.exists() and not overwrite:
        raise ParameterError(
            str(path),
            expected="a new file",
            got="one that exists",
            next_step="Choose another name, or pass overwrite=True.",
        )
    about = {"kind": KIND, "config": config_of(model), "notes": dict(notes or {})}
    write_tensors(path, model.state_dict(), about)
    return path


def load_weights(model: nn.Module, path: str | os.PathLike[str]) -> None:
    """Put the weights of a file into a model that was made with the same configuration.

    Raises
    ------
    DataError
        When the file is not one of `save_weights`, was changed, or holds the weights of another model; the
        model is as before then.
    """
    tensors, about = _read(path)
    _require(path, "config", config_of(model), about["config"])
    _require(path, "shapes", _shapes(model.state_dict()), _shapes(tensors))
    model.load_state_dict(tensors)


def load_model(path: str | os.PathLike[str], *, kinds: Iterable[type[Model]] = ()) -> Model:
    """Make the model of a file again, ready for use (`eval` mode).

    Parameters
    ----------
    path : path
    kinds : iterable of classes
        Models of your own that may be in it, besides those of `astrokit.models`. No other class is made,
        whatever the file says.

    Raises
    ------
    DataError, ParameterError
        As for `load_weights`; when the class is not among these.
    """
    tensors, about = _read(path)
    known = {name: getattr(models, name) for name in models.__all__}
    known = {name: kind for name, kind in known.items() if isinstance(kind, type) and issubclass(kind, Model)}
    # What a file claims takes no memory before its shapes are compared.
    with torch.device("meta"), _Unfilled():
        model = build(about["config"], known | {kind.__name__: kind for kind in kinds})
    _require(path, "shapes", _shapes(model.state_dict()), _shapes(tensors))
    model.load_state_dict(tensors, assign=True)
    return model.eval()


def read_notes(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The notes of a file of `save_weights`; DataError as for `load_weights`."""
    return _read(path)[1]["notes"]


def weights_hash(model: nn.Module) -> str:
    """sha256 of the weights of a model: the same for the same weights, wherever they are."""
    return digest({name: tensor.cpu() for name, tensor in model.state_dict().items()})


def config_of(model: nn.Module) -> dict[str, Any]:
    """The configuration of a `Model`; of another module its name."""
    return model.config if isinstance(model, Model) else {"kind": type(model).__name__}


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    tensors, about = read_tensors(Path(path))
    _require(path, "kind", KIND, about.get("kind"))
    return tensors, about


def _shapes(tensors: Mapping[str, torch.Tensor]) -> dict[str, list[int]]:
    return {name: list(tensor.shape) for name, tensor in tensors.items()}


def _require(path: str | os.PathLike[str], what: str, expected: Any, got: Any) -> None:
    if expected == got:
        return
    if isinstance(expected, dict) and isinstance(got, dict):  # say where they differ
        names = [name for name in {**expected, **got} if expected.get(name) != got.get(name)]
        expected, got = ({name: of.get(name) for name in names[:3]} for of in (expected, got))
    raise DataError(
        f"{what} of {path}",
        expected=expected,
        got=got,
        next_step="Load these weights into the model that they are of.",
    )


class _Unfilled(TorchFunctionMode):
    """Weights that a file will replace are not drawn: on "meta", torch takes its compiler for it, 100 MB."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__module__", None) == "torch.nn.init":
            return kwargs["tensor"] if "tensor" in kwargs else args[0]
        return func(*args, **kwargs)
