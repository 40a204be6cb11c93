"""Files are read as they are and written whole or not at all."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from benchpost.errors import BenchpostError
from benchpost.files import read_text, sweep, write_atomic, write_if_changed


def test_line_ends_survive_reading(tmp_path: Path) -> None:
    """CRLF and a byte order mark are text like any other."""
    file = tmp_path / "a.mdx"
    file.write_bytes(b"\xef\xbb\xbfa\r\nb\n")
    assert read_text(file) == "\ufeffa\r\nb\n"


def test_bytes_that_are_not_utf8_are_named_with_their_line(tmp_path: Path) -> None:
    """The error says which byte on which line and what to do."""
    file = tmp_path / "a.mdx"
    file.write_bytes(b"a\nb\xff\n")
    with pytest.raises(BenchpostError) as caught:
        read_text(file)
    assert str(caught.value) == (
        f"{file.as_posix()}:2:1: byte 3 is not UTF-8 (invalid start byte); save the file as UTF-8"
    )


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the rename fails the old bytes stand and no temporary file is left."""
    file = tmp_path / "a.mdx"
    file.write_bytes(b"old")

    def refuse(*_: object) -> None:
        raise OSError("no")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="no"):
        write_atomic(file, b"new")
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.mdx"]


def test_permissions_survive_a_write(tmp_path: Path) -> None:
    """A file keeps its mode; a new one gets the ordinary one."""
    file = tmp_path / "a.sh"
    file.write_bytes(b"old")
    file.chmod(0o755)
    write_atomic(file, b"new")
    write_atomic(tmp_path / "b", b"new")
    assert (file.stat().st_mode & 0o777, (tmp_path / "b").stat().st_mode & 0o777) == (0o755, 0o644)


def test_the_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    """A watching server sees no change where there is none."""
    file = tmp_path / "a"
    assert write_if_changed(file, b"x")
    os.utime(file, (1, 1))
    assert not write_if_changed(file, b"x")
    assert file.stat().st_mtime == 1


def test_what_a_killed_writer_left_is_swept_by_the_next_write(tmp_path: Path) -> None:
    """A temporary file that nobody holds disappears when its target is written again."""
    left = tmp_path / ".post.mdx.abc.tmp"
    left.write_bytes(b"half")
    other = tmp_path / ".other.mdx.abc.tmp"
    other.write_bytes(b"half")
    write_atomic(tmp_path / "post.mdx", b"whole")
    assert sorted(file.name for file in tmp_path.iterdir()) == [other.name, "post.mdx"]


def test_a_writer_at_work_keeps_its_temporary_file(tmp_path: Path) -> None:
    """A temporary file that is locked is not swept."""
    busy = tmp_path / ".post.mdx.abc.tmp"
    with busy.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        sweep(tmp_path)
        assert busy.exists()
    sweep(tmp_path)
    assert not busy.exists()
