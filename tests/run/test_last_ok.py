"""A run that is not ok leaves the last good one beside its own record."""

import nbformat

from astrokit.run import execute
from astrokit.run.records import Record


def notebook(folder, source):
    path = folder / "mine.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), path)
    return path


def test_the_last_good_run_is_kept_beside_a_failed_one(tmp_path):
    out = tmp_path / "out"
    assert execute([notebook(tmp_path, "print(1)")], out=out)[0].ok
    good = (out / "mine" / "notebook.ipynb").read_text()
    for _ in range(2):  # a second failure leaves it where it is
        assert execute([notebook(tmp_path, "1 / 0")], out=out)[0].status == "failed"
        assert Record.read(out / "mine" / "record.json").status == "failed"
        assert Record.read(out / "mine" / "last-ok" / "record.json").ok
        assert (out / "mine" / "last-ok" / "notebook.ipynb").read_text() == good
    assert execute([notebook(tmp_path, "print(2)")], out=out)[0].ok
    assert Record.read(out / "mine" / "record.json").ok
    assert "ZeroDivisionError" not in (out / "mine" / "notebook.ipynb").read_text()
    assert not (out / "mine" / "last-ok").exists()  # it would be older than the good run beside it
