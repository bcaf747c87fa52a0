"""What stands where a data set should be is called by its name."""

import gzip
import io
import tarfile
import zipfile

import pytest

from fer_training.data.files import DatasetError, archive_kind, expect_folder, expect_something, expect_table


def archives():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("a.csv", "emotion")
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as file:
        file.addfile(tarfile.TarInfo("a.csv"))
    return {"a ZIP archive": held.getvalue(), "a tar archive": tar.getvalue(), "a gzip archive": gzip.compress(b"x")}


@pytest.mark.parametrize("kind", archives())
@pytest.mark.parametrize("expect", [expect_folder, expect_table, expect_something])
def test_an_archive_is_called_one_whatever_its_name_says(tmp_path, kind, expect):
    path = tmp_path / "data.csv"
    path.write_bytes(archives()[kind])
    assert archive_kind(path) == kind
    with pytest.raises(DatasetError, match=f"X: expected a .* at {path}, got {kind}: unpack it, and give what was in"):
        expect(path, "X")


def test_nothing_a_file_and_a_folder_are_told_apart(tmp_path):
    (tmp_path / "a.csv").write_text("emotion,pixels\n")
    assert archive_kind(tmp_path / "a.csv") == archive_kind(tmp_path) == ""
    assert expect_folder(tmp_path, "X") == expect_something(tmp_path, "X") == tmp_path
    assert expect_table(tmp_path / "a.csv", "X") == expect_something(tmp_path / "a.csv", "X")
    with pytest.raises(DatasetError, match="expected a folder at .*a.csv, got a file"):
        expect_folder(tmp_path / "a.csv", "X")
    with pytest.raises(DatasetError, match="expected a CSV file at .*, got a folder"):
        expect_table(tmp_path, "X")
    with pytest.raises(DatasetError, match="expected a CSV file or a folder at .*nowhere, got nothing"):
        expect_something(tmp_path / "nowhere", "X")
