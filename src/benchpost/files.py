"""Files without surprises: text with its own line ends, writes that happen whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from benchpost.errors import BenchpostError, Place


def read_text(path: Path) -> str:
    """The text of a UTF-8 file with its line ends untouched (`Path.read_text` would fold CRLF)."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start} is not UTF-8 ({error.reason}); save the file as UTF-8"
        raise BenchpostError(message, Place(path.as_posix(), line)) from error


def write_atomic(path: Path, data: bytes) -> None:
    """Replace `path` by `data` in one step: temporary file in the same folder, fsync, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent, f".{path.name}.")
    handle, temporary = _temporary(path)
    try:
        # open until it has its name: the lock goes with the file
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            temporary.chmod(path.stat().st_mode if path.exists() else 0o644)
            temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def sweep(folder: Path, prefix: str = ".") -> None:
    """Remove temporary files that killed writers left; a writer at work holds a lock on its own."""
    for file in folder.glob(".*.tmp"):
        if file.name.startswith(prefix):
            # locked or gone in the meantime: another writer's, and so not ours to remove
            with suppress(BlockingIOError, FileNotFoundError), file.open("rb") as found:
                fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
                file.unlink()


def _temporary(path: Path) -> tuple[int, Path]:
    """A new locked file beside `path`; anew when it was swept before it was locked."""
    while True:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        fcntl.flock(handle, fcntl.LOCK_EX)
        if Path(name).exists():
            return handle, Path(name)
        os.close(handle)


def write_if_changed(path: Path, data: bytes) -> bool:
    """Write only what differs, so that a watching server does not rebuild for nothing."""
    if path.is_file() and path.read_bytes() == data:
        return False
    write_atomic(path, data)
    return True


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()
