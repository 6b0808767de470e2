"""Unpack archives of models. Must not write outside the target folder or more than the limits."""

from __future__ import annotations

import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from ivr.errors import ModelError

MOST_TIMES, MOST_FILES = 20, 20_000
"""Maximum unpacked size, as a multiple of the archive's size, and maximum number of files."""

_Entry = tuple[str, int, Callable[[], IO[bytes] | None]]
"""A file in an archive: its name, its size, and a function that opens it."""


def unpack(archive: Path, target: Path) -> None:
    """Unpack a ZIP or tar archive into an empty folder. Raises ModelError for a damaged or malicious one."""
    # A bomb of a few kilobytes unpacks to gigabytes; a model never shrinks by more than this.
    room = archive.stat().st_size * MOST_TIMES
    try:
        with _entries(archive) as entries:
            for number, (name, size, opened) in enumerate(entries):
                room -= size
                if room < 0 or number >= MOST_FILES:
                    raise ModelError(f"{archive.name} unpacks to far more than a model has; it is not used")
                path = target / _inside(archive, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                # "x" refuses a second entry of the same name, by which an archive could replace a file that was
                # checked.
                with opened() or _gone(archive) as source, path.open("xb") as file:
                    _copy(source, file, size)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, NotImplementedError, ValueError, RuntimeError) as fault:
        raise ModelError(f"{archive.name} cannot be unpacked: {fault}") from None
    except OSError as fault:
        raise ModelError(f"{archive.name} cannot be unpacked: {fault.strerror or fault}") from None


def is_archive(path: Path) -> bool:
    """Return whether a file is an archive that can be unpacked."""
    return path.is_file() and (zipfile.is_zipfile(path) or tarfile.is_tarfile(path))


@contextmanager
def _entries(archive: Path) -> Iterator[Iterator[_Entry]]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as pack:
            yield _of_zip(archive, pack)
    else:
        with tarfile.open(archive) as bundle:
            yield _of_tar(archive, bundle)


def _of_zip(archive: Path, pack: zipfile.ZipFile) -> Iterator[_Entry]:
    for entry in pack.infolist():
        if entry.is_dir():
            continue
        mode = entry.external_attr >> 16
        if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
            raise ModelError(f"{archive.name} holds {entry.filename!r}, which is no plain file; it is not used")
        yield entry.filename, entry.file_size, lambda entry=entry: pack.open(entry)  # type: ignore[misc]


def _of_tar(archive: Path, bundle: tarfile.TarFile) -> Iterator[_Entry]:
    for entry in bundle:
        if entry.isdir():
            continue
        if not entry.isreg():
            raise ModelError(f"{archive.name} holds {entry.name!r}, which is no plain file; it is not used")
        yield entry.name, entry.size, lambda entry=entry: bundle.extractfile(entry)  # type: ignore[misc]


def _inside(archive: Path, name: str) -> PurePosixPath:
    path = PurePosixPath(name.replace("\\", "/"))
    # Checked here for both kinds: Python filters tar archives only, and not in every 3.11. A colon is a drive or a
    # stream on Windows.
    if path.is_absolute() or ".." in path.parts or not path.parts or ":" in name or "\0" in name:
        raise ModelError(f"{archive.name} wants to write to {name!r}, outside its folder; it is not used")
    return path


def _copy(source: IO[bytes], file: IO[bytes], size: int) -> None:
    """Copy at most the declared size, so that the check of sizes holds."""
    left = size
    while left and (chunk := source.read(min(left, 1 << 20))):
        file.write(chunk)
        left -= len(chunk)
    if left or source.read(1):
        raise ValueError("a file in it does not have its declared size")


def _gone(archive: Path) -> IO[bytes]:
    raise ModelError(f"{archive.name} is damaged")


def only_folder(folder: Path) -> Path:
    """Return the folder with the content: archives mostly have one folder that contains all files."""
    inside = list(folder.iterdir())
    return only_folder(inside[0]) if len(inside) == 1 and inside[0].is_dir() else folder


def clear(folder: Path) -> None:
    """Delete a folder with its content, if it exists."""
    shutil.rmtree(folder, ignore_errors=True)
