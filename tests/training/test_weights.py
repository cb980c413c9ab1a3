"""Weights on disk: the same after a round trip, refused when they were touched, never unpickled."""

import json
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from astrokit.errors import DataError, ParameterError
from astrokit.models import MLP, GaussianLikelihood, Model, TransformerAutoencoder
from astrokit.training import load_model, load_weights, read_notes, save_weights, weights_hash
from astrokit.training.tensor_file import write_tensors
from tests.training.small_fit import made_model


def test_a_model_comes_back_from_its_file_alone(model, data, tmp_path):
    path = save_weights(model, tmp_path / "a.safetensors", notes={"mean": [0.5, 1.5], "band": "g"})
    again = load_model(path)
    assert weights_hash(again) == weights_hash(model)
    assert not again.training
    batch = {"values": torch.from_numpy(data["values"])}
    assert (again.latents(batch) == model.latents(batch)).all()
    assert read_notes(path) == {"mean": [0.5, 1.5], "band": "g"}


def test_equal_models_make_equal_files(tmp_path):
    files = [save_weights(made_model(), tmp_path / f"{k}.st", notes={"k": 1, "j": 2}) for k in (1, 2)]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_weights_go_into_a_model_of_the_same_configuration_only(model, tmp_path):
    path = save_weights(model, tmp_path / "a.safetensors")
    same, other = made_model(random_state=3), made_model(n_latent=3)
    load_weights(same, path)
    assert weights_hash(same) == weights_hash(model)
    before = weights_hash(other)
    with pytest.raises(DataError, match=r"config of .*'n_latent': 3.*got.*'n_latent': 2"):
        load_weights(other, path)
    assert weights_hash(other) == before


def test_an_existing_file_is_kept_unless_told_otherwise(model, tmp_path):
    path = save_weights(model, tmp_path / "a.safetensors")
    with pytest.raises(ParameterError, match="a new file, got one that exists"):
        save_weights(model, path)
    save_weights(MLP(1, 1), path, overwrite=True)
    assert load_model(path).config["kind"] == "MLP"
    assert [found.name for found in tmp_path.iterdir()] == ["a.safetensors"]


@pytest.mark.parametrize("where", [0.2, 0.5, 0.9, 0.999])
def test_a_changed_byte_is_noticed(model, tmp_path, where):
    path = save_weights(model, tmp_path / "a.safetensors", notes={"unit": "mag"})
    content = bytearray(path.read_bytes())
    content[int(where * len(content))] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError):
        load_model(path)


@pytest.mark.parametrize("n", [0, 4, 100, -10])
def test_a_cut_file_is_told(model, tmp_path, n):
    path = save_weights(model, tmp_path / "a.safetensors")
    path.write_bytes(path.read_bytes()[:n])
    with pytest.raises(DataError, match="a safetensors file that astrokit wrote"):
        load_weights(model, path)


class Trap:
    def __reduce__(self):
        return open, (TRAP_FILE, "w")


TRAP_FILE = ""


def test_pickles_are_refused_and_nothing_in_them_is_run(model, tmp_path):
    global TRAP_FILE
    TRAP_FILE = str(tmp_path / "sprung")
    for name, write in (
        ("a.pkl", lambda path: path.write_bytes(pickle.dumps(Trap()))),
        ("a.ckpt", lambda path: torch.save({"state_dict": Trap()}, path)),
        ("a.npy", lambda path: np.save(path, np.array([Trap()]), allow_pickle=True)),
    ):
        path = tmp_path / name
        write(path)
        with pytest.raises(DataError, match="Nothing in it was run"):
            load_model(path)
    assert not (tmp_path / "sprung").exists()
    with pytest.raises(DataError):
        load_model(tmp_path / "nowhere.safetensors")


def test_safetensors_of_others_are_refused(model, tmp_path):
    from safetensors.torch import save_file

    save_file(model.state_dict(), tmp_path / "theirs.safetensors")
    with pytest.raises(DataError, match="a safetensors file that astrokit wrote"):
        load_weights(model, tmp_path / "theirs.safetensors")
    write_tensors(tmp_path / "other.safetensors", model.state_dict(), {"kind": "something else"})
    with pytest.raises(DataError, match="astrokit weights 1, got something else"):
        load_weights(model, tmp_path / "other.safetensors")


def test_a_file_cannot_ask_for_a_huge_model_or_an_unknown_class(tmp_path):
    about = {"kind": "astrokit weights 1", "notes": {}}
    huge = {"kind": "MLP", "n_in": 10**6, "n_out": 10**6, "hidden": [10**6]}
    write_tensors(tmp_path / "huge", {"layers.0.weight": torch.zeros(2, 2)}, about | {"config": huge})
    with pytest.raises(DataError, match="shapes of"):
        load_model(tmp_path / "huge")
    strange = {"kind": "subprocess.Popen", "args": "true"}
    write_tensors(tmp_path / "strange", {"a": torch.zeros(1)}, about | {"config": strange})
    with pytest.raises(ParameterError, match=r"got 'subprocess.Popen'"):
        load_model(tmp_path / "strange")


class Own(Model):
    def __init__(self, width, *, random_state=0):
        super().__init__(width=width)
        self.inner = MLP(width, width)


def test_a_class_of_ones_own_is_made_when_it_is_passed(tmp_path):
    path = save_weights(Own(3), tmp_path / "own.safetensors")
    with pytest.raises(ParameterError, match="got 'Own'"):
        load_model(path)
    assert weights_hash(load_model(path, kinds=[Own])) == weights_hash(Own(3))


def test_a_full_disk_is_told_and_the_older_file_stays(model, tmp_path, monkeypatch):
    path = save_weights(model, tmp_path / "a.safetensors")
    before = path.read_bytes()

    def full(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DataError, match=r"room for 0\.0 MB .*got No space left on device"):
        save_weights(MLP(9, 9), path, overwrite=True)
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["a.safetensors"]


def test_weights_of_any_module_are_kept_and_shared_ones_too(tmp_path):
    module = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    module[1].weight = module[0].weight
    path = save_weights(module, tmp_path / "tied.safetensors")
    again = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    load_weights(again, path)
    assert (again[1].weight == module[0].weight).all()


def test_what_is_written_is_plain_to_other_readers(model, tmp_path):
    from safetensors import safe_open

    path = save_weights(model, tmp_path / "a.safetensors")
    with safe_open(path, framework="np") as file:
        entry = json.loads(file.metadata()["astrokit"])
        assert set(file.keys()) == set(model.state_dict())
    assert entry["about"]["config"] == model.config
    assert len(entry["sha256"]) == 64


def test_reading_a_model_does_not_bring_in_the_compiler_of_torch(tmp_path):
    """It takes 100 MB, which a notebook with a small network has a better use for."""
    model = TransformerAutoencoder(GaussianLikelihood(), (0, 1), n_latent=2, width=8, n_heads=2, n_layers=1)
    path = save_weights(model, tmp_path / "a.safetensors")
    code = (
        "import sys; from astrokit.training import load_model; load_model(sys.argv[1]);"
        "print('torch._dynamo' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["False"]
