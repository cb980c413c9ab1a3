"""Archives of strangers stay inside their folder, and are unpacked whole or not at all."""

import io
import os
import stat
import tarfile
import zipfile

import pytest

from astrokit.data import unpack
from astrokit.errors import DataError

FILES = {"readme.txt": b"hello", "tables/a.csv": b"x\n1\n" * 1000, "tables/empty.csv": b""}


def zip_bytes(files, edit=lambda info: None, **options):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            edit(info)
            archive.writestr(info, content)
    return stream.getvalue()


def tar_bytes(files, edit=lambda info: None, mode="w", format=tarfile.PAX_FORMAT):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode, format=format) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            edit(info)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def entry(name, kind, link=""):
    """A tar with one good file and one member of a special kind."""

    def edit(info):
        if info.name == name:
            info.type, info.linkname, info.size = kind, link, 0

    return tar_bytes({"good.txt": b"good", name: b""}, edit)


def zip_link(name, target):
    def edit(info):
        if info.filename == name:
            info.external_attr = (stat.S_IFLNK | 0o777) << 16

    return zip_bytes({"good.txt": b"good", name: target}, edit)


def twice(name, other):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for each in (name, other):
            info = tarfile.TarInfo(each)
            info.size = 1
            archive.addfile(info, io.BytesIO(b"x"))
    return stream.getvalue()


def encrypted_zip():
    content = bytearray(zip_bytes({"a": b"secret"}))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


def lying_zip(declared, actual):
    """A zip whose directory declares another size for its member than it inflates to."""
    content = bytearray(zip_bytes({"a": bytes(actual)}))
    for signature, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = content.index(signature) + offset
        content[at : at + 4] = declared.to_bytes(4, "little")
    return bytes(content)


def damaged_zip():
    content = bytearray(zip_bytes(FILES))
    at = content.index(b"tables/a.csv") + 20
    content[at : at + 10] = bytes(10)
    return bytes(content)


def huge_header():
    """A gzipped tar whose one member declares a terabyte."""
    info = tarfile.TarInfo("big")
    info.size = 1 << 40
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        archive.fileobj.write(info.tobuf(tarfile.GNU_FORMAT) + bytes(100_000))
    return stream.getvalue()


REFUSED = {
    "zip: parent folder": (
        lambda: zip_bytes({"../evil.txt": b"x"}),
        "names inside the folder, got '../evil.txt'",
    ),
    "zip: parent folder, deep": (
        lambda: zip_bytes({"a/b/../../../evil.txt": b"x"}),
        "names inside the folder",
    ),
    "zip: absolute": (lambda: zip_bytes({"/tmp/evil.txt": b"x"}), "names inside the folder"),
    "zip: backslashes": (lambda: zip_bytes({"..\\evil.txt": b"x"}), "names inside the folder"),
    "zip: drive": (lambda: zip_bytes({"C:evil.txt": b"x"}), "names inside the folder"),
    "zip: link": (
        lambda: zip_link("link", b"/etc/passwd"),
        "plain files and folders, got 'link', a link or a device",
    ),
    "zip: bomb": (lambda: zip_bytes({"zeros": bytes(3_000_000)}), "at most 1,000,000 bytes unpacked"),
    "zip: many small ones": (
        lambda: zip_bytes({str(i): bytes(300_000) for i in range(9)}),
        "at most 1,000,000 bytes",
    ),
    "zip: holds more than declared": (lambda: lying_zip(10, 2_000_000), "a whole archive"),
    "zip: holds less than declared": (
        lambda: lying_zip(1000, 10),
        "expected 1,000 bytes in 'a', as declared, got 10",
    ),
    "zip: encrypted": (encrypted_zip, "password|encrypted"),
    "zip: damaged": (damaged_zip, "a whole archive"),
    "zip: cut off": (lambda: zip_bytes(FILES)[:-30], "a tar or zip archive, got a file that begins b'PK"),
    "zip: a name twice": (
        lambda: zip_bytes({"a.txt": b"x", "A.TXT": b"y"}),
        "every name once, got 'A.TXT' twice",
    ),
    "zip: file and folder of one name": (
        lambda: zip_bytes({"a": b"x", "a/b": b"y"}),
        "a whole archive|every name once",
    ),
    "tar: parent folder": (lambda: tar_bytes({"../evil.txt": b"x"}), "names inside the folder"),
    "tar: absolute": (lambda: tar_bytes({"/tmp/evil.txt": b"x"}), "names inside the folder"),
    "tar: symbolic link": (lambda: entry("link", tarfile.SYMTYPE, "/etc"), "'link', a link or a device"),
    "tar: hard link": (lambda: entry("link", tarfile.LNKTYPE, "../../evil"), "'link', a link or a device"),
    "tar: character device": (lambda: entry("null", tarfile.CHRTYPE), "'null', a link or a device"),
    "tar: block device": (lambda: entry("disk", tarfile.BLKTYPE), "'disk', a link or a device"),
    "tar: pipe": (lambda: entry("pipe", tarfile.FIFOTYPE), "'pipe', a link or a device"),
    "tar: a name twice": (lambda: twice("a.txt", "a.txt"), "every name once"),
    "tar: accents written in two ways": (lambda: twice("caf\u00e9", "cafe\u0301"), "every name once"),
    "tar: a terabyte declared": (huge_header, "at most 1,000,000 bytes unpacked"),
    "tar: cut off": (lambda: tar_bytes(FILES)[:3000], "a whole archive|as declared"),
    "tar.gz: cut off": (lambda: tar_bytes(FILES, mode="w:gz")[:-40], "a whole archive|a tar or zip"),
    "tar.gz: bomb": (lambda: tar_bytes({"zeros": bytes(3_000_000)}, mode="w:gz"), "at most 1,000,000 bytes"),
    "not an archive": (
        lambda: b"mjd,rate\n57000,0.1\n",
        "a tar or zip archive, got a file that begins b'mjd,rate",
    ),
    "empty": (lambda: b"", "a tar or zip archive"),
}
GOOD = {
    "zip": lambda: zip_bytes(FILES),
    "tar": lambda: tar_bytes(FILES),
    "tar.gz": lambda: tar_bytes(FILES, mode="w:gz"),
    "tar.xz": lambda: tar_bytes(FILES, mode="w:xz"),
    "tar.bz2": lambda: tar_bytes(FILES, mode="w:bz2"),
    "old tar": lambda: tar_bytes(FILES, format=tarfile.USTAR_FORMAT),
}


