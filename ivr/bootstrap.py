"""Set up a fresh clone: create its virtual environment once. Standard library only; must run on any Python 3.

The environment is `.venv` in the clone, or the folder named by IVR_VENV; an active environment is not changed. A stamp
in it records the clone and the list of packages, so that later runs cost nothing and two clones do not share one.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

_ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
RUN, DEV = "speech", "dev"
"""The extras that the two README commands install."""
_ENTERED = "IVR_SET_UP_BY"
_OWNER = "ivr-clone"
_STAMPS = {RUN: ("run",), DEV: ("run", "dev")}


def ensure(module: str, extras: str) -> None:
    """Return if this process runs in the clone's own environment, else start `python -m module` there.

    Exits with a sentence if the set-up is impossible.
    """
    if sys.version_info < OLDEST:
        _fail(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]} ({sys.executable})."
        )
    if not (_ROOT / "pyproject.toml").is_file():
        return  # installed as a package, not a clone
    home = _home()
    if not _is_ready(home, extras):
        try:
            with _alone():
                # Asked again inside the lock: another first run may have set everything up meanwhile.
                if not _is_ready(home, extras):
                    _set_up(home, extras)
        except OSError as fault:
            _fail(f"The set-up failed: {fault.strerror}: {fault.filename}")
        except KeyboardInterrupt:
            _fail("Interrupted; the next run goes on with the set-up.")
    if not _is_inside(home):
        _enter(home, module)


def _home() -> Path:
    """Return the folder of the clone's environment. Exits if IVR_VENV names one that belongs to something else."""
    named = os.environ.get("IVR_VENV", "").strip()
    if not named:
        return _ROOT / ".venv"
    home = Path(named).expanduser().absolute()
    owner = _owner(home)
    if owner is not None and owner != _ROOT:
        _fail(f"IVR_VENV: {home} belongs to the clone in {owner}; name another folder.")
    if owner is None and home.is_dir() and any(home.iterdir()):
        _fail(f"IVR_VENV: {home} is not empty and was not set up by this program; name a new folder.")
    return home


def _owner(home: Path) -> Path | None:
    """Return the clone that an environment was made for, or None if this module did not make it."""
    try:
        return Path((home / _OWNER).read_text(encoding="utf-8"))
    except OSError:
        return None


def _is_inside(home: Path) -> bool:
    return os.path.realpath(sys.prefix) == os.path.realpath(home)


def _enter(home: Path, module: str) -> NoReturn:
    # `execve` keeps the process id: a process that finds its own id here has entered the environment and is still
    # outside.
    if os.environ.get(_ENTERED) == str(os.getpid()):
        _fail(f"{home} is no working virtual environment; delete that folder and run this again.")
    python = str(_python(home))
    sys.stdout.flush()
    # The variables of another active environment would put its programs and modules first.
    env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME")}
    os.execve(python, [python, "-m", module, *sys.argv[1:]], env | {_ENTERED: str(os.getpid())})  # noqa: S606


def _is_ready(home: Path, extras: str) -> bool:
    try:
        return _stamp(home, _STAMPS[extras][-1]).read_text(encoding="utf-8") == _fingerprint(home)
    except OSError:
        return False


def _set_up(home: Path, extras: str) -> None:
    _say("Setting up, this once; it takes a minute or two.")
    if not _python(home).exists():
        # An interrupted set-up leaves half an environment, which venv would not mend.
        shutil.rmtree(home, ignore_errors=True)
    _make(home)
    # Before the packages, so that a run after an interrupted installation knows the folder as its own.
    (home / _OWNER).write_text(str(_ROOT), encoding="utf-8")
    _install(home, extras)
    for name in _STAMPS[extras]:
        _stamp(home, name).write_text(_fingerprint(home), encoding="utf-8")
    _say("Set up.")


def _make(home: Path) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        _install_venv()
    _say(f"  virtual environment in {home}")
    made = _run([sys.executable, "-m", "venv", str(home)])
    if made.returncode:
        _fail(f"The virtual environment {home} cannot be made:\n{_end(made.stdout)}")


def _install_venv() -> None:
    """Debian and Ubuntu ship Python without its venv part."""
    wanted = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    # The system's Python is served by the package without a version, which depends on the right one.
    packages = ["python3-venv"] if sys.executable.startswith("/usr/bin/") else [wanted]
    by_hand = f"install it with: sudo apt-get install {packages[0]}"
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        _fail(f"This Python has no venv module; {by_hand}")
    _say(f"  system package {packages[0]}")
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-q", "-y", *packages]):
        done = _run(command, DEBIAN_FRONTEND="noninteractive")
    if done.returncode:
        _fail(f"This Python has no venv module, and installing it failed; {by_hand}\n{_end(done.stdout)}")


def _install(home: Path, extras: str) -> None:
    what = f".[{extras}]"
    _say(f"  packages of {what}")
    done = _run([str(_python(home)), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-e", what])
    if done.returncode:
        _fail(
            f"The packages cannot be installed into {home}; is the package index reachable?"
            f" The last lines of pip were:\n{_end(done.stdout)}"
        )


def _run(command: list[str], **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        command,
        cwd=_ROOT,
        env=os.environ | env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )


@contextmanager
def _alone() -> Iterator[None]:
    """Lock, so that one set-up runs at a time; a process that waited finds it complete."""
    import fcntl

    (_ROOT / "var").mkdir(exist_ok=True)
    with (_ROOT / "var" / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _python(home: Path) -> Path:
    return home / "bin" / "python"


def _stamp(home: Path, name: str) -> Path:
    return home / f"ivr-set-up-{name}"


def _fingerprint(home: Path) -> str:
    """Return a text that identifies the environment's origin: list of packages, clone, and Python."""
    # Imported here: Python before 3.11 lacks it, and must get as far as the sentence that says which Python is needed.
    import tomllib

    wanted = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    digest = hashlib.sha256(repr([wanted.get("build-system"), wanted.get("project")]).encode())
    for part in (str(_ROOT), os.path.realpath(_python(home)), (home / "pyvenv.cfg").read_text(encoding="utf-8")):
        digest.update(b"\0" + part.encode())
    return digest.hexdigest()


def _end(text: str) -> str:
    """Return the error lines of a failed program's output, else its last lines."""
    lines = [line.strip() for line in text.strip().splitlines()]
    faults = [line for line in lines if line.startswith(("ERROR:", "E:"))]
    return "\n".join("  " + line for line in (faults or lines)[-6:])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _fail(text: str) -> NoReturn:
    _say(text)
    raise SystemExit(2)
