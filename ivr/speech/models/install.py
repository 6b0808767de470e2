"""Install a model, downloaded or from a file, after checking it. An incomplete model is never installed."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from ivr.errors import ModelError

from .catalogue import Model
from .fetch import FetchProgress, connection, fetch
from .parts import check_part, fetch_part
from .unpack import clear, is_archive, only_folder, unpack

_AT_ONCE = 6
"""Files fetched in parallel, for a model of many small files."""
MOST_SMALL = 1 << 20
"""Maximum bytes of each file, for a model of many small files."""


def download_model(model: Model, folder: Path, progress: FetchProgress = lambda _: None, *, pause: float = 1.0) -> Path:
    """Fetch and install a model; return its folder. Resumes a download that an earlier run began.

    `progress` receives the number of bytes, `pause` is the seconds between attempts. Raises ModelError.
    """
    with _written(folder):
        here = folder / ".fetched" / model.name
        here.mkdir(parents=True, exist_ok=True)
        if model.parts:
            return _from_parts(model, folder, here, progress, pause)
        _fetch_all(model, here, progress, pause)
        try:
            check_archive(model, here)
        except ModelError:
            clear(here)  # resuming a wrong file would always fail
            raise
        home = _install(model, here, folder)
        clear(here)
        return home


def install_from(model: Model, path: Path, folder: Path) -> tuple[Path, bool]:
    """Install a model from a local file or folder; return its folder and whether it was checked.

    An unpacked folder cannot be checked if the model is pinned as an archive. Raises ModelError.
    """
    with _written(folder), _workspace(folder, model) as work:
        if not model.names and not model.parts:
            return _from_archive(model, path, folder, work)
        archive = _with_files(model, path, work)
        if model.parts:
            return _copied(model, archive, folder), True
        check_archive(model, archive)
        return _install(model, archive, folder), True


def check_archive(model: Model, folder: Path) -> None:
    """Compare the fetched files with the pinned digest. Raises ModelError with the difference."""
    if not model.names:
        digest, what = _digest(folder / model.file), model.file
    else:
        absent = [name for name in model.files if not (folder / name).is_file()]
        if absent:
            raise ModelError(
                f"{len(absent)} of the {len(model.files)} files of {model.name} are missing: {absent[0]} ..."
            )
        lines = "".join(f"{_digest(folder / name)}  {name}\n" for name in sorted(model.files, key=_order))
        digest, what = hashlib.sha256(lines.encode()).hexdigest(), f"the files of {model.name}"
    if digest != model.sha256:
        raise ModelError(f"{what} is not what was pinned: SHA-256 {digest} instead of {model.sha256}; it is not used")


def _order(name: str) -> str:
    return name.rpartition(".")[0]


def _fetch_all(model: Model, here: Path, progress: FetchProgress, pause: float) -> None:
    wanted = [name for name in model.files if not (here / name).exists()]
    # An earlier run has fetched these already, so the bar begins where it stopped.
    for path in here.iterdir():
        progress(path.stat().st_size)
    # Bounded by what was pinned: a server must not fill the disk before the digest is compared.
    most = MOST_SMALL if model.names else model.size
    with connection(model.url) as pool, ThreadPoolExecutor(_AT_ONCE) as workers:
        running = [workers.submit(fetch, pool, model.url + name, here / name, most, progress, pause) for name in wanted]
        try:
            for job in running:
                job.result()
        except BaseException:
            workers.shutdown(cancel_futures=True)
            raise


def _from_parts(model: Model, folder: Path, here: Path, progress: FetchProgress, pause: float) -> Path:
    for part in model.parts:
        fetch_part(part, here, progress, pause)
    clear(here / "packages")
    return _place(model, here, folder)


def _copied(model: Model, source: Path, folder: Path) -> Path:
    """Copy and check the parts of a model. Raises ModelError for one that is missing or another one."""
    with _workspace(folder, model, "made") as made:
        for part in model.parts:
            if not (source / part.file).is_file():
                raise ModelError(f"{source} holds no {part.file}; it is not the model {model.name}")
            shutil.copyfile(source / part.file, made / part.file)
            check_part(part, made / part.file)
        return _place(model, made, folder)


def _from_archive(model: Model, path: Path, folder: Path, work: Path) -> tuple[Path, bool]:
    if path.is_dir():
        source = _holding(model, model.made, path)
        shutil.copytree(source, work / "copy")
        return _place(model, work / "copy", folder), False
    shutil.copyfile(path, work / model.file)
    check_archive(model, work)
    return _install(model, work, folder), True


def _with_files(model: Model, path: Path, work: Path) -> Path:
    """Return the folder of the model's many files, inside a folder or an archive."""
    top = path
    if not path.is_dir():
        if not is_archive(path):
            raise ModelError(f"{path} is neither a folder nor a ZIP or tar archive")
        top = work / "unpacked"
        unpack(path, top)
    return _holding(model, model.files[0], top)


def _holding(model: Model, file: str, top: Path) -> Path:
    """Return the folder that contains a file: `top`, or one up to three levels below."""
    below = (place for pattern in ("*", "*/*", "*/*/*") for place in sorted(top.glob(pattern)))
    top_folder = next((place for place in (top, *below) if (place / file).is_file()), None)
    if top_folder is None:
        raise ModelError(f"{top} holds no {file}; it is not the model {model.name}")
    return top_folder


def _install(model: Model, fetched: Path, folder: Path) -> Path:
    """Build the installed form in a folder beside its destination, then rename it."""
    with _workspace(folder, model, "made") as made:
        if model.names:
            from ivr.speech.units import build_pack

            try:
                build_pack([fetched / name for name in model.files], made / model.made)
            except ValueError as fault:
                raise ModelError(f"the recordings cannot be used: {fault}") from None
            return _place(model, made, folder)
        unpack(fetched / model.file, made)
        home = only_folder(made)
        if not (home / model.made).is_file():
            raise ModelError(f"{model.file} holds no {model.made}; it is not used")
        return _place(model, home, folder)


def _place(model: Model, made: Path, folder: Path) -> Path:
    home, old = folder / model.name, folder / f".{model.name}-old"
    clear(old)
    if home.exists():
        # Renamed first and deleted after: a server that opens a model meanwhile finds the old one or the new one.
        home.rename(old)
    made.rename(home)
    clear(old)
    return home


@contextmanager
def _workspace(folder: Path, model: Model, name: str = "given") -> Iterator[Path]:
    work = folder / f".{model.name}-{name}"
    clear(work)
    work.mkdir(parents=True)
    try:
        yield work
    finally:
        clear(work)


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Turn errors of the file system into sentences."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as fault:
        raise ModelError(f"{fault.filename or folder} cannot be written: {fault.strerror or fault}") from None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