def everything_under(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("build", GOOD.values(), ids=GOOD)
def test_a_good_archive_is_unpacked(tmp_path, build):
    (tmp_path / "archive").write_bytes(build())
    folder = unpack(tmp_path / "archive", tmp_path / "deep" / "out")
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == FILES
    assert everything_under(tmp_path / "deep")[0] == "out"  # nothing left beside it


@pytest.mark.parametrize(("build", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_bad_archive_is_refused_and_leaves_nothing(tmp_path, build, expected):
    home = tmp_path / "home"
    home.mkdir()
    (home / "archive").write_bytes(build())
    with pytest.raises(DataError) as caught:
        unpack(home / "archive", home / "out", max_bytes=1_000_000)
    assert any(part in str(caught.value) for part in expected.split("|")), str(caught.value)
    assert "archive: expected" in str(caught.value)
    assert everything_under(tmp_path) == ["home", "home/archive"]


def test_permissions_and_owners_of_the_archive_are_not_taken_over(tmp_path):
    def edit(info):
        info.mode, info.uid = 0o4777, 12345

    (tmp_path / "a.tar").write_bytes(tar_bytes({"tool": b"#!/bin/sh\n"}, edit))
    mode = (unpack(tmp_path / "a.tar", tmp_path / "out") / "tool").stat().st_mode
    assert not mode & (stat.S_ISUID | stat.S_IXUSR)


def test_folders_and_the_root_itself_are_no_trouble(tmp_path):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in ("./", "./tables/", "./tables/"):
            info = tarfile.TarInfo(name)
            info.type = tarfile.DIRTYPE
            archive.addfile(info)
    (tmp_path / "a.tar").write_bytes(stream.getvalue())
    assert everything_under(unpack(tmp_path / "a.tar", tmp_path / "out")) == ["tables"]


def test_an_empty_folder_is_filled_and_a_full_one_is_left_alone(tmp_path):
    (tmp_path / "a.zip").write_bytes(zip_bytes(FILES))
    (tmp_path / "out").mkdir()
    unpack(tmp_path / "a.zip", tmp_path / "out")
    before = everything_under(tmp_path)
    with pytest.raises(DataError, match="a folder that does not exist yet, or is empty"):
        unpack(tmp_path / "a.zip", tmp_path / "out")
    assert everything_under(tmp_path) == before


def test_a_link_in_place_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere", tmp_path / "out")
    (tmp_path / "a.zip").write_bytes(zip_bytes(FILES))
    with pytest.raises(DataError, match="something else there"):
        unpack(tmp_path / "a.zip", tmp_path / "out")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_an_archive_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        unpack(tmp_path / "a.zip", tmp_path / "out")
